// Traces as spans of OpenTelemetry, one JSON document each: how Transaction Search keeps them, and what
// ListRetrievedTraces gives for the format OTEL [docs: CloudWatch, Transaction Search; the members of a segment's span
// are a guess].
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "xray/index.h"

namespace understudy::xray {

// [{"Id","Document"}]: what came by OTLP as it came; segments and their subsegments translated.
nlohmann::json spans_of(const Trace& trace, TraceIndex& index, const recording::EntrySource& entries);

}  // namespace understudy::xray
