// Operations on log streams.
#pragma once

#include "cloudwatch_logs/call.h"

namespace understudy::cloudwatch_logs {

recording::Decision create_log_stream(const Call& call);
recording::Decision delete_log_stream(const Call& call);
recording::Decision describe_log_streams(const Call& call);

}  // namespace understudy::cloudwatch_logs
