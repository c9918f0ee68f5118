// What one account keeps in a region beside rules and groups: tags, resource policies, and the settings of the region.
// Only recorded effects change it.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "recording/moment.h"

namespace understudy::xray {

using Tags = std::map<std::string, std::string>;

struct ResourcePolicy {
  std::string name;
  std::string document;
  std::int64_t revision = 1;
  std::int64_t updated_s = 0;  // wall time
};

// A setting that takes a while: until `changed_ns` + setting_takes_ns (vendor's time) it is on its way.
struct Encryption {
  std::string type = "NONE";
  std::string key_id;
  std::int64_t changed_ns = INT64_MIN;
};

struct Destination {
  std::string name = "XRay";
  bool was_chosen = false;  // by UpdateTraceSegmentDestination
  std::int64_t changed_ns = INT64_MIN;
};

// Of the one rule there is, "Default".
struct IndexingRule {
  double percentage = 1;  // of the spans that are indexed without charge [docs]
  std::int64_t modified_s = 0;
};

// A job of StartTraceRetrieval. Its result is computed when it is asked for.
struct Retrieval {
  std::vector<std::string> trace_ids;
  double start_s = 0;
  double end_s = 0;
  std::int64_t started_ns = 0;  // vendor's time
  bool is_cancelled = false;
};

struct Resources {
  std::map<std::string, Tags, std::less<>> tags;  // by the ARN of what is tagged
  std::vector<ResourcePolicy> policies;
  Encryption encryption;
  Destination destination;
  IndexingRule indexing;
  std::map<std::string, Retrieval, std::less<>> retrievals;  // by token

  const ResourcePolicy* find_policy(std::string_view name) const;
  void forget_tags(std::string_view arn);
};

// How long a setting is UPDATING or PENDING; the real time is not known [guess].
inline constexpr std::int64_t setting_takes_ns = 5'000'000'000;
inline bool is_settled(std::int64_t changed_ns, const recording::Moment& now) {
  return changed_ns == INT64_MIN || now.vendor_ns - changed_ns >= setting_takes_ns;
}

// Whether `name` is one of these changes; see effect.h. Throws what nlohmann::json throws for a change of a wrong
// shape.
bool apply_to(Resources& resources, std::string_view name, const nlohmann::json& change,
              const recording::Moment& moment);
nlohmann::json dump_of(const Resources& resources);

}  // namespace understudy::xray
