// The straight line of every request to X-Ray: what came, who sent it, which operation answers.
#pragma once

#include "recording/vendor.h"
#include "xray/state.h"

namespace understudy::xray {

recording::Decision decide(const XrayState& state, const recording::Request& request,
                           const recording::Context& context);

}  // namespace understudy::xray
