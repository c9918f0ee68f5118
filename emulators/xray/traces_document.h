// Traces as BatchGetTraces shows them: documents that the service builds of what came, not the bytes that came.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "xray/index.h"

namespace understudy::xray {

// {"Id","Duration","LimitExceeded","Segments":[{"Id","Document"}]}. Subsegments that came on their own stand within
// their segment; those whose segment never came stand beside the segments [guess].
nlohmann::json to_json(const Trace& trace, TraceIndex& index, const recording::EntrySource& entries);

double rounded_to_milliseconds(double seconds);

}  // namespace understudy::xray
