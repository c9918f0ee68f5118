#include "otlp/decode_items.h"

#include "base/bytes.h"

namespace understudy::otlp {

namespace trace = opentelemetry::proto::trace::v1;
namespace logs = opentelemetry::proto::logs::v1;

namespace {

// Signed: a span that ends before it starts shows a negative duration. Without a start or an end there is none.
double duration_ms(std::uint64_t start, std::uint64_t end) {
  if (start == 0 || end == 0) return 0;
  return end >= start ? static_cast<double>(end - start) / 1e6 : -(static_cast<double>(start - end) / 1e6);
}

Json status_to_json(const trace::Status& status) {
  Json json = {{"code", enum_to_json(trace::Status::StatusCode_descriptor(), status.code(), "STATUS_CODE_")}};
  set_if_any(json, "message", status.message());
  return json;
}

Json event_to_json(const trace::Span::Event& event) {
  Json json = {{"name", event.name()},
               {"time_unix_nano", event.time_unix_nano()},
               {"attributes", attributes_to_json(event.attributes())}};
  set_if_any(json, "dropped_attributes_count", event.dropped_attributes_count());
  return json;
}

Json link_to_json(const trace::Span::Link& link) {
  Json json = {{"trace_id", to_hex(link.trace_id())}, {"span_id", to_hex(link.span_id())}};
  set_if_any(json, "trace_state", link.trace_state());
  json["attributes"] = attributes_to_json(link.attributes());
  set_if_any(json, "dropped_attributes_count", link.dropped_attributes_count());
  set_if_any(json, "flags", link.flags());
  return json;
}

}  // namespace

Json span_to_json(const trace::Span& span) {
  Json json = {{"name", span.name()},
               {"kind", enum_to_json(trace::Span::SpanKind_descriptor(), span.kind(), "SPAN_KIND_")},
               {"trace_id", to_hex(span.trace_id())},
               {"span_id", to_hex(span.span_id())}};
  set_id_if_any(json, "parent_span_id", span.parent_span_id());
  set_if_any(json, "trace_state", span.trace_state());
  json["start_time_unix_nano"] = span.start_time_unix_nano();
  json["end_time_unix_nano"] = span.end_time_unix_nano();
  json["duration_ms"] = duration_ms(span.start_time_unix_nano(), span.end_time_unix_nano());
  json["status"] = status_to_json(span.status());
  json["attributes"] = attributes_to_json(span.attributes());
  json["events"] = Json::array();
  for (const auto& event : span.events()) json["events"].push_back(event_to_json(event));
  json["links"] = Json::array();
  for (const auto& link : span.links()) json["links"].push_back(link_to_json(link));
  set_if_any(json, "dropped_attributes_count", span.dropped_attributes_count());
  set_if_any(json, "dropped_events_count", span.dropped_events_count());
  set_if_any(json, "dropped_links_count", span.dropped_links_count());
  set_if_any(json, "flags", span.flags());
  return json;
}

Json log_record_to_json(const logs::LogRecord& record) {
  Json json = {{"time_unix_nano", record.time_unix_nano()},
               {"observed_time_unix_nano", record.observed_time_unix_nano()},
               {"severity_number", static_cast<int>(record.severity_number())},
               {"severity_text", record.severity_text()}};
  if (record.has_body()) json["body"] = value_to_json(record.body());
  set_if_any(json, "event_name", record.event_name());
  set_id_if_any(json, "trace_id", record.trace_id());
  set_id_if_any(json, "span_id", record.span_id());
  set_if_any(json, "flags", record.flags());
  json["attributes"] = attributes_to_json(record.attributes());
  set_if_any(json, "dropped_attributes_count", record.dropped_attributes_count());
  return json;
}

}  // namespace understudy::otlp
