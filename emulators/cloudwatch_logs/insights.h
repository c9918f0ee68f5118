// Logs Insights: StartQuery, StopQuery, DescribeQueries, GetQueryResults, GetLogRecord, GetLogGroupFields.
//
// A query reads what there was when it was started; its results are computed when they are first asked for, and then it
// is complete at once.
#pragma once

#include <span>

#include "cloudwatch_logs/call.h"

namespace understudy::cloudwatch_logs {

std::span<const NamedOperation> insights_operations();

recording::Decision get_query_results(const Call& call);
recording::Decision get_log_record(const Call& call);
recording::Decision get_log_group_fields(const Call& call);

}  // namespace understudy::cloudwatch_logs
