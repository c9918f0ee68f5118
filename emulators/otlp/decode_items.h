// The items of each signal as JSON, without their resource and scope. For decode.cpp only.
#pragma once

#include <functional>

#include "otlp/logs.pb.h"
#include "otlp/metrics.pb.h"
#include "otlp/trace.pb.h"
#include "otlp/values.h"

namespace understudy::otlp {

Json span_to_json(const opentelemetry::proto::trace::v1::Span& span);
Json log_record_to_json(const opentelemetry::proto::logs::v1::LogRecord& record);
// One object a data point.
void metric_to_json(const opentelemetry::proto::metrics::v1::Metric& metric, const std::function<void(Json)>& take);

}  // namespace understudy::otlp
