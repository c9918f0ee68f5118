// What X-Ray remembers: sampling rules, groups and traffic of each account and region, the daemon's counters.
// Only recorded effects change it.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/accounts.h"
#include "recording/vendor.h"
#include "xray/resources.h"
#include "xray/trace_sizes.h"

namespace understudy::xray {

inline constexpr std::string_view default_region = "us-east-1";
inline constexpr std::string_view default_name = "Default";  // of the rule and the group that are always there

// Whose rules and groups.
struct Scope {
  std::string account;
  std::string region;
  auto operator<=>(const Scope&) const = default;
};

// As it stands: the Default rule.
struct SamplingRule {
  std::string name{default_name};
  std::string resource_arn = "*";
  std::string service_name = "*";
  std::string service_type = "*";
  std::string host = "*";
  std::string http_method = "*";
  std::string url_path = "*";
  std::int64_t priority = 10000;
  double fixed_rate = 0.05;
  std::int64_t reservoir_size = 1;
  std::int64_t version = 1;
  std::map<std::string, std::string> attributes;
  std::string rate_boost;  // SamplingRateBoost as JSON; empty: none
  // Whole seconds of wall time: clients compare them with their own clock. 0: never.
  std::int64_t created_s = 0;
  std::int64_t modified_s = 0;
  bool operator==(const SamplingRule&) const = default;
};

struct Counts {
  std::int64_t requests = 0;
  std::int64_t sampled = 0;
  std::int64_t borrowed = 0;

  Counts& operator+=(const Counts& more) {
    requests += more.requests;
    sampled += more.sampled;
    borrowed += more.borrowed;
    return *this;
  }
};

// What clients reported about one rule.
struct Traffic {
  Counts all;
  std::map<std::int64_t, Counts> windows;       // by their start in seconds of vendor time; the last hour
  std::map<std::string, std::int64_t> clients;  // ClientID -> vendor instant of its last report, in nanoseconds
};

struct Group {
  std::string name;
  std::string arn;
  std::string filter;
  bool insights = false;
  bool notifications = false;
  // Of the entry that made it or last changed its expression: its graph has the traces that came after.
  std::uint64_t since_entry = 0;
  std::int64_t changed_ns = 0;  // when its expression was changed, by the vendor's instant; 0: never
};

struct Region {
  // Default first, then in order of creation: the Java SDK takes a new rule over only if it is the last one
  // [code: aws-xray-sdk-java].
  std::vector<SamplingRule> rules{SamplingRule{}};
  std::map<std::string, Traffic> traffic;  // by rule name
  std::vector<Group> groups;               // without Default
  // Rounded up to a whole second, so that a client that fetched within the second of a change fetches again.
  std::int64_t last_rule_modification_s = 0;
  Resources resources;

  const SamplingRule* find_rule(std::string_view name) const;
  const Group* find_group(std::string_view name) const;
};

struct DaemonCounters {
  std::uint64_t received = 0;  // datagrams that were not empty
  std::uint64_t rejected = 0;  // of these: no header, no segment, a wrong header
};

struct ServiceCounters {
  std::uint64_t documents = 0;    // that PutTraceSegments took
  std::uint64_t unprocessed = 0;  // that it refused
  std::uint64_t spans = 0;        // that the OTLP endpoint took
  std::uint64_t telemetry_records = 0;
};

class XrayState final : public recording::State {
 public:
  const Region& region(const Scope& scope) const;  // one with the Default rule alone where nothing happened yet

  Scope daemon{std::string(aws::default_account), std::string(default_region)};
  aws::Accounts accounts;
  DaemonCounters counters;
  ServiceCounters service;
  TraceSizes sizes;
  std::int64_t lag_ns = 0;  // how old the first document of a trace must be until reads see it
  std::map<Scope, Region> regions;
};

// A client counts towards a rule's reservoir while its last report is this young [guess].
inline constexpr std::int64_t client_lives_ns = 30'000'000'000;

// Over which reports are summed for GetSamplingStatisticSummaries, and how long they are remembered [guess].
inline constexpr std::int64_t statistics_window_s = 10;
inline constexpr std::size_t most_statistics_windows = 360;

std::string arn_of_rule(const Scope& scope, std::string_view name);

void apply(XrayState& state, const recording::Applied& applied);
std::string dump(const XrayState& state);

// Settings of the room: {"daemon_region": "ca-central-1", "daemon_account": "123456789012", "read_lag_s": 30}.
// `read_lag_s`: the service shows a trace a while after it came; here at once unless a test wants to see its own
// waiting [guess: up to a minute].
std::expected<void, std::string> check_settings(const nlohmann::json& settings);
void apply_settings(XrayState& state, const nlohmann::json& settings);

}  // namespace understudy::xray
