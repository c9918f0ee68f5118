// Spans, their events and their links as Honeycomb's events.
#pragma once

#include <cstdint>
#include <string_view>

#include "honeycomb/event_fields.h"
#include "honeycomb/event_levels.h"
#include "honeycomb/events.h"
#include "otlp/walker.h"

namespace understudy::honeycomb {

// One object a request: it keeps what neighbouring spans share. [code: husky otlp/traces_direct.go, otlp/traces.go]
class SpanTranslator {
 public:
  SpanTranslator(Translator translator, const SeeEvent& see)
      : direct_(translator == Translator::direct), translator_(translator), see_(see), levels_(translator) {}

  void translate(const otlp::ItemView& span, std::string_view dataset, std::uint32_t origin);

 private:
  struct Span {
    std::string_view trace_id, span_id, trace_state, parent_span_id, name, status_message;
    bool has_parent = false;
    std::uint64_t start = 0, end = 0;
    std::int32_t kind = 0, status_code = 0;
    std::int64_t events = 0, links = 0;

    bool failed() const { return status_code == 2; }
  };
  static Span read_span(std::string_view message);
  static void read_status(std::string_view status, Span& span);

  void put_span(const Span& span, std::string_view message);
  void put_duration(const Span& span);
  std::int64_t direct_rate(const Span& span, const std::optional<std::int64_t>& own);
  std::int64_t classic_rate(const Span& span);
  void promote_exceptions(std::string_view message);
  void promote(const EventField& field);

  void begin(Event& event, EventKind kind, std::int64_t time_ns);
  void emit_span_event(const Span& span, std::string_view message);
  void emit_link(const Span& span, std::string_view message);
  void finish_row(const Span& span, std::string_view message, std::uint32_t attributes);
  // Husky's own field: replaced by whatever else has its name.
  void own(std::string_view name, FieldValue value);
  std::optional<std::int64_t> add_attributes(std::string_view message, std::uint32_t number);

  bool direct_;
  Translator translator_;
  const SeeEvent& see_;
  Levels levels_;
  TextArena arena_;
  FieldSet fields_;
  Event span_;
  Event row_;
  std::string_view trace_id_;  // as text; of the span at hand
  std::string_view span_id_;
};

}  // namespace understudy::honeycomb
