// The messages of OTLP as data: what the wire walker, the paths of errors and the JSON reader are driven by.
// The .proto files beside this file are the same facts for libprotobuf; tests/otlp/schema_test.cpp holds the two
// together.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "otlp/signal.h"

namespace understudy::otlp {

enum class Type : std::uint8_t {
  boolean,
  int32,
  sint32,
  uint32,
  int64,
  uint64,
  fixed32,
  fixed64,
  sfixed64,
  number,  // double
  string,
  bytes,
  id,  // bytes that OTLP/JSON writes as hex instead of base64
  enumeration,
  message,
};

enum class Presence : std::uint8_t {
  implicit,  // the default value is not sent
  tracked,   // optional, or a member of a oneof: the default value is sent
  repeated,
};

enum class MessageId : std::uint8_t {
  any_value,
  array_value,
  key_value_list,
  key_value,
  instrumentation_scope,
  entity_ref,
  resource,
  traces_request,
  resource_spans,
  scope_spans,
  span,
  span_event,
  span_link,
  span_status,
  logs_request,
  resource_logs,
  scope_logs,
  log_record,
  metrics_request,
  resource_metrics,
  scope_metrics,
  metric,
  gauge,
  sum,
  histogram,
  exponential_histogram,
  summary,
  number_data_point,
  histogram_data_point,
  exponential_histogram_data_point,
  buckets,
  summary_data_point,
  value_at_quantile,
  exemplar,
};
inline constexpr std::size_t message_count = static_cast<std::size_t>(MessageId::exemplar) + 1;

enum class EnumId : std::uint8_t { span_kind, status_code, severity_number, aggregation_temporality };

struct Field {
  std::string_view name;
  std::uint32_t number;
  Type type;
  Presence presence = Presence::implicit;
  std::uint8_t child = 0;  // the MessageId of a message, the EnumId of an enumeration

  constexpr MessageId message() const { return static_cast<MessageId>(child); }
  constexpr EnumId enumeration() const { return static_cast<EnumId>(child); }
};

struct EnumValue {
  std::string_view name;
  std::int32_t number;
};

// Messages and groups nested deeper than this are refused, as libprotobuf does in C++, Python and Java; protobuf-go
// would go on to 10,000. [code: protobuf, recursion limits]
inline constexpr int max_nesting = 100;

std::span<const Field> fields_of(MessageId message);
std::span<const EnumValue> values_of(EnumId enumeration);
// The full protobuf name.
std::string_view name_of(MessageId message);
// Nothing if the schema does not know the number.
const Field* find_field(MessageId message, std::uint32_t number);
// The Export request of a signal.
MessageId request_of(Signal signal);

}  // namespace understudy::otlp
