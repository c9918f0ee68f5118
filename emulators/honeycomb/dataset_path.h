// The dataset that the segment of a path means.
#pragma once

#include <string_view>

#include "honeycomb/state.h"

namespace understudy::honeycomb {

// By name or by slug; null if there is none. `segment`: decoded. [docs: API]
const Dataset* dataset_of_path(const HoneycombState& state, std::string_view environment, std::string_view segment);

}  // namespace understudy::honeycomb
