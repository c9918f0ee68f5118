#include "backend/telemetry/otlp_encoder.h"

#include <bit>

#include "backend/text.h"

namespace cruddur::telemetry {
namespace {

/// Protobuf's wire format, as far as OTLP's traces need it. A field that holds its default is left out, as proto3 does.
class Message {
 public:
  void varint(int field, std::uint64_t value) {
    if (value != 0) {
      tag(field, 0);
      write_varint(value);
    }
  }
  void fixed64(int field, std::uint64_t value) {
    if (value != 0) {
      tag(field, 1);
      write_fixed(value, 8);
    }
  }
  void fixed32(int field, std::uint32_t value) {
    if (value != 0) {
      tag(field, 5);
      write_fixed(value, 4);
    }
  }
  void bytes(int field, std::string_view value) {
    if (!value.empty()) {
      present(field, value);
    }
  }
  void text(int field, std::string_view value) { bytes(field, valid_utf8(value)); }
  template <std::size_t size>
  void id(int field, const std::array<std::uint8_t, size>& value) {
    bytes(field, {reinterpret_cast<const char*>(value.data()), value.size()});
  }
  /// A message or a member of a oneof: written even when empty.
  void present(int field, std::string_view value) {
    tag(field, 2);
    write_varint(value.size());
    buffer_ += value;
  }
  void present_varint(int field, std::uint64_t value) {
    tag(field, 0);
    write_varint(value);
  }
  void present_fixed64(int field, std::uint64_t value) {
    tag(field, 1);
    write_fixed(value, 8);
  }
  const std::string& str() const { return buffer_; }

 private:
  void tag(int field, unsigned wire_type) { write_varint(static_cast<std::uint64_t>(field) << 3U | wire_type); }
  void write_varint(std::uint64_t value) {
    while (value >= 0x80) {
      buffer_ += static_cast<char>(value | 0x80U);
      value >>= 7U;
    }
    buffer_ += static_cast<char>(value);
  }
  void write_fixed(std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i) {
      buffer_ += static_cast<char>(value >> (8U * static_cast<unsigned>(i)));
    }
  }

  std::string buffer_;
};

struct ValueWriter {
  Message& any;
  void operator()(const std::string& value) const { any.present(1, valid_utf8(value)); }
  void operator()(bool value) const { any.present_varint(2, value ? 1 : 0); }
  void operator()(std::int64_t value) const { any.present_varint(3, static_cast<std::uint64_t>(value)); }
  void operator()(double value) const { any.present_fixed64(4, std::bit_cast<std::uint64_t>(value)); }
  void operator()(const std::vector<std::string>& values) const {
    Message array;
    for (const auto& value : values) {
      Message one;
      one.present(1, valid_utf8(value));
      array.present(1, one.str());
    }
    any.present(5, array.str());
  }
};

void write_attributes(Message& message, int field, const Attributes& attributes) {
  for (const auto& [name, value] : attributes) {
    Message any;
    std::visit(ValueWriter{any}, value);
    Message pair;
    pair.text(1, name);
    pair.present(2, any.str());
    message.present(field, pair.str());
  }
}

/// W3C flags in the low byte; bit 8 says that bit 9 is known, bit 9 that the context came from elsewhere.
std::uint32_t flags_of(const SpanContext& context, bool is_remote) {
  return (context.is_sampled ? 1U : 0U) | 0x100U | (is_remote ? 0x200U : 0U);
}

std::string encode_event(const SpanEvent& event) {
  Message message;
  message.fixed64(1, event.time_unix_nano);
  message.text(2, event.name);
  write_attributes(message, 3, event.attributes);
  return message.str();
}

std::string encode_link(const SpanLink& link) {
  Message message;
  message.id(1, link.context.trace_id);
  message.id(2, link.context.span_id);
  message.text(3, link.context.trace_state);
  write_attributes(message, 4, link.attributes);
  message.fixed32(6, flags_of(link.context, link.context.is_remote));
  return message.str();
}

std::string encode_span(const SpanData& span) {
  Message message;
  message.id(1, span.context.trace_id);
  message.id(2, span.context.span_id);
  message.text(3, span.context.trace_state);
  if (span.parent) {
    message.id(4, span.parent->span_id);
  }
  message.text(5, span.name);
  message.varint(6, static_cast<std::uint64_t>(span.kind));
  message.fixed64(7, span.start_time_unix_nano);
  message.fixed64(8, span.end_time_unix_nano);
  write_attributes(message, 9, span.attributes);
  message.varint(10, span.dropped_attributes);
  for (const auto& event : span.events) {
    message.present(11, encode_event(event));
  }
  message.varint(12, span.dropped_events);
  for (const auto& link : span.links) {
    message.present(13, encode_link(link));
  }
  message.varint(14, span.dropped_links);
  Message status;
  status.text(2, span.status_message);
  status.varint(3, static_cast<std::uint64_t>(span.status));
  message.present(15, status.str());
  message.fixed32(16, flags_of(span.context, span.parent && span.parent->is_remote));
  return message.str();
}

struct ScopeSpans {
  const Scope* scope;
  Message message;
};

ScopeSpans& of_scope(std::vector<ScopeSpans>& groups, const Scope& scope) {
  for (auto& group : groups) {
    if (group.scope->name == scope.name && group.scope->version == scope.version) {
      return group;
    }
  }
  auto& group = groups.emplace_back(ScopeSpans{&scope, {}});
  Message described;
  described.text(1, scope.name);
  described.text(2, scope.version);
  group.message.present(1, described.str());
  return group;
}

}  // namespace

std::string encode_export_request(const Attributes& resource, std::span<const SpanPointer> spans) {
  Message described;
  write_attributes(described, 1, resource);
  std::vector<ScopeSpans> groups;
  for (const auto& span : spans) {
    of_scope(groups, span->scope).message.present(2, encode_span(*span));
  }
  Message resource_spans;
  resource_spans.present(1, described.str());
  for (const auto& group : groups) {
    resource_spans.present(2, group.message.str());
  }
  Message request;
  request.present(1, resource_spans.str());
  return request.str();
}

}  // namespace cruddur::telemetry
