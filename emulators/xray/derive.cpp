#include "xray/derive.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "recording/record.h"
#include "xray/derive_parts.h"
#include "xray/groups.h"
#include "xray/names.h"
#include "xray/rules.h"

namespace understudy::xray {
namespace {

using nlohmann::ordered_json;
using recording::Record;

std::string text(const ordered_json& fields, std::string_view member) {
  const auto value = fields.find(member);
  return value != fields.end() && value->is_string() ? value->get<std::string>() : std::string();
}

// How many single-character edits lie between two names.
std::size_t distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= left.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const auto replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

class XrayDeriver final : public recording::Vendor::Deriver {
 public:
  XrayDeriver() {
    for (const auto make : {make_sampling_deriver, make_driven_deriver, make_trace_deriver}) parts_.push_back(make());
  }
  void add(const Record& record) override;
  std::vector<recording::Vendor::DerivedFinding> findings() const override;

 private:
  using Found = std::vector<recording::Vendor::DerivedFinding>;

  struct Open {
    std::string name;
    std::uint64_t entry;
  };
  struct Orphan {
    std::string trace, name, parent;
    std::uint64_t entry;
  };
  struct Named {
    std::string name, asks_for;
    std::uint64_t entry;
  };

  void add_document(const Record& record);
  void add_ids(const ordered_json& entity, const std::string& trace);
  void add_segment(const Record& record, const std::string& trace);
  std::string names_seen(std::string_view nearest_to) const;

  void orphans(Found& found_so_far) const;
  void open_segments(Found& found_so_far) const;
  void without_http(Found& found_so_far) const;
  void unmatched_rules(Found& found_so_far) const;
  void case_differs(const Named& rule, Found& found_so_far) const;
  void unmatched_groups(Found& found_so_far) const;
  void silent_ports(Found& found_so_far) const;

  std::vector<std::unique_ptr<recording::Vendor::Deriver>> parts_;
  std::set<std::pair<std::string, std::string>> ids_;  // trace id, id of a segment or subsegment that came
  std::vector<Orphan> independent_;
  std::map<std::pair<std::string, std::string>, Open> open_;  // sent in progress, not yet complete
  std::set<std::pair<std::string, std::string>> complete_;
  std::map<std::string, std::uint64_t> names_;  // of segments -> how many
  std::set<std::string> names_with_http_;
  std::vector<Named> without_http_;
  std::map<std::string, Named> rules_;                                   // by name; the last word counts
  std::map<std::string, std::pair<std::string, std::uint64_t>> groups_;  // name -> filter, entry
  std::uint64_t first_sdk_segment_ = 0;                                  // entry
  bool has_sdk_segment_ = false;
  bool has_segment_ = false;
  bool rules_were_fetched_ = false;
  std::int64_t sampled_ = 0;
  std::uint64_t first_sampled_ = 0;  // entry
};

void XrayDeriver::add(const Record& record) {
  for (const auto& part : parts_) part->add(record);
  if (record.kind == "segment" || record.kind == "subsegment") {
    add_document(record);
  } else if (record.kind == "sampling_request") {
    rules_were_fetched_ = true;
  } else if (record.kind == "sampling_statistics") {
    rules_were_fetched_ = true;
    const auto before = sampled_;
    // Samplers of OpenTelemetry for Python say SampleCount [code].
    for (const auto member : {"SampledCount", "SampleCount", "BorrowCount"}) {
      const auto count = record.fields.find(member);
      if (count != record.fields.end() && count->is_number_integer()) {
        sampled_ += std::max<std::int64_t>(0, count->get<std::int64_t>());
      }
    }
    if (before == 0 && sampled_ > 0) first_sampled_ = record.entry;
  } else if (record.kind == "sampling_rule") {
    const auto name = named_rule(record.fields);
    const auto service = text(record.fields, "ServiceName");
    if (!name.empty() && !service.empty()) rules_[name] = {name, service, record.entry};
  } else if (record.kind == "sampling_rule_deleted") {
    rules_.erase(named_rule(record.fields));
  } else if (record.kind == "group") {
    auto& [filter, entry] = groups_[named_group(record.fields)];
    if (record.fields.contains("FilterExpression")) filter = text(record.fields, "FilterExpression");
    entry = record.entry;
  } else if (record.kind == "group_deleted") {
    groups_.erase(named_group(record.fields));
  }
}

void XrayDeriver::add_document(const Record& record) {
  const auto trace = text(record.fields, "trace_id");
  add_ids(record.fields, trace);
  const std::pair key(trace, text(record.fields, "id"));
  const auto in_progress = record.fields.find("in_progress");
  if (in_progress != record.fields.end() && *in_progress == true) {
    open_.try_emplace(key, Open{text(record.fields, "name"), record.entry});
  } else {
    complete_.insert(key);
  }
  if (record.kind == "segment") {
    add_segment(record, trace);
  } else {
    independent_.push_back({trace, text(record.fields, "name"), text(record.fields, "parent_id"), record.entry});
  }
}

void XrayDeriver::add_ids(const ordered_json& entity, const std::string& trace) {
  ids_.emplace(trace, text(entity, "id"));
  const auto inner = entity.find("subsegments");
  if (inner == entity.end() || !inner->is_array()) return;
  for (const auto& subsegment : *inner) {
    if (subsegment.is_object()) add_ids(subsegment, trace);
  }
}

void XrayDeriver::add_segment(const Record& record, const std::string& trace) {
  has_segment_ = true;
  const auto name = text(record.fields, "name");
  ++names_[name];
  if (record.fields.contains("http")) {
    names_with_http_.insert(name);
  } else {
    without_http_.push_back({name, trace, record.entry});
  }
  const auto aws = record.fields.find("aws");
  if (has_sdk_segment_ || aws == record.fields.end() || !aws->is_object() || !aws->contains("xray")) return;
  const auto& xray = (*aws)["xray"];
  if (!xray.is_object() || !text(xray, "sdk").starts_with("X-Ray for")) return;
  if (!text(record.fields, "parent_id").empty()) return;  // the caller had decided: this SDK asks for no rules then
  has_sdk_segment_ = true;
  first_sdk_segment_ = record.entry;
}

// "nearest: localhost:4567 (3 segments); also: backend"
std::string XrayDeriver::names_seen(std::string_view nearest_to) const {
  const auto nearest = std::ranges::min_element(
      names_, {}, [&](const auto& name) { return distance(name.first.substr(0, 200), nearest_to.substr(0, 200)); });
  auto words = fmt::format("nearest: {} ({} segments)", nearest->first, nearest->second);
  std::size_t others = 0;
  for (const auto& [name, count] : names_) {
    if (name == nearest->first || others == 4) continue;
    words += fmt::format("{}{}", others++ == 0 ? "; also: " : ", ", name);
  }
  return words;
}

void XrayDeriver::orphans(Found& all) const {
  for (const auto& [trace, name, parent, entry] : independent_) {
    if (ids_.contains({trace, parent})) continue;
    all.push_back({found(id::subsegment_without_segment, "parent_id",
                         fmt::format("subsegment {} of trace {}: parent {} never came", name, trace, parent)),
                   entry});
  }
}

void XrayDeriver::open_segments(Found& all) const {
  for (const auto& [key, open] : open_) {
    if (complete_.contains(key)) continue;
    all.push_back({found(id::segment_never_closed, "in_progress",
                         fmt::format("{} (id {} of trace {})", open.name, key.second, key.first)),
                   open.entry});
  }
}

void XrayDeriver::without_http(Found& all) const {
  for (const auto& [name, trace, entry] : without_http_) {
    if (names_with_http_.empty()) return;
    all.push_back({found(id::segment_without_http, "http", fmt::format("{} of trace {}", name, trace)), entry});
  }
}

void XrayDeriver::unmatched_rules(Found& all) const {
  if (names_.empty()) return;
  for (const auto& [name, rule] : rules_) {
    const auto matches = [&](const auto& seen) { return matches_wildcard(rule.asks_for, seen.first); };
    if (std::ranges::any_of(names_, matches)) {
      case_differs(rule, all);
      continue;
    }
    all.push_back({found(id::rule_never_matched, fmt::format("rule {}", name),
                         fmt::format("ServiceName {}; {}", rule.asks_for, names_seen(rule.asks_for))),
                   rule.entry});
  }
}

// X-Ray SDKs match without case, OpenTelemetry's samplers with it.
void XrayDeriver::case_differs(const Named& rule, Found& all) const {
  if (rule.asks_for.find_first_of("*?") != std::string::npos || names_.contains(rule.asks_for)) return;
  all.push_back({found(id::rule_case_differs, fmt::format("rule {}", rule.name),
                       fmt::format("ServiceName {}; {}", rule.asks_for, names_seen(rule.asks_for))),
                 rule.entry});
}

void XrayDeriver::unmatched_groups(Found& all) const {
  if (names_.empty()) return;
  for (const auto& [name, group] : groups_) {
    for (const auto& service : services_of_filter(group.first)) {
      if (service.name.empty() || names_.contains(std::string(service.name))) continue;
      all.push_back({found(id::group_matches_nothing, fmt::format("group {}", name),
                           fmt::format("{}; {}", group.first, names_seen(service.name))),
                     group.second});
    }
  }
}

void XrayDeriver::silent_ports(Found& all) const {
  if (has_sdk_segment_ && !rules_were_fetched_) {
    all.push_back({found(id::rules_never_fetched, "door xray", "no GetSamplingRules came"), first_sdk_segment_});
  }
  if (sampled_ > 0 && !has_segment_) {
    all.push_back({found(id::sampled_but_no_segments, "door xray", fmt::format("{} requests were sampled", sampled_)),
                   first_sampled_});
  }
}

std::vector<recording::Vendor::DerivedFinding> XrayDeriver::findings() const {
  Found all;
  orphans(all);
  open_segments(all);
  without_http(all);
  unmatched_rules(all);
  unmatched_groups(all);
  silent_ports(all);
  for (const auto& part : parts_) std::ranges::move(part->findings(), std::back_inserter(all));
  return all;
}

}  // namespace

std::string named_rule(const ordered_json& fields) {
  auto name = text(fields, "RuleName");
  if (!name.empty()) return name;
  const auto arn = text(fields, "RuleARN");
  return arn.substr(arn.rfind('/') + 1);
}

// arn:aws:xray:<region>:<account>:group/<name>/<52 characters>
std::string named_group(const ordered_json& fields) {
  auto name = text(fields, "GroupName");
  if (!name.empty()) return name;
  const auto arn = text(fields, "GroupARN");
  const auto begin = arn.find('/') + 1;
  return arn.substr(begin, arn.find('/', begin) - begin);
}

std::unique_ptr<recording::Vendor::Deriver> make_deriver() { return std::make_unique<XrayDeriver>(); }

}  // namespace understudy::xray
