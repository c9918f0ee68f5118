// Saved queries.
#pragma once

#include <span>

#include "cloudwatch_logs/call.h"

namespace understudy::cloudwatch_logs {

std::span<const NamedOperation> query_definition_operations();

}  // namespace understudy::cloudwatch_logs
