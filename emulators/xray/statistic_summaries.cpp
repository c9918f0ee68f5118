// GetSamplingStatisticSummaries: what clients reported about each rule, in windows of time.
#include "xray/members.h"

namespace understudy::xray {

// A row for each rule and window in which a client reported; the service's own windows are not known [guess]. Of a rule
// without reports one row of zeros, as the CLI's example page shows it [docs].
Answer get_sampling_statistic_summaries(const XrayState& state, const Call& call) {
  if (const auto body = object_of(call); !body) return body.error();
  auto rows = nlohmann::json::array();
  const auto row = [&](const std::string& rule, std::int64_t time_s, const Counts& counts) {
    rows.push_back({{"BorrowCount", counts.borrowed},
                    {"RequestCount", counts.requests},
                    {"RuleName", rule},
                    {"SampledCount", counts.sampled},
                    {"Timestamp", static_cast<double>(time_s)}});
  };
  const auto& region = state.region(call.scope);
  for (const auto& rule : region.rules) {
    const auto seen = region.traffic.find(rule.name);
    if (seen == region.traffic.end()) {
      row(rule.name, call.context.moment.vendor_ns / 1'000'000'000, {});
      continue;
    }
    for (const auto& [start_s, counts] : seen->second.windows) row(rule.name, start_s, counts);
  }
  Answer answer;
  answer.body = nlohmann::json{{"NextToken", nullptr}, {"SamplingStatisticSummaries", std::move(rows)}}.dump();
  answer.read = true;
  return answer;
}

}  // namespace understudy::xray
