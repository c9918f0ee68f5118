// What no single request shows: parents that never came, rules and groups that match nothing, ports that stay silent.
#pragma once

#include <memory>

#include "recording/vendor.h"

namespace understudy::xray {

std::unique_ptr<recording::Vendor::Deriver> make_deriver();

}  // namespace understudy::xray
