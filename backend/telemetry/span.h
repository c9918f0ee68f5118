#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace cruddur::telemetry {

using AttributeValue = std::variant<std::string, bool, std::int64_t, double, std::vector<std::string>>;
using Attributes = std::vector<std::pair<std::string, AttributeValue>>;

using TraceId = std::array<std::uint8_t, 16>;
using SpanId = std::array<std::uint8_t, 8>;

struct SpanContext {
  TraceId trace_id{};
  SpanId span_id{};
  bool is_sampled = false;
  bool is_remote = false;
  std::string trace_state;

  bool is_valid() const { return trace_id != TraceId{} && span_id != SpanId{}; }
};

/// W3C Trace Context: the header of version 00; nothing for one that is malformed or all zeros.
std::optional<SpanContext> parse_traceparent(std::string_view header);
std::string to_traceparent(const SpanContext& context);

/// The numbers are those of the protocol.
enum class SpanKind { internal = 1, server = 2, client = 3 };
enum class StatusCode { unset = 0, ok = 1, error = 2 };

struct SpanEvent {
  std::string name;
  std::uint64_t time_unix_nano = 0;
  Attributes attributes;
};

struct SpanLink {
  SpanContext context;
  Attributes attributes;
};

struct Scope {
  std::string name;
  std::string version;
};

/// A finished span.
struct SpanData {
  std::string name;
  SpanKind kind = SpanKind::internal;
  SpanContext context;
  std::optional<SpanContext> parent;
  std::uint64_t start_time_unix_nano = 0;
  std::uint64_t end_time_unix_nano = 0;
  Attributes attributes;
  std::vector<SpanEvent> events;
  std::vector<SpanLink> links;
  StatusCode status = StatusCode::unset;
  std::string status_message;
  Scope scope;
  std::uint32_t dropped_attributes = 0;
  std::uint32_t dropped_events = 0;
  std::uint32_t dropped_links = 0;
};
using SpanPointer = std::shared_ptr<const SpanData>;

/// Each list of a span holds at most this many; what comes later is dropped and counted.
constexpr std::size_t span_limit = 128;

/// Sets or replaces.
void set_attribute(Attributes& attributes, std::string_view name, AttributeValue value);

}  // namespace cruddur::telemetry
