#include "honeycomb/event_logs.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "honeycomb/any_value.h"
#include "honeycomb/event_ids.h"
#include "honeycomb/sample_rate.h"
#include "otlp/wire.h"

namespace understudy::honeycomb {
namespace {

using otlp::WireField;
using otlp::WireReader;
using otlp::WireType;

constexpr std::uint32_t log_attributes = 6;

// Four numbers each, from 1 on.
constexpr std::array<std::string_view, 6> severities = {"trace", "debug", "info", "warn", "error", "fatal"};

std::string_view severity_of(std::int64_t number) {
  if (number < 1 || number > 24) return "unspecified";
  return severities[static_cast<std::size_t>(number - 1) / 4];
}

}  // namespace

struct LogTranslator::Log {
  std::uint64_t time = 0;
  std::int64_t severity = 0;
  std::string_view severity_text, trace_id, span_id, event_name;
  std::optional<std::string_view> body;
  std::int64_t flags = 0;

  explicit Log(std::string_view message) {
    WireReader reader(message);
    for (WireField field; reader.next(field);) read(field);
  }
  void read(const WireField& field) {
    if (field.is(1, WireType::fixed64)) time = field.value;
    if (field.is(2, WireType::varint)) severity = static_cast<std::int32_t>(field.value);
    if (field.is(3, WireType::length)) severity_text = field.bytes;
    if (field.is(5, WireType::length)) body = field.bytes;
    if (field.is(8, WireType::fixed32)) flags = static_cast<std::int64_t>(field.value);
    if (field.is(9, WireType::length)) trace_id = field.bytes;
    if (field.is(10, WireType::length)) span_id = field.bytes;
    if (field.is(12, WireType::length)) event_name = field.bytes;
  }
};

void LogTranslator::translate(const otlp::ItemView& item, std::string_view dataset, std::uint32_t origin) {
  levels_.enter(item);
  arena_.clear();
  const Log log(item.item);
  event_.dataset = dataset;
  event_.origin = origin;
  event_.kind = EventKind::log_record;
  // The observed time is not used.
  event_.time_ns = static_cast<std::int64_t>(
      std::min<std::uint64_t>(log.time, static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())));
  fields_.begin(event_.fields);
  fields_.set("severity", severity_of(log.severity));
  fields_.set("severity_code", log.severity);
  if (!log.severity_text.empty()) fields_.set("severity_text", log.severity_text);
  fields_.set("flags", log.flags);
  fields_.set("meta.signal_type", std::string_view("log"));
  if (!log.trace_id.empty()) {
    fields_.set("trace.trace_id", trace_id_text(log.trace_id, arena_));
    fields_.set("meta.annotation_type", std::string_view("span_event"));
  }
  if (!log.span_id.empty()) fields_.set("trace.parent_id", span_id_text(log.span_id, arena_));
  if (!log.event_name.empty()) fields_.set("event.name", log.event_name);
  if (log.body) put_body(*log.body);
  levels_.set_into(fields_);
  Flattener flattener(arena_, Translator::classic);
  for_each_attribute(item.item, log_attributes, [&](std::string_view key, const AnyValue& value) {
    flattener.flatten(key, value, [&](std::string_view name, FieldValue field) { fields_.set(name, field); });
  });
  take_rate();
  see_(event_);
}

// A map stands twice: each of its members as a field, and the whole as JSON.
void LogTranslator::put_body(std::string_view body) {
  const AnyValue value = read_any_value(body);
  Flattener flattener(arena_, Translator::classic);
  flattener.flatten("body", value, [&](std::string_view name, FieldValue field) { fields_.set(name, field); });
  const bool whole = value.kind == AnyValue::Kind::kvlist || value.kind == AnyValue::Kind::none;
  if (!whole) return;
  if (const auto json = json_of(value)) fields_.set("body", arena_.keep(*json));
}

// Of the attributes alone; the one that is used is taken out.
void LogTranslator::take_rate() {
  event_.sample_rate = 1;
  for (const std::string_view key : {sample_rate_key, other_sample_rate_key}) {
    const EventField* const field = fields_.find(key);
    if (field == nullptr) continue;
    event_.sample_rate = sample_rate_of(field->value);
    fields_.remove(key);
    return;
  }
}

}  // namespace understudy::honeycomb
