// The wire walker: what a door runs over every OTLP export request before it acknowledges it.
//
// Every byte is validated as a proto3 parser does it, and nothing is materialised: no allocation unless the bytes are
// refused. It accepts exactly what libprotobuf accepts (tests/otlp and the fuzz target otlp_walker compare the two).
// Pure functions; any thread may call them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <type_traits>

#include "otlp/signal.h"

namespace understudy::otlp {

// What a request holds, as libprotobuf would count it.
struct Summary {
  std::size_t resource_groups = 0;  // resource_spans, resource_logs, resource_metrics
  std::size_t scopes = 0;
  std::size_t items = 0;  // spans, log records, data points
  std::size_t span_events = 0;
  std::size_t span_links = 0;

  friend bool operator==(const Summary&, const Summary&) = default;
};

struct WireError {
  std::size_t offset = 0;  // of the first byte that cannot be read
  std::string path;        // "resource_spans[0].scope_spans[0].spans[3].name"; empty: the request itself
  std::string reason;
};

// "byte 57, resource_spans[0].schema_url: the text is not UTF-8".
std::string describe(const WireError& error);

// An empty body is an empty request, and valid.
std::expected<Summary, WireError> validate(Signal signal, std::string_view body);

// One span, log record or metric where it stands in a body. All views point into the body.
// Of a message that is sent twice although it is single, the last one stands here; libprotobuf would merge them.
struct ItemView {
  std::string_view group;        // the ResourceSpans, ResourceLogs or ResourceMetrics
  std::string_view resource;     // the Resource
  std::string_view scope_group;  // the ScopeSpans, ScopeLogs or ScopeMetrics
  std::string_view scope;        // the InstrumentationScope
  std::string_view item;         // the Span, LogRecord or Metric
};

struct SpanView : ItemView {
  std::string_view trace_id;
  std::string_view span_id;
  std::string_view parent_span_id;
  std::string_view name;
  std::uint64_t start_time_unix_nano = 0;
  std::uint64_t end_time_unix_nano = 0;
  std::int32_t kind = 0;
  std::int32_t status_code = 0;
};

namespace detail {
using VisitItem = void (*)(void* context, const ItemView& item);
using VisitSpan = void (*)(void* context, const SpanView& span);
void for_each_item(std::string_view body, void* context, VisitItem visit);
void for_each_span(std::string_view body, void* context, VisitSpan visit);
template <typename Visit>
void* address_of(Visit& visit) {
  return const_cast<void*>(static_cast<const void*>(&visit));
}
}  // namespace detail

// Visits the spans, log records or metrics of a body in the order in which they were sent, without allocation. The
// three signals nest alike, so one function serves them.
// For bodies that `validate` accepted; of any other body it visits what can be read.
template <typename Visit>
void for_each_item(std::string_view body, Visit&& visit) {
  detail::for_each_item(body, detail::address_of(visit), [](void* context, const ItemView& item) {
    (*static_cast<std::remove_reference_t<Visit>*>(context))(item);
  });
}

// The same with the fields of the span that indexes are made of.
template <typename Visit>
void for_each_span(std::string_view body, Visit&& visit) {
  detail::for_each_span(body, detail::address_of(visit), [](void* context, const SpanView& span) {
    (*static_cast<std::remove_reference_t<Visit>*>(context))(span);
  });
}

}  // namespace understudy::otlp
