// Subscription filters and the destinations that they may name.
#pragma once

#include <span>

#include "cloudwatch_logs/call.h"

namespace understudy::cloudwatch_logs {

std::span<const NamedOperation> subscription_operations();

}  // namespace understudy::cloudwatch_logs
