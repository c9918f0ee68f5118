// What a group is set to beside retention and tags, and the newer listing of groups.
#pragma once

#include <span>

#include "cloudwatch_logs/call.h"

namespace understudy::cloudwatch_logs {

std::span<const NamedOperation> group_setting_operations();

}  // namespace understudy::cloudwatch_logs
