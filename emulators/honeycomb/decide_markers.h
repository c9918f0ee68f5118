// Markers: the lines that deploy scripts draw into a dataset's graphs. GET and POST /1/markers/{dataset}, PUT and
// DELETE of one. [docs: API, markers]
#pragma once

#include <string_view>

#include "honeycomb/state.h"
#include "recording/vendor.h"

namespace understudy::honeycomb {

// The segments of the path as sent; `id` is empty for the list.
recording::Decision decide_markers(const HoneycombState& state, const recording::Request& request,
                                   const recording::Context& context, std::string_view dataset, std::string_view id);

}  // namespace understudy::honeycomb
