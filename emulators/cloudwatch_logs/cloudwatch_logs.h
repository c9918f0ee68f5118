// The CloudWatch Logs room: what the program includes of it.
#pragma once

#include <memory>

#include "recording/vendor.h"

namespace understudy::cloudwatch_logs {

std::unique_ptr<recording::Vendor> make_vendor();

}  // namespace understudy::cloudwatch_logs
