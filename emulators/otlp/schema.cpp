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
    {1, "string_value", Type::string, Presence::tracked},
    {2, "bool_value", Type::boolean, Presence::tracked},
    {3, "int_value", Type::int64, Presence::tracked},
    {4, "double_value", Type::number, Presence::tracked},
    {5, "array_value", Type::message, Presence::tracked, child(MessageId::array_value)},
    {6, "kvlist_value", Type::message, Presence::tracked, child(MessageId::key_value_list)},
    {7, "bytes_value", Type::bytes, Presence::tracked},
    {8, "string_value_strindex", Type::int32, Presence::tracked},
};
constexpr Field array_value[] = {
    {1, "values", Type::message, Presence::repeated, child(MessageId::any_value)},
};
constexpr Field key_value_list[] = {
    {1, "values", Type::message, Presence::repeated, child(MessageId::key_value)},
};
constexpr Field key_value[] = {
    {1, "key", Type::string},
    {2, "value", Type::message, Presence::implicit, child(MessageId::any_value)},
    {3, "key_strindex", Type::int32},
};
constexpr Field instrumentation_scope[] = {
    {1, "name", Type::string},
    {2, "version", Type::string},
    {3, "attributes", Type::message, Presence::repeated, child(MessageId::key_value)},
    {4, "dropped_attributes_count", Type::uint32},
};
constexpr Field entity_ref[] = {
    {1, "schema_url", Type::string},
    {2, "type", Type::string},
    {3, "id_keys", Type::string, Presence::repeated},
    {4, "description_keys", Type::string, Presence::repeated},
};
constexpr Field resource[] = {
    {1, "attributes", Type::message, Presence::repeated, child(MessageId::key_value)},
    {2, "dropped_attributes_count", Type::uint32},
    {3, "entity_refs", Type::message, Presence::repeated, child(MessageId::entity_ref)},
};
constexpr Field traces_request[] = {
    {1, "resource_spans", Type::message, Presence::repeated, child(MessageId::resource_spans)},
};
constexpr Field resource_spans[] = {
    {1, "resource", Type::message, Presence::implicit, child(MessageId::resource)},
    {2, "scope_spans", Type::message, Presence::repeated, child(MessageId::scope_spans)},
    {3, "schema_url", Type::string},
};
constexpr Field scope_spans[] = {
    {1, "scope", Type::message, Presence::implicit, child(MessageId::instrumentation_scope)},
    {2, "spans", Type::message, Presence::repeated, child(MessageId::span)},
    {3, "schema_url", Type::string},
};
constexpr Field span[] = {
    {1, "trace_id", Type::id},
    {2, "span_id", Type::id},
    {3, "trace_state", Type::string},
    {4, "parent_span_id", Type::id},
    {5, "name", Type::string},
    {6, "kind", Type::enumeration, Presence::implicit, child(EnumId::span_kind)},
    {7, "start_time_unix_nano", Type::fixed64},
    {8, "end_time_unix_nano", Type::fixed64},
    {9, "attributes", Type::message, Presence::repeated, child(MessageId::key_value)},
    {10, "dropped_attributes_count", Type::uint32},
    {11, "events", Type::message, Presence::repeated, child(MessageId::span_event)},
    {12, "dropped_events_count", Type::uint32},
    {13, "links", Type::message, Presence::repeated, child(MessageId::span_link)},
    {14, "dropped_links_count", Type::uint32},
    {15, "status", Type::message, Presence::implicit, child(MessageId::span_status)},
    {16, "flags", Type::fixed32},
};
constexpr Field span_event[] = {
    {1, "time_unix_nano", Type::fixed64},
    {2, "name", Type::string},
    {3, "attributes", Type::message, Presence::repeated, child(MessageId::key_value)},
    {4, "dropped_attributes_count", Type::uint32},
};
constexpr Field span_link[] = {
    {1, "trace_id", Type::id},
    {2, "span_id", Type::id},
    {3, "trace_state", Type::string},
    {4, "attributes", Type::message, Presence::repeated, child(MessageId::key_value)},
    {5, "dropped_attributes_count", Type::uint32},
    {6, "flags", Type::fixed32},
};
constexpr Field span_status[] = {
    {2, "message", Type::string},
    {3, "code", Type::enumeration, Presence::implicit, child(EnumId::status_code)},
};
constexpr Field logs_request[] = {
    {1, "resource_logs", Type::message, Presence::repeated, child(MessageId::resource_logs)},
};
constexpr Field resource_logs[] = {
    {1, "resource", Type::message, Presence::implicit, child(MessageId::resource)},
    {2, "scope_logs", Type::message, Presence::repeated, child(MessageId::scope_logs)},
    {3, "schema_url", Type::string},
};
constexpr Field scope_logs[] = {
    {1, "scope", Type::message, Presence::implicit, child(MessageId::instrumentation_scope)},
    {2, "log_records", Type::message, Presence::repeated, child(MessageId::log_record)},
    {3, "schema_url", Type::string},
};
constexpr Field log_record[] = {
    {1, "time_unix_nano", Type::fixed64},
    {2, "severity_number", Type::enumeration, Presence::implicit, child(EnumId::severity_number)},
    {3, "severity_text", Type::string},
    {5, "body", Type::message, Presence::implicit, child(MessageId::any_value)},
    {6, "attributes", Type::message, Presence::repeated, child(MessageId::key_value)},
    {7, "dropped_attributes_count", Type::uint32},
    {8, "flags", Type::fixed32},
    {9, "trace_id", Type::id},
    {10, "span_id", Type::id},
    {11, "observed_time_unix_nano", Type::fixed64},
    {12, "event_name", Type::string},
};
constexpr Field metrics_request[] = {
    {1, "resource_metrics", Type::message, Presence::repeated, child(MessageId::resource_metrics)},
};
constexpr Field resource_metrics[] = {
    {1, "resource", Type::message, Presence::implicit, child(MessageId::resource)},
    {2, "scope_metrics", Type::message, Presence::repeated, child(MessageId::scope_metrics)},
    {3, "schema_url", Type::string},
};
constexpr Field scope_metrics[] = {
    {1, "scope", Type::message, Presence::implicit, child(MessageId::instrumentation_scope)},
    {2, "metrics", Type::message, Presence::repeated, child(MessageId::metric)},
    {3, "schema_url", Type::string},
};
constexpr Field metric[] = {
    {1, "name", Type::string},
    {2, "description", Type::string},
    {3, "unit", Type::string},
    {5, "gauge", Type::message, Presence::tracked, child(MessageId::gauge)},
    {7, "sum", Type::message, Presence::tracked, child(MessageId::sum)},
    {9, "histogram", Type::message, Presence::tracked, child(MessageId::histogram)},
    {10, "exponential_histogram", Type::message, Presence::tracked, child(MessageId::exponential_histogram)},
    {11, "summary", Type::message, Presence::tracked, child(MessageId::summary)},
    {12, "metadata", Type::message, Presence::repeated, child(MessageId::key_value)},
};
constexpr Field gauge[] = {
    {1, "data_points", Type::message, Presence::repeated, child(MessageId::number_data_point)},
};
constexpr Field sum[] = {
    {1, "data_points", Type::message, Presence::repeated, child(MessageId::number_data_point)},
    {2, "aggregation_temporality", Type::enumeration, Presence::implicit, child(EnumId::aggregation_temporality)},
    {3, "is_monotonic", Type::boolean},
};
constexpr Field histogram[] = {
    {1, "data_points", Type::message, Presence::repeated, child(MessageId::histogram_data_point)},
    {2, "aggregation_temporality", Type::enumeration, Presence::implicit, child(EnumId::aggregation_temporality)},
};
constexpr Field exponential_histogram[] = {
    {1, "data_points", Type::message, Presence::repeated, child(MessageId::exponential_histogram_data_point)},
    {2, "aggregation_temporality", Type::enumeration, Presence::implicit, child(EnumId::aggregation_temporality)},
};
constexpr Field summary[] = {
    {1, "data_points", Type::message, Presence::repeated, child(MessageId::summary_data_point)},
};
constexpr Field number_data_point[] = {
    {2, "start_time_unix_nano", Type::fixed64},
    {3, "time_unix_nano", Type::fixed64},
    {4, "as_double", Type::number, Presence::tracked},
    {5, "exemplars", Type::message, Presence::repeated, child(MessageId::exemplar)},
    {6, "as_int", Type::sfixed64, Presence::tracked},
    {7, "attributes", Type::message, Presence::repeated, child(MessageId::key_value)},
    {8, "flags", Type::uint32},
};
constexpr Field histogram_data_point[] = {
    {2, "start_time_unix_nano", Type::fixed64},
    {3, "time_unix_nano", Type::fixed64},
    {4, "count", Type::fixed64},
    {5, "sum", Type::number, Presence::tracked},
    {6, "bucket_counts", Type::fixed64, Presence::repeated},
    {7, "explicit_bounds", Type::number, Presence::repeated},
    {8, "exemplars", Type::message, Presence::repeated, child(MessageId::exemplar)},
    {9, "attributes", Type::message, Presence::repeated, child(MessageId::key_value)},
    {10, "flags", Type::uint32},
    {11, "min", Type::number, Presence::tracked},
    {12, "max", Type::number, Presence::tracked},
};
constexpr Field exponential_histogram_data_point[] = {
    {1, "attributes", Type::message, Presence::repeated, child(MessageId::key_value)},
    {2, "start_time_unix_nano", Type::fixed64},
    {3, "time_unix_nano", Type::fixed64},
    {4, "count", Type::fixed64},
    {5, "sum", Type::number, Presence::tracked},
    {6, "scale", Type::sint32},
    {7, "zero_count", Type::fixed64},
    {8, "positive", Type::message, Presence::implicit, child(MessageId::buckets)},
    {9, "negative", Type::message, Presence::implicit, child(MessageId::buckets)},
    {10, "flags", Type::uint32},
    {11, "exemplars", Type::message, Presence::repeated, child(MessageId::exemplar)},
    {12, "min", Type::number, Presence::tracked},
    {13, "max", Type::number, Presence::tracked},
    {14, "zero_threshold", Type::number},
};
constexpr Field buckets[] = {
    {1, "offset", Type::sint32},
    {2, "bucket_counts", Type::uint64, Presence::repeated},
};
constexpr Field summary_data_point[] = {
    {2, "start_time_unix_nano", Type::fixed64},
    {3, "time_unix_nano", Type::fixed64},
    {4, "count", Type::fixed64},
    {5, "sum", Type::number},
    {6, "quantile_values", Type::message, Presence::repeated, child(MessageId::value_at_quantile)},
    {7, "attributes", Type::message, Presence::repeated, child(MessageId::key_value)},
    {8, "flags", Type::uint32},
};
constexpr Field value_at_quantile[] = {
    {1, "quantile", Type::number},
    {2, "value", Type::number},
};
constexpr Field exemplar[] = {
    {2, "time_unix_nano", Type::fixed64},
    {3, "as_double", Type::number, Presence::tracked},
    {4, "span_id", Type::id},
    {5, "trace_id", Type::id},
    {6, "as_int", Type::sfixed64, Presence::tracked},
    {7, "filtered_attributes", Type::message, Presence::repeated, child(MessageId::key_value)},
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
