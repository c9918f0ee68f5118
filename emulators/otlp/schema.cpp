#include "otlp/schema.h"

#include <utility>

namespace understudy::otlp {
namespace {

template <typename Id>
constexpr std::uint8_t child(Id id) {
  return static_cast<std::uint8_t>(id);
}

struct Message {
  std::string_view name;
  std::span<const Field> fields;
};

constexpr Field any_value[] = {
    {"string_value", 1, Type::string, Presence::tracked},
    {"bool_value", 2, Type::boolean, Presence::tracked},
    {"int_value", 3, Type::int64, Presence::tracked},
    {"double_value", 4, Type::number, Presence::tracked},
    {"array_value", 5, Type::message, Presence::tracked, child(MessageId::array_value)},
    {"kvlist_value", 6, Type::message, Presence::tracked, child(MessageId::key_value_list)},
    {"bytes_value", 7, Type::bytes, Presence::tracked},
    {"string_value_strindex", 8, Type::int32, Presence::tracked},
};
constexpr Field array_value[] = {
    {"values", 1, Type::message, Presence::repeated, child(MessageId::any_value)},
};
constexpr Field key_value_list[] = {
    {"values", 1, Type::message, Presence::repeated, child(MessageId::key_value)},
};
constexpr Field key_value[] = {
    {"key", 1, Type::string},
    {"value", 2, Type::message, Presence::implicit, child(MessageId::any_value)},
    {"key_strindex", 3, Type::int32},
};
constexpr Field instrumentation_scope[] = {
    {"name", 1, Type::string},
    {"version", 2, Type::string},
    {"attributes", 3, Type::message, Presence::repeated, child(MessageId::key_value)},
    {"dropped_attributes_count", 4, Type::uint32},
};
constexpr Field entity_ref[] = {
    {"schema_url", 1, Type::string},
    {"type", 2, Type::string},
    {"id_keys", 3, Type::string, Presence::repeated},
    {"description_keys", 4, Type::string, Presence::repeated},
};
constexpr Field resource[] = {
    {"attributes", 1, Type::message, Presence::repeated, child(MessageId::key_value)},
    {"dropped_attributes_count", 2, Type::uint32},
    {"entity_refs", 3, Type::message, Presence::repeated, child(MessageId::entity_ref)},
};
constexpr Field traces_request[] = {
    {"resource_spans", 1, Type::message, Presence::repeated, child(MessageId::resource_spans)},
};
constexpr Field resource_spans[] = {
    {"resource", 1, Type::message, Presence::implicit, child(MessageId::resource)},
    {"scope_spans", 2, Type::message, Presence::repeated, child(MessageId::scope_spans)},
    {"schema_url", 3, Type::string},
};
constexpr Field scope_spans[] = {
    {"scope", 1, Type::message, Presence::implicit, child(MessageId::instrumentation_scope)},
    {"spans", 2, Type::message, Presence::repeated, child(MessageId::span)},
    {"schema_url", 3, Type::string},
};
constexpr Field span[] = {
    {"trace_id", 1, Type::id},
    {"span_id", 2, Type::id},
    {"trace_state", 3, Type::string},
    {"parent_span_id", 4, Type::id},
    {"name", 5, Type::string},
    {"kind", 6, Type::enumeration, Presence::implicit, child(EnumId::span_kind)},
    {"start_time_unix_nano", 7, Type::fixed64},
    {"end_time_unix_nano", 8, Type::fixed64},
    {"attributes", 9, Type::message, Presence::repeated, child(MessageId::key_value)},
    {"dropped_attributes_count", 10, Type::uint32},
    {"events", 11, Type::message, Presence::repeated, child(MessageId::span_event)},
    {"dropped_events_count", 12, Type::uint32},
    {"links", 13, Type::message, Presence::repeated, child(MessageId::span_link)},
    {"dropped_links_count", 14, Type::uint32},
    {"status", 15, Type::message, Presence::implicit, child(MessageId::span_status)},
    {"flags", 16, Type::fixed32},
};
constexpr Field span_event[] = {
    {"time_unix_nano", 1, Type::fixed64},
    {"name", 2, Type::string},
    {"attributes", 3, Type::message, Presence::repeated, child(MessageId::key_value)},
    {"dropped_attributes_count", 4, Type::uint32},
};
constexpr Field span_link[] = {
    {"trace_id", 1, Type::id},
    {"span_id", 2, Type::id},
    {"trace_state", 3, Type::string},
    {"attributes", 4, Type::message, Presence::repeated, child(MessageId::key_value)},
    {"dropped_attributes_count", 5, Type::uint32},
    {"flags", 6, Type::fixed32},
};
constexpr Field span_status[] = {
    {"message", 2, Type::string},
    {"code", 3, Type::enumeration, Presence::implicit, child(EnumId::status_code)},
};
constexpr Field logs_request[] = {
    {"resource_logs", 1, Type::message, Presence::repeated, child(MessageId::resource_logs)},
};
constexpr Field resource_logs[] = {
    {"resource", 1, Type::message, Presence::implicit, child(MessageId::resource)},
    {"scope_logs", 2, Type::message, Presence::repeated, child(MessageId::scope_logs)},
    {"schema_url", 3, Type::string},
};
constexpr Field scope_logs[] = {
    {"scope", 1, Type::message, Presence::implicit, child(MessageId::instrumentation_scope)},
    {"log_records", 2, Type::message, Presence::repeated, child(MessageId::log_record)},
    {"schema_url", 3, Type::string},
};
constexpr Field log_record[] = {
    {"time_unix_nano", 1, Type::fixed64},
    {"severity_number", 2, Type::enumeration, Presence::implicit, child(EnumId::severity_number)},
    {"severity_text", 3, Type::string},
    {"body", 5, Type::message, Presence::implicit, child(MessageId::any_value)},
    {"attributes", 6, Type::message, Presence::repeated, child(MessageId::key_value)},
    {"dropped_attributes_count", 7, Type::uint32},
    {"flags", 8, Type::fixed32},
    {"trace_id", 9, Type::id},
    {"span_id", 10, Type::id},
    {"observed_time_unix_nano", 11, Type::fixed64},
    {"event_name", 12, Type::string},
};
constexpr Field metrics_request[] = {
    {"resource_metrics", 1, Type::message, Presence::repeated, child(MessageId::resource_metrics)},
};
constexpr Field resource_metrics[] = {
    {"resource", 1, Type::message, Presence::implicit, child(MessageId::resource)},
    {"scope_metrics", 2, Type::message, Presence::repeated, child(MessageId::scope_metrics)},
    {"schema_url", 3, Type::string},
};
constexpr Field scope_metrics[] = {
    {"scope", 1, Type::message, Presence::implicit, child(MessageId::instrumentation_scope)},
    {"metrics", 2, Type::message, Presence::repeated, child(MessageId::metric)},
    {"schema_url", 3, Type::string},
};
constexpr Field metric[] = {
    {"name", 1, Type::string},
    {"description", 2, Type::string},
    {"unit", 3, Type::string},
    {"gauge", 5, Type::message, Presence::tracked, child(MessageId::gauge)},
    {"sum", 7, Type::message, Presence::tracked, child(MessageId::sum)},
    {"histogram", 9, Type::message, Presence::tracked, child(MessageId::histogram)},
    {"exponential_histogram", 10, Type::message, Presence::tracked, child(MessageId::exponential_histogram)},
    {"summary", 11, Type::message, Presence::tracked, child(MessageId::summary)},
    {"metadata", 12, Type::message, Presence::repeated, child(MessageId::key_value)},
};
constexpr Field gauge[] = {
    {"data_points", 1, Type::message, Presence::repeated, child(MessageId::number_data_point)},
};
constexpr Field sum[] = {
    {"data_points", 1, Type::message, Presence::repeated, child(MessageId::number_data_point)},
    {"aggregation_temporality", 2, Type::enumeration, Presence::implicit, child(EnumId::aggregation_temporality)},
    {"is_monotonic", 3, Type::boolean},
};
constexpr Field histogram[] = {
    {"data_points", 1, Type::message, Presence::repeated, child(MessageId::histogram_data_point)},
    {"aggregation_temporality", 2, Type::enumeration, Presence::implicit, child(EnumId::aggregation_temporality)},
};
constexpr Field exponential_histogram[] = {
    {"data_points", 1, Type::message, Presence::repeated, child(MessageId::exponential_histogram_data_point)},
    {"aggregation_temporality", 2, Type::enumeration, Presence::implicit, child(EnumId::aggregation_temporality)},
};
constexpr Field summary[] = {
    {"data_points", 1, Type::message, Presence::repeated, child(MessageId::summary_data_point)},
};
constexpr Field number_data_point[] = {
    {"start_time_unix_nano", 2, Type::fixed64},
    {"time_unix_nano", 3, Type::fixed64},
    {"as_double", 4, Type::number, Presence::tracked},
    {"exemplars", 5, Type::message, Presence::repeated, child(MessageId::exemplar)},
    {"as_int", 6, Type::sfixed64, Presence::tracked},
    {"attributes", 7, Type::message, Presence::repeated, child(MessageId::key_value)},
    {"flags", 8, Type::uint32},
};
constexpr Field histogram_data_point[] = {
    {"start_time_unix_nano", 2, Type::fixed64},
    {"time_unix_nano", 3, Type::fixed64},
    {"count", 4, Type::fixed64},
    {"sum", 5, Type::number, Presence::tracked},
    {"bucket_counts", 6, Type::fixed64, Presence::repeated},
    {"explicit_bounds", 7, Type::number, Presence::repeated},
    {"exemplars", 8, Type::message, Presence::repeated, child(MessageId::exemplar)},
    {"attributes", 9, Type::message, Presence::repeated, child(MessageId::key_value)},
    {"flags", 10, Type::uint32},
    {"min", 11, Type::number, Presence::tracked},
    {"max", 12, Type::number, Presence::tracked},
};
constexpr Field exponential_histogram_data_point[] = {
    {"attributes", 1, Type::message, Presence::repeated, child(MessageId::key_value)},
    {"start_time_unix_nano", 2, Type::fixed64},
    {"time_unix_nano", 3, Type::fixed64},
    {"count", 4, Type::fixed64},
    {"sum", 5, Type::number, Presence::tracked},
    {"scale", 6, Type::sint32},
    {"zero_count", 7, Type::fixed64},
    {"positive", 8, Type::message, Presence::implicit, child(MessageId::buckets)},
    {"negative", 9, Type::message, Presence::implicit, child(MessageId::buckets)},
    {"flags", 10, Type::uint32},
    {"exemplars", 11, Type::message, Presence::repeated, child(MessageId::exemplar)},
    {"min", 12, Type::number, Presence::tracked},
    {"max", 13, Type::number, Presence::tracked},
    {"zero_threshold", 14, Type::number},
};
constexpr Field buckets[] = {
    {"offset", 1, Type::sint32},
    {"bucket_counts", 2, Type::uint64, Presence::repeated},
};
constexpr Field summary_data_point[] = {
    {"start_time_unix_nano", 2, Type::fixed64},
    {"time_unix_nano", 3, Type::fixed64},
    {"count", 4, Type::fixed64},
    {"sum", 5, Type::number},
    {"quantile_values", 6, Type::message, Presence::repeated, child(MessageId::value_at_quantile)},
    {"attributes", 7, Type::message, Presence::repeated, child(MessageId::key_value)},
    {"flags", 8, Type::uint32},
};
constexpr Field value_at_quantile[] = {
    {"quantile", 1, Type::number},
    {"value", 2, Type::number},
};
constexpr Field exemplar[] = {
    {"time_unix_nano", 2, Type::fixed64},
    {"as_double", 3, Type::number, Presence::tracked},
    {"span_id", 4, Type::id},
    {"trace_id", 5, Type::id},
    {"as_int", 6, Type::sfixed64, Presence::tracked},
    {"filtered_attributes", 7, Type::message, Presence::repeated, child(MessageId::key_value)},
};
constexpr std::array<Message, message_count> messages = {{
    {"opentelemetry.proto.common.v1.AnyValue", any_value},
    {"opentelemetry.proto.common.v1.ArrayValue", array_value},
    {"opentelemetry.proto.common.v1.KeyValueList", key_value_list},
    {"opentelemetry.proto.common.v1.KeyValue", key_value},
    {"opentelemetry.proto.common.v1.InstrumentationScope", instrumentation_scope},
    {"opentelemetry.proto.common.v1.EntityRef", entity_ref},
    {"opentelemetry.proto.resource.v1.Resource", resource},
    {"opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest", traces_request},
    {"opentelemetry.proto.trace.v1.ResourceSpans", resource_spans},
    {"opentelemetry.proto.trace.v1.ScopeSpans", scope_spans},
    {"opentelemetry.proto.trace.v1.Span", span},
    {"opentelemetry.proto.trace.v1.Span.Event", span_event},
    {"opentelemetry.proto.trace.v1.Span.Link", span_link},
    {"opentelemetry.proto.trace.v1.Status", span_status},
    {"opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest", logs_request},
    {"opentelemetry.proto.logs.v1.ResourceLogs", resource_logs},
    {"opentelemetry.proto.logs.v1.ScopeLogs", scope_logs},
    {"opentelemetry.proto.logs.v1.LogRecord", log_record},
    {"opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest", metrics_request},
    {"opentelemetry.proto.metrics.v1.ResourceMetrics", resource_metrics},
    {"opentelemetry.proto.metrics.v1.ScopeMetrics", scope_metrics},
    {"opentelemetry.proto.metrics.v1.Metric", metric},
    {"opentelemetry.proto.metrics.v1.Gauge", gauge},
    {"opentelemetry.proto.metrics.v1.Sum", sum},
    {"opentelemetry.proto.metrics.v1.Histogram", histogram},
    {"opentelemetry.proto.metrics.v1.ExponentialHistogram", exponential_histogram},
    {"opentelemetry.proto.metrics.v1.Summary", summary},
    {"opentelemetry.proto.metrics.v1.NumberDataPoint", number_data_point},
    {"opentelemetry.proto.metrics.v1.HistogramDataPoint", histogram_data_point},
    {"opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint", exponential_histogram_data_point},
    {"opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint.Buckets", buckets},
    {"opentelemetry.proto.metrics.v1.SummaryDataPoint", summary_data_point},
    {"opentelemetry.proto.metrics.v1.SummaryDataPoint.ValueAtQuantile", value_at_quantile},
    {"opentelemetry.proto.metrics.v1.Exemplar", exemplar},
}};

constexpr EnumValue span_kind[] = {
    {"SPAN_KIND_UNSPECIFIED", 0}, {"SPAN_KIND_INTERNAL", 1}, {"SPAN_KIND_SERVER", 2},
    {"SPAN_KIND_CLIENT", 3},      {"SPAN_KIND_PRODUCER", 4}, {"SPAN_KIND_CONSUMER", 5},
};
constexpr EnumValue status_code[] = {
    {"STATUS_CODE_UNSET", 0},
    {"STATUS_CODE_OK", 1},
    {"STATUS_CODE_ERROR", 2},
};
constexpr EnumValue severity_number[] = {
    {"SEVERITY_NUMBER_UNSPECIFIED", 0}, {"SEVERITY_NUMBER_TRACE", 1},   {"SEVERITY_NUMBER_TRACE2", 2},
    {"SEVERITY_NUMBER_TRACE3", 3},      {"SEVERITY_NUMBER_TRACE4", 4},  {"SEVERITY_NUMBER_DEBUG", 5},
    {"SEVERITY_NUMBER_DEBUG2", 6},      {"SEVERITY_NUMBER_DEBUG3", 7},  {"SEVERITY_NUMBER_DEBUG4", 8},
    {"SEVERITY_NUMBER_INFO", 9},        {"SEVERITY_NUMBER_INFO2", 10},  {"SEVERITY_NUMBER_INFO3", 11},
    {"SEVERITY_NUMBER_INFO4", 12},      {"SEVERITY_NUMBER_WARN", 13},   {"SEVERITY_NUMBER_WARN2", 14},
    {"SEVERITY_NUMBER_WARN3", 15},      {"SEVERITY_NUMBER_WARN4", 16},  {"SEVERITY_NUMBER_ERROR", 17},
    {"SEVERITY_NUMBER_ERROR2", 18},     {"SEVERITY_NUMBER_ERROR3", 19}, {"SEVERITY_NUMBER_ERROR4", 20},
    {"SEVERITY_NUMBER_FATAL", 21},      {"SEVERITY_NUMBER_FATAL2", 22}, {"SEVERITY_NUMBER_FATAL3", 23},
    {"SEVERITY_NUMBER_FATAL4", 24},
};
constexpr EnumValue aggregation_temporality[] = {
    {"AGGREGATION_TEMPORALITY_UNSPECIFIED", 0},
    {"AGGREGATION_TEMPORALITY_DELTA", 1},
    {"AGGREGATION_TEMPORALITY_CUMULATIVE", 2},
};

}  // namespace

std::span<const Field> fields_of(MessageId message) { return messages[static_cast<std::size_t>(message)].fields; }

std::string_view name_of(MessageId message) { return messages[static_cast<std::size_t>(message)].name; }

std::span<const EnumValue> values_of(EnumId enumeration) {
  switch (enumeration) {
    case EnumId::span_kind:
      return span_kind;
    case EnumId::status_code:
      return status_code;
    case EnumId::severity_number:
      return severity_number;
    case EnumId::aggregation_temporality:
      return aggregation_temporality;
  }
  std::unreachable();
}

const Field* find_field(MessageId message, std::uint32_t number) {
  for (const Field& field : fields_of(message)) {
    if (field.number == number) return &field;
  }
  return nullptr;
}

MessageId request_of(Signal signal) {
  switch (signal) {
    case Signal::traces:
      return MessageId::traces_request;
    case Signal::logs:
      return MessageId::logs_request;
    case Signal::metrics:
      return MessageId::metrics_request;
  }
  std::unreachable();
}

}  // namespace understudy::otlp
