#include "honeycomb/environment.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "honeycomb/doors.h"

namespace understudy::honeycomb {
namespace {

// Well-shaped, and made up.
constexpr std::string_view test_key = "understudyHoneycombKey";

struct Variable {
  std::string_view name;
  std::string_view value;
};

// How long the SDKs gather before they send; their defaults are 5000, 1000 and 60000 ms.
// [docs: opentelemetry-specification configuration/sdk-environment-variables.md]
constexpr Variable fast_flush_variables[] = {
    {"OTEL_BSP_SCHEDULE_DELAY", "100"},
    {"OTEL_BLRP_SCHEDULE_DELAY", "100"},
    {"OTEL_METRIC_EXPORT_INTERVAL", "1000"},
};

}  // namespace

recording::Environment environment(const recording::Urls& urls, bool fast_flush) {
  recording::Environment variables;
  const auto url = urls.find(http_door);
  if (url != urls.end()) {
    variables.emplace_back("OTEL_EXPORTER_OTLP_ENDPOINT", url->second);
    // Auto-configuration chooses the exporter by it. Where gRPC is chosen instead, this endpoint serves that as well.
    variables.emplace_back("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
    // Read by Honeycomb's distributions for Python, Node.js and Go. [code: honeycomb-opentelemetry-*]
    variables.emplace_back("HONEYCOMB_API_ENDPOINT", url->second);
  }
  variables.emplace_back("OTEL_EXPORTER_OTLP_HEADERS", fmt::format("x-honeycomb-team={}", test_key));
  variables.emplace_back("HONEYCOMB_API_KEY", test_key);
  if (fast_flush) {
    for (const Variable& variable : fast_flush_variables) variables.emplace_back(variable.name, variable.value);
  }
  return variables;
}

}  // namespace understudy::honeycomb
