// GetLogEvents and FilterLogEvents: pages of events, read back from the journal.
#pragma once

#include "cloudwatch_logs/call.h"

namespace understudy::cloudwatch_logs {

recording::Decision get_log_events(const Call& call);
recording::Decision filter_log_events(const Call& call);

}  // namespace understudy::cloudwatch_logs
