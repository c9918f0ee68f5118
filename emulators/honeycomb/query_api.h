// Which call a path of /1/datasets, /1/columns, /1/queries and /1/query_results is, and whether the key may make it.
#pragma once

#include <optional>

#include "honeycomb/state.h"
#include "recording/vendor.h"

namespace understudy::honeycomb {

// Nothing: the path is none of these.
std::optional<recording::Decision> decide_query_api(const HoneycombState& state, const recording::Request& request,
                                                    const recording::Context& context);

}  // namespace understudy::honeycomb
