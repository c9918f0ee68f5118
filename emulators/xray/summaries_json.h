// One TraceSummary.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "xray/index.h"

namespace understudy::xray {

// Of a trace that has a root segment.
nlohmann::json summary_of(const Trace& trace, TraceIndex& index);

}  // namespace understudy::xray
