#pragma once

#include <span>
#include <string>

#include "backend/telemetry/span.h"

namespace cruddur::telemetry {

/// An opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest with one resource, its spans grouped by scope in
/// the order in which the scopes first appear.
std::string encode_export_request(const Attributes& resource, std::span<const SpanPointer> spans);

}  // namespace cruddur::telemetry
