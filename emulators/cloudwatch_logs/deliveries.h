// Deliveries of the logs of AWS services: sources, destinations, and what joins them.
#pragma once

#include <span>

#include "cloudwatch_logs/call.h"

namespace understudy::cloudwatch_logs {

std::span<const NamedOperation> delivery_operations();

}  // namespace understudy::cloudwatch_logs
