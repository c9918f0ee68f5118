// StartLiveTail: events as they arrive, each second, over an event stream.
#pragma once

#include <memory>
#include <span>

#include "cloudwatch_logs/call.h"
#include "recording/continuation.h"

namespace understudy::cloudwatch_logs {

std::span<const NamedOperation> live_tail_operations();
// What goes on after a session began; null if that reply began none.
std::shared_ptr<recording::Continuation> live_tail_of(const Call& call, const recording::Reply& reply);

}  // namespace understudy::cloudwatch_logs
