// Policies: of resources, of the account, for data protection, for field indexes.
#pragma once

#include <span>

#include "cloudwatch_logs/call.h"

namespace understudy::cloudwatch_logs {

std::span<const NamedOperation> policy_operations();

}  // namespace understudy::cloudwatch_logs
