// What is asked of a single vendor.
#include <algorithm>
#include <set>

#include "cloudwatch_logs/state.h"
#include "understudy/house.h"
#include "xray/state.h"

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

}  // namespace

Honeycomb::Honeycomb(detail::House& house)
    : VendorFace(house, "honeycomb"), Recorded<Span>(house), Recorded<LogRecord>(house) {}

std::string Honeycomb::url() const { return house_->url("honeycomb_http"); }
std::string Honeycomb::grpc_url() const { return house_->url("honeycomb_grpc"); }

std::vector<std::string> Honeycomb::datasets() const {
  std::set<std::string> names;
  for (const Span& span : spans()) names.insert(span.dataset());
  for (const LogRecord& record : log_records()) names.insert(record.field("dataset").text());
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

Rollbar::Rollbar(detail::House& house) : VendorFace(house, "rollbar"), Recorded<RollbarItem>(house) {}

std::string Rollbar::url() const { return house_->url("rollbar"); }
std::string Rollbar::endpoint() const { return url() + "/api/1/item/"; }

}  // namespace understudy
