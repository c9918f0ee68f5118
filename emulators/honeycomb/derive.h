// What no single request shows: parents that never arrive, spans that arrive twice, attributes of two types.
#pragma once

#include <memory>

#include "recording/vendor.h"

namespace understudy::honeycomb {

std::unique_ptr<recording::Vendor::Deriver> make_deriver();

}  // namespace understudy::honeycomb
