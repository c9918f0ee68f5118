// What to set so that notifiers talk to the door.
#pragma once

#include "recording/vendor.h"

namespace understudy::rollbar {

recording::Environment environment(const recording::Urls& urls);

}  // namespace understudy::rollbar
