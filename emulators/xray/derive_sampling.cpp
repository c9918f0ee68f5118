// Did the clients sample as the rules say? A report for each rule, and what is peculiar about each SDK.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "recording/record.h"
#include "xray/derive_parts.h"
#include "xray/limits.h"
#include "xray/rules.h"
#include "xray/state.h"

namespace understudy::xray {
namespace {

using nlohmann::ordered_json;
using recording::Record;

constexpr double z_99 = 2.576;                 // of the normal distribution: 99 of 100 samples lie within
constexpr double seconds_of_a_report = 10;     // that statistics cover [docs]
constexpr std::uint64_t enough_segments = 20;  // to speak of a share of them
// An SDK asks for rules at its first request; Python and Node ask again after 300 s only, if nobody answered [code].
constexpr std::int64_t late_poll_ns = 60'000'000'000;

// Segments say so in aws.xray.sdk [code: aws/aws-xray-sdk-*].
struct Peculiar {
  std::string_view sdk;
  std::string_view id;
};
constexpr Peculiar peculiar[] = {
    {"X-Ray for Node.js", id::sdk_node},
    {"X-Ray for Java", id::sdk_java},
    {"X-Ray for Ruby", id::sdk_ruby},
};

std::string text(const ordered_json& fields, std::string_view member) {
  const auto value = fields.find(member);
  return value != fields.end() && value->is_string() ? value->get<std::string>() : std::string();
}

double number(const ordered_json& fields, std::string_view member, double otherwise = 0) {
  const auto value = fields.find(member);
  return value != fields.end() && value->is_number() ? value->get<double>() : otherwise;
}

struct RateAndReservoir {
  double rate = SamplingRule{}.fixed_rate;
  double reservoir = static_cast<double>(SamplingRule{}.reservoir_size);
  bool operator==(const RateAndReservoir&) const = default;
};

struct Ruled {
  RateAndReservoir now;
  std::optional<RateAndReservoir> before;  // the last change
  std::map<std::string, int> reports;      // by client, since then

  // A client learns of a change by the answer to its next report, and decides by the former rule until it has it.
  bool may_be_as_before(const std::string& client) { return before && ++reports[client] <= 2; }
};

// What clients reported about a rule, and what its rate at the time of each report lets expect.
struct Reported {
  double requests = 0;
  double sampled = 0;
  double borrowed = 0;
  std::set<std::string> traces;  // of segments that name the rule
  std::uint64_t first_entry = 0;
  // Of requests * rate: sums of mean and variance, by the lower and by the higher of two rates where both may have
  // decided. Reservoir: what it may have taken beside.
  struct Sums {
    double mean = 0;
    double variance = 0;
    void add(double count, double rate) {
      mean += count * rate;
      variance += count * rate * (1 - rate);
    }
  };
  Sums least, most;
  double reservoir = 0;

  // OpenTelemetry's Java sampler counts a borrowed request among the sampled ones, too [run:
  // opentelemetry-aws-xray 1.43].
  double taken() const { return std::min(requests, sampled + borrowed); }
};

class SamplingDeriver final : public Deriver {
 public:
  void add(const Record& record) override;
  std::vector<recording::Vendor::DerivedFinding> findings() const override;

 private:
  using Found = std::vector<recording::Vendor::DerivedFinding>;

  void rule(const Record& record);
  void statistics(const Record& record);
  void segment(const Record& record);
  void note_once(std::string_view id, const Record& record, std::string_view detail);

  void reports(Found& all) const;
  void shares(Found& all) const;

  std::map<std::string, Ruled> rules_{{std::string(default_name), {}}};
  std::map<std::string, Reported> reported_;
  std::map<std::string_view, recording::Vendor::DerivedFinding> once_;
  bool was_asked_ = false;  // for rules
  std::int64_t asked_ns_ = 0;
  std::uint64_t before_rules_ = 0;
  std::uint64_t first_before_rules_ = 0;  // entry
  std::int64_t first_before_rules_ns_ = 0;
  std::uint64_t segments_ = 0;
  std::uint64_t health_checks_ = 0;
  std::uint64_t first_health_check_ = 0;  // entry
};

void SamplingDeriver::add(const Record& record) {
  if (record.kind == "sampling_rule") {
    rule(record);
  } else if (record.kind == "sampling_statistics") {
    statistics(record);
  } else if (record.kind == "sampling_request") {
    if (!was_asked_) asked_ns_ = record.time_ns;
    was_asked_ = true;
  } else if (record.kind == "segment") {
    segment(record);
  }
}

void SamplingDeriver::note_once(std::string_view id, const Record& record, std::string_view detail) {
  once_.try_emplace(id, recording::Vendor::DerivedFinding{found(id, "sampling", detail), record.entry});
}

void SamplingDeriver::rule(const Record& record) {
  const auto [found, is_new] = rules_.try_emplace(named_rule(record.fields));
  auto& rule = found->second;
  const auto before = rule.now;
  rule.now.rate = number(record.fields, "FixedRate", before.rate);
  rule.now.reservoir = number(record.fields, "ReservoirSize", before.reservoir);
  if (is_new || rule.now == before) return;
  rule.before = before;
  rule.reports.clear();
}

void SamplingDeriver::statistics(const Record& record) {
  const auto name = text(record.fields, "RuleName");
  const auto rule = rules_.find(name);
  if (rule == rules_.end()) return;
  if (number(record.fields, "Timestamp") > looks_like_milliseconds) {
    note_once(id::sdk_milliseconds, record, name);
  }
  auto& reported = reported_[name];
  if (reported.requests == 0) reported.first_entry = record.entry;
  const auto requests = std::max(0.0, number(record.fields, "RequestCount"));
  reported.requests += requests;
  // Samplers of OpenTelemetry for Python call it SampleCount [code].
  reported.sampled += number(record.fields, "SampledCount", number(record.fields, "SampleCount"));
  reported.borrowed += number(record.fields, "BorrowCount");
  const auto now = rule->second.now;
  const auto other = rule->second.may_be_as_before(text(record.fields, "ClientID")) ? *rule->second.before : now;
  const auto reservoir = std::max(now.reservoir, other.reservoir);
  reported.reservoir += std::min(requests, reservoir * (seconds_of_a_report + 1));
  reported.least.add(requests, std::min(now.rate, other.rate));
  reported.most.add(requests, std::max(now.rate, other.rate));
}

void SamplingDeriver::segment(const Record& record) {
  ++segments_;
  if (const auto http = record.fields.find("http"); http != record.fields.end() && http->is_object()) {
    const auto request = http->find("request");
    const auto url = request != http->end() && request->is_object() ? text(*request, "url") : std::string();
    if (url.contains("health") && health_checks_++ == 0) first_health_check_ = record.entry;
  }
  const auto aws = record.fields.find("aws");
  if (aws == record.fields.end() || !aws->is_object() || !aws->contains("xray") || !(*aws)["xray"].is_object()) return;
  const auto& xray = (*aws)["xray"];
  const auto sdk = text(xray, "sdk");
  for (const auto& [name, id] : peculiar) {
    if (sdk == name) note_once(id, record, fmt::format("{} {}", sdk, text(xray, "sdk_version")));
  }
  auto rule = text(xray, "sampling_rule_name");
  if (rule.empty()) rule = text(xray, "rule_name");
  if (!rule.empty()) {
    reported_[rule].traces.insert(text(record.fields, "trace_id") + text(record.fields, "id"));
  } else if (sdk.starts_with("X-Ray for") && text(record.fields, "parent_id").empty()) {
    if (before_rules_++ == 0) {
      first_before_rules_ = record.entry;
      first_before_rules_ns_ = record.time_ns;
    }
  }
}

// How many of the requests should have been sampled: at least those that the rate alone gives where the reservoir gave
// nothing; at most what the reservoir may give, and the rate's share of the rest.
void SamplingDeriver::reports(Found& all) const {
  for (const auto& [name, seen] : reported_) {
    if (seen.requests == 0) continue;
    const auto rest = (seen.requests - seen.reservoir) / seen.requests;
    const auto least = std::floor(std::max(0.0, seen.least.mean - z_99 * std::sqrt(seen.least.variance)));
    const auto drawn = seen.most.mean * rest + z_99 * std::sqrt(seen.most.variance * rest);
    const auto most = std::ceil(std::min(seen.requests, seen.reservoir + drawn));
    const bool fits = seen.taken() >= least && seen.taken() <= most;
    const auto& [rule, before, reports] = rules_.at(name);
    const auto changed = before ? fmt::format(" (before: {} and {})", before->rate, before->reservoir) : std::string();
    all.push_back({found(fits ? id::sampling_rate : id::sampling_rate_odd, fmt::format("rule {}", name),
                         fmt::format("{} requests, {} sampled, {} borrowed; rate {} and reservoir {}{} let expect {} "
                                     "to {} (99 % interval); {} segments name the rule",
                                     seen.requests, seen.sampled, seen.borrowed, rule.rate, rule.reservoir, changed,
                                     least, most, seen.traces.size())),
                   seen.first_entry});
    const auto came = static_cast<double>(seen.traces.size());
    if (came > 0 && came < seen.taken()) {  // more came than is reported yet: the next report tells
      all.push_back({found(id::sampled_segments_missing, fmt::format("rule {}", name),
                           fmt::format("{} sampled, {} segments came", seen.taken(), came)),
                     seen.first_entry});
    }
  }
}

void SamplingDeriver::shares(Found& all) const {
  if (was_asked_ && before_rules_ > 0) {
    all.push_back({found(id::sampled_by_local_rules, "sampling", fmt::format("{} segments", before_rules_)),
                   first_before_rules_});
    if (asked_ns_ - first_before_rules_ns_ > late_poll_ns) {
      all.push_back({found(id::first_poll_failed, "door xray",
                           fmt::format("rules were first asked for {} s after the first segment began",
                                       (asked_ns_ - first_before_rules_ns_) / 1'000'000'000)),
                     first_before_rules_});
    }
  }
  if (segments_ >= enough_segments && health_checks_ * 2 >= segments_) {
    all.push_back({found(id::health_checks, "http.request.url",
                         fmt::format("{} % of {} segments", health_checks_ * 100 / segments_, segments_)),
                   first_health_check_});
  }
}

std::vector<recording::Vendor::DerivedFinding> SamplingDeriver::findings() const {
  Found all;
  reports(all);
  shares(all);
  for (const auto& [id, finding] : once_) all.push_back(finding);
  return all;
}

}  // namespace

std::unique_ptr<Deriver> make_sampling_deriver() { return std::make_unique<SamplingDeriver>(); }

}  // namespace understudy::xray
