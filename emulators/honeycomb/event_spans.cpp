#include "honeycomb/event_spans.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>

#include "honeycomb/any_value.h"
#include "honeycomb/event_ids.h"
#include "honeycomb/sample_rate.h"
#include "otlp/wire.h"

namespace understudy::honeycomb {
namespace {

using otlp::WireField;
using otlp::WireReader;
using otlp::WireType;

// Field numbers of the attributes, of events and links.
constexpr std::uint32_t span_attributes = 9;
constexpr std::uint32_t span_events = 11;
constexpr std::uint32_t span_links = 13;
constexpr std::uint32_t event_attributes = 3;
constexpr std::uint32_t link_attributes = 4;

constexpr std::array<std::string_view, 6> kind_names = {"unspecified", "internal", "server",
                                                        "client",      "producer", "consumer"};

std::string_view name_of_kind(std::int32_t kind) {
  const bool known = kind >= 0 && static_cast<std::size_t>(kind) < kind_names.size();
  return kind_names[known ? static_cast<std::size_t>(kind) : 0];
}

// An unknown number is unset. [code: husky otlp/common.go]
std::int64_t status_code_of(std::int32_t code) { return code >= 0 && code <= 2 ? code : 0; }

std::int64_t clamped(std::uint64_t time_ns) {
  return static_cast<std::int64_t>(
      std::min<std::uint64_t>(time_ns, static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())));
}

double milliseconds(std::uint64_t from_ns, std::uint64_t to_ns) { return static_cast<double>(to_ns - from_ns) / 1e6; }

// What is copied from an exception to its span, and of which type it must be.
struct Promoted {
  std::string_view name;
  bool boolean;
};
constexpr Promoted promoted[] = {{"exception.message", false},
                                 {"exception.type", false},
                                 {"exception.stacktrace", false},
                                 {"exception.escaped", true}};

std::string_view name_of_event(std::string_view message) {
  std::string_view name;
  WireReader reader(message);
  for (WireField field; reader.next(field);) {
    if (field.is(2, WireType::length)) name = field.bytes;
  }
  return name;
}

template <typename Visit>
void for_each_part(std::string_view message, std::uint32_t number, Visit&& visit) {
  WireReader reader(message);
  for (WireField field; reader.next(field);) {
    if (field.is(number, WireType::length) && !visit(field.bytes)) return;
  }
}

}  // namespace

SpanTranslator::Span SpanTranslator::read_span(std::string_view message) {
  Span span;
  WireReader reader(message);
  for (WireField field; reader.next(field);) {
    if (field.type == WireType::length) {
      switch (field.number) {
        case 1:
          span.trace_id = field.bytes;
          break;
        case 2:
          span.span_id = field.bytes;
          break;
        case 3:
          span.trace_state = field.bytes;
          break;
        case 4:
          span.parent_span_id = field.bytes;
          span.has_parent = true;
          break;
        case 5:
          span.name = field.bytes;
          break;
        case span_events:
          ++span.events;
          break;
        case span_links:
          ++span.links;
          break;
        case 15:
          read_status(field.bytes, span);
          break;
        default:
          break;
      }
    } else if (field.is(6, WireType::varint)) {
      span.kind = static_cast<std::int32_t>(field.value);
    } else if (field.is(7, WireType::fixed64)) {
      span.start = field.value;
    } else if (field.is(8, WireType::fixed64)) {
      span.end = field.value;
    }
  }
  return span;
}

void SpanTranslator::read_status(std::string_view status, Span& span) {
  WireReader reader(status);
  for (WireField field; reader.next(field);) {
    if (field.is(2, WireType::length)) span.status_message = field.bytes;
    if (field.is(3, WireType::varint)) span.status_code = static_cast<std::int32_t>(field.value);
  }
}

void SpanTranslator::translate(const otlp::ItemView& item, std::string_view dataset, std::uint32_t origin) {
  levels_.enter(item);
  arena_.clear();
  const Span span = read_span(item.item);
  trace_id_ = trace_id_text(span.trace_id, arena_);
  span_id_ = span_id_text(span.span_id, arena_);
  for (Event* event : {&span_, &row_}) {
    event->dataset = dataset;
    event->origin = origin;
  }
  put_span(span, item.item);
  row_.sample_rate = span_.sample_rate;
  if (span.events > 0) {
    for_each_part(item.item, span_events, [&](std::string_view message) {
      emit_span_event(span, message);
      return true;
    });
  }
  if (span.links > 0) {
    for_each_part(item.item, span_links, [&](std::string_view message) {
      emit_link(span, message);
      return true;
    });
  }
  see_(span_);
}

void SpanTranslator::begin(Event& event, EventKind kind, std::int64_t time_ns) {
  event.kind = kind;
  event.time_ns = time_ns;
  fields_.begin(event.fields);
}

void SpanTranslator::own(std::string_view name, FieldValue value) {
  if (direct_) {
    fields_.put_own(name, value);
  } else {
    fields_.set(name, value);
  }
}

std::optional<std::int64_t> SpanTranslator::add_attributes(std::string_view message, std::uint32_t number) {
  ListedRate rate;
  Flattener flattener(arena_, translator_);
  for_each_attribute(message, number, [&](std::string_view key, const AnyValue& value) {
    if (direct_ && rate.take(key, value)) return;
    flattener.flatten(key, value, [&](std::string_view name, FieldValue field) {
      if (direct_) {
        fields_.put_attribute(name, field);
      } else {
        fields_.set(name, field);
      }
    });
  });
  return rate.rate();
}

void SpanTranslator::put_span(const Span& span, std::string_view message) {
  begin(span_, EventKind::span, clamped(span.start));
  own("trace.trace_id", trace_id_);
  own("trace.span_id", span_id_);
  // The classic translator writes one that is there and empty, and the span no longer looks like a root.
  if (direct_ ? !span.parent_span_id.empty() : span.has_parent) {
    own("trace.parent_id", span_id_text(span.parent_span_id, arena_));
  }
  own("name", span.name);
  own("type", name_of_kind(span.kind));
  own("span.kind", name_of_kind(span.kind));
  put_duration(span);
  own("status_code", status_code_of(span.status_code));
  if (!span.status_message.empty()) own("status_message", span.status_message);
  if (span.failed()) own("error", true);
  own("span.num_events", span.events);
  own("span.num_links", span.links);
  own("meta.signal_type", std::string_view("trace"));
  if (!span.trace_state.empty()) own("trace.trace_state", span.trace_state);
  if (!direct_) levels_.set_into(fields_);
  const auto rate = add_attributes(message, span_attributes);
  span_.sample_rate = direct_ ? direct_rate(span, rate) : classic_rate(span);
  if (span.events > 0) promote_exceptions(message);
  if (direct_) levels_.put_into(fields_);
}

void SpanTranslator::put_duration(const Span& span) {
  if (!direct_) {  // the difference goes round when the end lies before the start
    own("duration_ms", milliseconds(span.start, span.end));
    return;
  }
  const bool known = span.start != 0 && span.end != 0;
  const bool backwards = known && span.end < span.start;
  own("duration_ms", known && !backwards ? milliseconds(span.start, span.end) : 0.0);
  if (backwards) own("meta.invalid_duration", true);
}

std::int64_t SpanTranslator::direct_rate(const Span& span, const std::optional<std::int64_t>& own_rate) {
  if (own_rate) return *own_rate;
  if (const auto inherited = levels_.rate()) return *inherited;
  const std::hash<std::string_view> hash;
  return sample_rate_of_trace_state(span.trace_state, hash(span.trace_id) * 31 + hash(span.span_id)).value_or(1);
}

// Of the merged fields; the one that is used is taken out.
std::int64_t SpanTranslator::classic_rate(const Span& span) {
  for (const std::string_view key : {sample_rate_key, other_sample_rate_key}) {
    const EventField* const field = fields_.find(key);
    if (field == nullptr) continue;
    const std::int64_t rate = sample_rate_of(field->value);
    fields_.remove(key);
    return rate;
  }
  return direct_rate(span, std::nullopt);
}

// The direct translator looks at the first exception alone; the classic one takes from a later one what the first has
// not. Neither overwrites what the span has.
void SpanTranslator::promote_exceptions(std::string_view message) {
  for_each_part(message, span_events, [&](std::string_view event) {
    if (name_of_event(event) != "exception") return true;
    Flattener flattener(arena_, translator_);
    for_each_attribute(event, event_attributes, [&](std::string_view key, const AnyValue& value) {
      flattener.flatten(key, value, [&](std::string_view name, FieldValue field) { promote({name, field}); });
    });
    return !direct_;
  });
}

void SpanTranslator::promote(const EventField& field) {
  const auto* const row = std::ranges::find(promoted, field.name, &Promoted::name);
  if (row == std::end(promoted)) return;
  if (!row->boolean) {
    if (std::holds_alternative<std::string_view>(field.value)) fields_.put(field.name, field.value);
    return;
  }
  if (std::holds_alternative<bool>(field.value)) {
    fields_.put(field.name, field.value);
  } else if (!direct_) {
    // Python's SDK sends the text "False"; the classic translator makes false of whatever is no boolean.
    fields_.put(field.name, false);
  }
}

void SpanTranslator::emit_span_event(const Span& span, std::string_view message) {
  std::uint64_t time = 0;
  WireReader reader(message);
  for (WireField field; reader.next(field);) {
    if (field.is(1, WireType::fixed64)) time = field.value;
  }
  begin(row_, EventKind::span_event, clamped(time));
  own("trace.trace_id", trace_id_);
  own("trace.parent_id", span_id_);
  own("name", name_of_event(message));
  own("parent_name", span.name);
  own("meta.annotation_type", std::string_view("span_event"));
  own("meta.signal_type", std::string_view("trace"));
  const bool backwards = time < span.start;
  own("meta.time_since_span_start_ms", backwards ? 0.0 : milliseconds(span.start, time));
  if (backwards) own("meta.invalid_time_since_span_start", true);
  finish_row(span, message, event_attributes);
}

// It has neither name nor time of its own.
void SpanTranslator::emit_link(const Span& span, std::string_view message) {
  std::string_view trace_id;
  std::string_view span_id;
  WireReader reader(message);
  for (WireField field; reader.next(field);) {
    if (field.is(1, WireType::length)) trace_id = field.bytes;
    if (field.is(2, WireType::length)) span_id = field.bytes;
  }
  begin(row_, EventKind::span_link, clamped(span.start));
  own("trace.trace_id", trace_id_);
  own("trace.parent_id", span_id_);
  if (!direct_ || !trace_id.empty()) own("trace.link.trace_id", trace_id_text(trace_id, arena_));
  if (!direct_ || !span_id.empty()) own("trace.link.span_id", span_id_text(span_id, arena_));
  own("parent_name", span.name);
  own("meta.annotation_type", std::string_view("link"));
  own("meta.signal_type", std::string_view("trace"));
  finish_row(span, message, link_attributes);
}

void SpanTranslator::finish_row(const Span& span, std::string_view message, std::uint32_t attributes) {
  if (direct_ && span.failed()) own("error", true);
  if (!direct_) levels_.set_into(fields_);
  (void)add_attributes(message, attributes);
  if (direct_) levels_.put_into(fields_);
  if (!direct_ && span.failed()) fields_.set("error", true);  // written last: it beats an attribute
  see_(row_);
}

}  // namespace understudy::honeycomb
