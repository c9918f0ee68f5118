// PutLogEvents: the operation that everything else is about. Its input is read once, in place, in one pass.
#pragma once

#include "cloudwatch_logs/call.h"

namespace understudy::cloudwatch_logs {

recording::Decision put_log_events(const Call& call);

}  // namespace understudy::cloudwatch_logs
