// Transformers: stored and shown. Events are not transformed here.
#pragma once

#include <span>

#include "cloudwatch_logs/call.h"

namespace understudy::cloudwatch_logs {

std::span<const NamedOperation> transformer_operations();

}  // namespace understudy::cloudwatch_logs
