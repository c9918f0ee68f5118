// The X-Ray room: what the program includes of it.
#pragma once

#include <memory>

#include "recording/vendor.h"

namespace understudy::xray {

std::unique_ptr<recording::Vendor> make_vendor();

}  // namespace understudy::xray
