// Findings that need the whole decoded item: computed when they are read, so that intake stays fast.
#pragma once

#include <memory>

#include "recording/vendor.h"

namespace understudy::rollbar {

std::unique_ptr<recording::Vendor::Deriver> make_deriver();

}  // namespace understudy::rollbar
