// What to set so that every X-Ray SDK talks to these doors.
#pragma once

#include "recording/vendor.h"

namespace understudy::xray {

recording::Environment environment(const recording::Urls& urls);

}  // namespace understudy::xray
