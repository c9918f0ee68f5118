// The answer to a request, whatever it asks for. Pure.
#pragma once

#include "honeycomb/state.h"
#include "recording/request.h"
#include "recording/vendor.h"

namespace understudy::honeycomb {

recording::Decision decide(const HoneycombState& state, const recording::Request& request,
                           const recording::Context& context);

}  // namespace understudy::honeycomb
