// What an exchange means, as records:
//
//   log_event               log_group, log_stream, timestamp, message, ingestion_time, account, region
//   metric_datum            what a metric filter or the embedded metric format makes of an event: source, namespace,
//                           name, values, unit, dimensions, timestamp, log_group, log_stream, account, region
//   subscription_delivery   what a subscriber gets: filter_name, destination_arn, account, region, payload as it is
//                           sent (before gzip): {messageType, owner, logGroup, logStream, subscriptionFilters,
//                           logEvents}
#pragma once

#include "recording/vendor.h"

namespace understudy::cloudwatch_logs {

void records_of(const recording::Entry& entry, const recording::RecordSink& sink);

}  // namespace understudy::cloudwatch_logs
