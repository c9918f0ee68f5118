// Tags of log groups: by name (the older operations) and by ARN; both see the same tags.
#pragma once

#include "cloudwatch_logs/call.h"

namespace understudy::cloudwatch_logs {

recording::Decision tag_log_group(const Call& call);
recording::Decision untag_log_group(const Call& call);
recording::Decision list_tags_log_group(const Call& call);
recording::Decision tag_resource(const Call& call);
recording::Decision untag_resource(const Call& call);
recording::Decision list_tags_for_resource(const Call& call);

}  // namespace understudy::cloudwatch_logs
