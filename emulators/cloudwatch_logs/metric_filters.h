// Metric filters: stored with their group, tried by TestMetricFilter, applied to each batch (filter_matches.h).
#pragma once

#include <span>

#include "cloudwatch_logs/call.h"

namespace understudy::cloudwatch_logs {

std::span<const NamedOperation> metric_filter_operations();

}  // namespace understudy::cloudwatch_logs
