// Operations on log groups, their retention and their tags.
#pragma once

#include "cloudwatch_logs/call.h"

namespace understudy::cloudwatch_logs {

recording::Decision create_log_group(const Call& call);
recording::Decision delete_log_group(const Call& call);
recording::Decision describe_log_groups(const Call& call);
recording::Decision put_retention_policy(const Call& call);
recording::Decision delete_retention_policy(const Call& call);

}  // namespace understudy::cloudwatch_logs
