// The embedded metric format: metrics that CloudWatch takes out of a log event [docs: EMF specification].
//
// The real service says nothing of what it cannot take out; here each fault is told.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace understudy::cloudwatch_logs {

struct EmbeddedMetric {
  std::string metric_namespace;
  std::string name;
  std::string unit;  // "None" if it was not given
  std::vector<double> values;
  std::vector<std::pair<std::string, std::string>> dimensions;
  std::int64_t timestamp_ms = 0;
  int storage_resolution = 60;
};

struct EmbeddedMetrics {
  std::vector<EmbeddedMetric> metrics;  // one for each metric and set of dimensions
  std::vector<std::string> faults;      // why a directive was not taken: "CloudWatchMetrics[0].Metrics[1]: ..."
};

// Whether a text can hold any: cheap, and never wrong where it says no.
bool mentions_embedded_metrics(std::string_view text);
// Nothing if the message means to hold none.
std::optional<EmbeddedMetrics> read_embedded_metrics(std::string_view message);

}  // namespace understudy::cloudwatch_logs
