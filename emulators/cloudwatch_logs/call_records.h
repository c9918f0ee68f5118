// Records of kind "log_call": what a client asked for and how it was answered, one a request. For those who ask for
// the kind: contracts about retention, tags, batches and the order of calls, and the findings that see many calls.
#pragma once

#include <span>
#include <string_view>

#include "recording/entry.h"
#include "recording/vendor.h"

namespace understudy::cloudwatch_logs {

inline constexpr std::string_view call_record_kind = "log_call";

// fields: operation, log_group, log_stream, status, error, message, user_agent, region; `input`, the members of the
// request but for its events; of a call with events also events, bytes (as the service counts them), largest_event,
// accepted and rejected.
void call_record_of(const recording::Entry& entry, const recording::RecordSink& sink);

}  // namespace understudy::cloudwatch_logs
