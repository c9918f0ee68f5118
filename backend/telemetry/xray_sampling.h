#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace cruddur::telemetry {

/// A request, as sampling rules see it. `service` is the segment's name.
struct SampledRequest {
  std::string host;
  std::string method;
  std::string path;
  std::string service;
};

struct SamplingRule {
  std::string name;
  std::int64_t priority = 10000;
  double fixed_rate = 0;
  std::int64_t reservoir_size = 0;
  std::string host = "*";
  std::string method = "*";
  std::string path = "*";
  std::string service = "*";
  std::string service_type = "*";
};

/// Since the last report.
struct SamplingStatistics {
  std::string rule;
  std::int64_t requests = 0;
  std::int64_t borrowed = 0;
  std::int64_t sampled = 0;
};

struct SamplingTarget {
  std::string rule;
  double fixed_rate = 0;
  std::optional<std::int64_t> quota;
  std::optional<std::int64_t> quota_until;  // seconds since 1970
  std::optional<std::int64_t> interval;     // seconds between reports
};

struct SamplingDecision {
  bool is_sampled = false;
  std::optional<std::string> rule;  // none when the local rule decided
};

/// The decisions of AWS's X-Ray SDKs [code: aws-xray-sdk-python core/sampling]: the first rule that matches, by
/// priority and then name, decides; while it has a fresh quota, so many requests a second are taken from it and all
/// others are drawn at the fixed rate; without one, one request a second is borrowed. Rules older than an hour count as
/// none, and then one request a second and 5 % of the others are taken locally.
///
/// May be used by any thread. Time is given in, in seconds since 1970.
class Sampler {
 public:
  /// `draw` gives numbers from 0 up to but not 1.
  explicit Sampler(std::function<double()> draw) : draw_(std::move(draw)) {}

  SamplingDecision decide(const SampledRequest& request, std::int64_t now);

  /// Replaces the rules and keeps counters and quotas of those that stay. An empty list changes nothing.
  void load_rules(std::vector<SamplingRule> rules, std::int64_t now);
  void load_targets(const std::vector<SamplingTarget>& targets);
  /// The counters of the rules that matched since they were last taken and whose report is due; they begin anew. Meant
  /// to be called every 10 s.
  std::vector<SamplingStatistics> take_statistics();
  std::int64_t rules_loaded_at() const;

 private:
  struct Reservoir {
    std::optional<std::int64_t> quota;
    std::optional<std::int64_t> quota_until;
    std::int64_t second = 0;
    std::int64_t taken = 0;
    std::int64_t borrowed = 0;
    std::int64_t ticks_between_reports = 1;
    std::int64_t ticks = 0;
  };
  struct State {
    SamplingRule rule;
    SamplingStatistics statistics;
    Reservoir reservoir;
  };

  SamplingDecision decide_by(State& state, std::int64_t now);
  SamplingDecision decide_locally(std::int64_t now);

  std::function<double()> draw_;
  mutable std::mutex mutex_;
  std::vector<State> states_;
  std::optional<std::int64_t> loaded_at_;
  std::int64_t local_second_ = 0;
  bool local_taken_ = false;
};

bool matches(const SamplingRule& rule, const SampledRequest& request);

}  // namespace cruddur::telemetry
