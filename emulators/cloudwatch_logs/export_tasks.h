// Export tasks. Nothing is exported: a task runs for two seconds by the session's clock and is complete.
#pragma once

#include <span>

#include "cloudwatch_logs/call.h"

namespace understudy::cloudwatch_logs {

std::span<const NamedOperation> export_task_operations();

}  // namespace understudy::cloudwatch_logs
