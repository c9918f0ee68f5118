// What only many log events together show.
#pragma once

#include <memory>

#include "recording/vendor.h"

namespace understudy::cloudwatch_logs {

std::unique_ptr<recording::Vendor::Deriver> make_log_deriver();

}  // namespace understudy::cloudwatch_logs
