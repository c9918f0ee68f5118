// What is wrong with a path that nothing serves.
#pragma once

#include "recording/finding.h"
#include "recording/request.h"

namespace understudy::honeycomb {

recording::Finding diagnose_path(const recording::Request& request);

}  // namespace understudy::honeycomb
