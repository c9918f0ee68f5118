#pragma once

#include <condition_variable>
#include <expected>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "backend/telemetry/http_client.h"
#include "backend/telemetry/xray_sampling.h"

namespace cruddur::telemetry {

/// Fetches rules from the daemon's TCP port every 300 s and reports statistics every 10 s. Starts with the first
/// sampling decision, as the SDKs do, so a process that serves nobody asks nothing.
///
/// In one point it is better than they are: rules that could not be fetched are asked for again after 10 s, not 300 s.
class SamplingPoller {
 public:
  SamplingPoller(Sampler& sampler, const Url& daemon);
  ~SamplingPoller();

  void start();

 private:
  void work();
  bool fetch_rules();
  /// True when the rules changed after they were fetched.
  bool report();
  std::expected<std::string, std::string> call(const std::string& path, const std::string& body);

  Sampler& sampler_;
  HttpClient client_;
  const std::string client_id_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::once_flag started_;
  std::thread thread_;
};

// The documents of the two calls.
/// The rules that X-Ray SDKs obey: Version 1, ResourceARN *, a ServiceType, no Attributes; the others are passed over.
std::expected<std::vector<SamplingRule>, std::string> parse_sampling_rules(const std::string& body);
struct SamplingTargets {
  std::vector<SamplingTarget> targets;
  std::int64_t rules_modified_at = 0;
};
std::expected<SamplingTargets, std::string> parse_sampling_targets(const std::string& body);
std::string statistics_document(const std::vector<SamplingStatistics>& statistics, const std::string& client_id,
                                std::int64_t now);

}  // namespace cruddur::telemetry
