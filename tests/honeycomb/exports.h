// OTLP export requests, made with libprotobuf.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "otlp/logs_service.pb.h"
#include "otlp/metrics_service.pb.h"
#include "otlp/trace_service.pb.h"

namespace understudy::honeycomb {

using TraceRequest = opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest;
using LogsRequest = opentelemetry::proto::collector::logs::v1::ExportLogsServiceRequest;
using MetricsRequest = opentelemetry::proto::collector::metrics::v1::ExportMetricsServiceRequest;
using ServiceName = std::optional<std::string_view>;

template <typename Group>
void name_service(Group& group, ServiceName name) {
  if (!name) return;
  auto& attribute = *group.mutable_resource()->add_attributes();
  attribute.set_key("service.name");
  attribute.mutable_value()->set_string_value(std::string(*name));
}

// Adds a resource with so many spans.
inline auto& add_spans(TraceRequest& request, ServiceName service, int spans = 1) {
  auto& group = *request.add_resource_spans();
  name_service(group, service);
  auto& scope = *group.add_scope_spans();
  scope.mutable_scope()->set_name("home.activities");
  for (int i = 0; i < spans; ++i) {
    auto& span = *scope.add_spans();
    span.set_trace_id("0123456789abcdef");
    span.set_span_id(std::string("span000") + static_cast<char>('0' + i));
    span.set_name("home-activities-mock-data");
    span.set_start_time_unix_nano(1'677'000'000'000'000'000);
    span.set_end_time_unix_nano(1'677'000'000'250'500'000);
  }
  return group;
}

inline std::string spans_of(ServiceName service, int spans = 1) {
  TraceRequest request;
  add_spans(request, service, spans);
  return request.SerializeAsString();
}

inline std::string logs_of(ServiceName service, int records = 1) {
  LogsRequest request;
  auto& group = *request.add_resource_logs();
  name_service(group, service);
  auto& scope = *group.add_scope_logs();
  for (int i = 0; i < records; ++i) scope.add_log_records()->mutable_body()->set_string_value("a line");
  return request.SerializeAsString();
}

inline std::string metrics_of(ServiceName service, int points = 1) {
  MetricsRequest request;
  auto& group = *request.add_resource_metrics();
  name_service(group, service);
  auto& metric = *group.add_scope_metrics()->add_metrics();
  metric.set_name("app.requests");
  for (int i = 0; i < points; ++i) metric.mutable_gauge()->add_data_points()->set_as_int(i);
  return request.SerializeAsString();
}

}  // namespace understudy::honeycomb
