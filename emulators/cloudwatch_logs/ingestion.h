// The HTTP ingestion paths: log events without the AWS SDK. Group and stream must exist.
#pragma once

#include "cloudwatch_logs/state.h"
#include "recording/vendor.h"

namespace understudy::cloudwatch_logs {

bool is_ingestion(const recording::Request& request);
recording::Decision ingest(const LogsState& state, const recording::Request& request,
                           const recording::Context& context);

}  // namespace understudy::cloudwatch_logs
