// What Rollbar answers to a request: pure, from the state, the request, the instant and the entropy alone.
#pragma once

#include "recording/request.h"
#include "recording/vendor.h"
#include "rollbar/state.h"

namespace understudy::rollbar {

recording::Decision decide(const State& state, const recording::Request& request, const recording::Context& context);

}  // namespace understudy::rollbar
