#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cruddur::telemetry {

struct PartialSuccess {
  std::int64_t rejected_spans = 0;
  std::string error_message;
};

/// The partial_success of an opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse, where there is one that
/// says something. A body that is no such message says nothing.
std::optional<PartialSuccess> read_partial_success(std::string_view body);

}  // namespace cruddur::telemetry
