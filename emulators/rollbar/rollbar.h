// The Rollbar room: what the program includes of it.
#pragma once

#include <memory>

#include "recording/vendor.h"

namespace understudy::rollbar {

std::unique_ptr<recording::Vendor> make_vendor();

}  // namespace understudy::rollbar
