// The answer to an OTLP export. Pure, and on the hot path: the body is validated, nothing of it is materialised.
#pragma once

#include "honeycomb/state.h"
#include "otlp/signal.h"
#include "recording/request.h"
#include "recording/vendor.h"

namespace understudy::honeycomb {

recording::Decision decide_otlp(const HoneycombState& state, const recording::Request& request, otlp::Signal signal);
// Profiles pass the same checks, and only the form of the body's outermost message is looked at: their messages still
// change from release to release.
recording::Decision decide_profiles(const HoneycombState& state, const recording::Request& request);

}  // namespace understudy::honeycomb
