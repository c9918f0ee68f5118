// What is asked of a single vendor.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>
#include <unordered_map>

#include "cloudwatch_logs/event_index.h"
#include "cloudwatch_logs/filter_pattern.h"
#include "session/reader.h"
#include "understudy/house.h"
#include "xray/traces_document.h"

namespace understudy {

namespace {

template <typename State>
const State& state_of(detail::House& house, std::string_view vendor) {
  const session::Views& views = house.source->session().views();
  return static_cast<const State&>(views.state(views.index_of(vendor)));
}

const xray::Region& region_of(detail::House& house, std::string_view region) {
  return state_of<xray::XrayState>(house, "xray").region({std::string(aws::default_account), std::string(region)});
}

const cloudwatch_logs::Groups& groups_of(detail::House& house, std::string_view region) {
  return state_of<cloudwatch_logs::LogsState>(house, "cloudwatch_logs")
      .groups_of({std::string(aws::default_account), std::string(region)});
}

// Everything of a vendor's up to now, what had reached a socket included.
template <typename See>
void for_each_record(detail::House& house, std::string_view vendor, See see) {
  (void)house.sync();  // once stopped, everything is there
  const session::Capture capture = house.source->capture();
  for (std::uint64_t ordinal = capture.start; ordinal < capture.journal->size(); ++ordinal) {
    const auto read = session::read_records(capture, ordinal, vendor,
                                            [&](recording::Record&& record, const auto&) { see(std::move(record)); });
    if (!read) throw std::runtime_error(read.error());
  }
}

}  // namespace

Honeycomb::Honeycomb(detail::House& house)
    : VendorFace(house, "honeycomb"),
      Recorded<Span>(house),
      Recorded<LogRecord>(house),
      Recorded<MetricPoint>(house),
      Recorded<HoneycombEvent>(house) {}

std::string Honeycomb::url() const { return house_->url("honeycomb_http"); }
std::string Honeycomb::grpc_url() const { return house_->url("honeycomb_grpc"); }

std::vector<std::string> Honeycomb::datasets() const {
  std::set<std::string> names;
  for_each_record(*house_, "honeycomb", [&](recording::Record&& record) {
    const auto dataset = record.fields.find("dataset");
    if (dataset != record.fields.end() && dataset->is_string()) names.insert(dataset->get<std::string>());
  });
  return {names.begin(), names.end()};
}

Xray::Xray(detail::House& house) : VendorFace(house, "xray"), Recorded<Segment>(house), Recorded<Subsegment>(house) {}

std::string Xray::daemon_address() const { return house_->url("xray_udp"); }
std::string Xray::url() const { return house_->url("aws"); }

std::vector<SamplingRule> Xray::sampling_rules(std::string_view region) const {
  return house_->look([&] {
    std::vector<SamplingRule> rules;
    const xray::Region& of = region_of(*house_, region);
    for (const xray::SamplingRule& from : of.rules) {
      SamplingRule& rule =
          rules.emplace_back(SamplingRule{from.name, from.service_name, from.service_type, from.host, from.http_method,
                                          from.url_path, from.priority, from.fixed_rate, from.reservoir_size});
      if (const auto traffic = of.traffic.find(from.name); traffic != of.traffic.end()) {
        rule.requests = traffic->second.all.requests;
        rule.sampled = traffic->second.all.sampled;
        rule.borrowed = traffic->second.all.borrowed;
      }
    }
    return rules;
  });
}

std::vector<XrayGroup> Xray::groups(std::string_view region) const {
  return house_->look([&] {
    std::vector<XrayGroup> groups;
    for (const xray::Group& group : region_of(*house_, region).groups) groups.push_back({group.name, group.filter});
    return groups;
  });
}

std::optional<XrayTrace> Xray::trace(std::string_view id, std::string_view region) const {
  // What came, by its id: what X-Ray builds of it keeps the entry that brought it.
  std::unordered_map<std::string, recording::Record> came;
  for_each_record(*house_, "xray", [&](recording::Record&& record) {
    if (record.kind != "segment" && record.kind != "subsegment") return;
    if (record.fields.value("trace_id", "") == id) came.try_emplace(record.fields.value("id", ""), std::move(record));
  });
  const session::Capture capture = house_->source->capture();
  xray::TraceIndex index;
  for (std::uint64_t ordinal = capture.start; ordinal < capture.journal->size(); ++ordinal) {
    if (!session::may_hold_records(capture, ordinal, "xray")) continue;
    if (const auto entry = capture.journal->read(ordinal)) index.add(*entry);
  }
  const xray::Scope scope{std::string(aws::default_account), std::string(region)};
  const bool is_daemons = house_->look([&] { return scope == state_of<xray::XrayState>(*house_, "xray").daemon; });
  const xray::Trace* found = index.find(index.view(scope, is_daemons), id);
  if (found == nullptr) return std::nullopt;
  const nlohmann::json shown = to_json(*found, index, *capture.journal);
  XrayTrace trace{std::string(id), {}, shown.at("LimitExceeded").get<bool>(), {}};
  trace.duration = std::chrono::milliseconds(std::llround(shown.at("Duration").get<double>() * 1000));
  for (const auto& one : shown.at("Segments")) {
    recording::Record record;
    record.entry = found->first_entry;  // of an inferred segment
    if (const auto of = came.find(one.at("Id").get<std::string>()); of != came.end()) record = of->second;
    record.kind = "segment";
    record.vendor = "xray";
    record.session = capture.session;
    record.fields = nlohmann::ordered_json::parse(one.at("Document").get_ref<const std::string&>());
    trace.segments.push_back(detail::Access::make<Segment>(std::move(record), house_->source));
  }
  return trace;
}

CloudWatchLogs::CloudWatchLogs(detail::House& house)
    : VendorFace(house, "cloudwatch_logs"), Recorded<LogEvent>(house) {}

std::string CloudWatchLogs::url() const { return house_->url("aws"); }

std::vector<std::string> CloudWatchLogs::log_groups(std::string_view region) const {
  return house_->look([&] {
    std::vector<std::string> names;
    for (const auto& [name, group] : groups_of(*house_, region)) names.push_back(name);
    return names;
  });
}

std::vector<std::string> CloudWatchLogs::log_streams(std::string_view group, std::string_view region) const {
  return house_->look([&] {
    std::vector<std::string> names;
    const auto* found = cloudwatch_logs::find_group(groups_of(*house_, region), group);
    if (found == nullptr) return names;
    for (const auto& [name, stream] : found->streams) names.push_back(name);
    return names;
  });
}

std::vector<LogEvent> CloudWatchLogs::events(std::string_view group, std::string_view filter_pattern,
                                             std::string_view region) const {
  const auto pattern = cloudwatch_logs::FilterPattern::parse(filter_pattern);
  if (!pattern) {
    throw std::invalid_argument(fmt::format("the filter pattern \"{}\" does not parse, at byte {}: {}", filter_pattern,
                                            pattern.error().offset, pattern.error().reason));
  }
  (void)house_->sync();
  std::set<std::uint64_t> batches;  // their entries: a batch has one of its own
  std::int64_t since_ms = 0;
  house_->look([&] {
    const auto* found = cloudwatch_logs::find_group(groups_of(*house_, region), group);
    if (found == nullptr) return false;
    since_ms = shown_since_ms(*found, house_->source->session().views().clock.now());
    for (const auto& [name, stream] : found->streams) {
      for (const auto& batch : stream.batches) batches.insert(batch.entry);
    }
    return true;
  });
  std::vector<LogEvent> events;
  const session::Capture capture = house_->source->capture();
  for (const std::uint64_t entry : batches) {
    (void)session::read_records(capture, entry, "cloudwatch_logs", [&](recording::Record&& record, const auto&) {
      if (record.kind != "log_event" || record.fields.value("timestamp", std::int64_t{0}) < since_ms) return;
      if (!pattern->matches(record.fields.value("message", ""))) return;
      events.push_back(detail::Access::make<LogEvent>(std::move(record), house_->source));
    });
  }
  std::ranges::stable_sort(events, {}, &LogEvent::timestamp);
  return events;
}

Rollbar::Rollbar(detail::House& house)
    : VendorFace(house, "rollbar"), Recorded<RollbarItem>(house), Recorded<Deploy>(house) {}

std::string Rollbar::url() const { return house_->url("rollbar"); }
std::string Rollbar::endpoint() const { return url() + "/api/1/item/"; }

}  // namespace understudy
