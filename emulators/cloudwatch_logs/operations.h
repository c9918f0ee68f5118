// Which operations there are, and which of them are built here.
#pragma once

#include <span>
#include <string_view>

#include "cloudwatch_logs/call.h"

namespace understudy::cloudwatch_logs {

// What X-Amz-Target starts with.
inline constexpr std::string_view target_prefix = "Logs_20140328.";

// Null if the operation is not built.
Operation find_operation(std::string_view name);
std::span<const std::string_view> operations_of_aws();  // sorted
// Whether AWS has an operation of that name.
bool exists_at_aws(std::string_view name);

}  // namespace understudy::cloudwatch_logs
