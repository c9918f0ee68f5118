// The rows that Honeycomb stores: what it makes of an accepted exchange, one event a span, span event, span link, log
// record, group of data points, or event of the events API.
//
// Nothing is materialised that stands in the body: names and values are views, and the walk reuses its memory from
// event to event. A million spans of 250 bytes take less than two seconds. Pure functions; any thread may call them.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <variant>
#include <vector>

#include "honeycomb/translator.h"
#include "recording/entry.h"

namespace understudy::honeycomb {

enum class EventKind : std::uint8_t { span, span_event, span_link, log_record, metric, event };
// "span", "span_event", "link", "log", "metric", "event"
std::string_view name_of(EventKind kind);

using FieldValue = std::variant<std::string_view, std::int64_t, double, bool>;

struct EventField {
  std::string_view name;  // never empty
  FieldValue value;
};

// The views live as long as the call that passes the event.
struct Event {
  std::string_view dataset;  // as this exchange spells it; names of datasets compare without case
  std::int64_t time_ns = 0;  // unix nanoseconds
  std::int64_t sample_rate = 1;
  std::uint32_t origin = 0;  // the index of the record within the entry that it comes from: the span of a span event
  EventKind kind = EventKind::span;
  std::vector<EventField> fields;  // each name once; without dataset, time and sample rate
};

using SeeEvent = std::function<void(const Event&)>;

// Passes every event that was stored of an exchange, in the order in which Honeycomb emits them: of a span its span
// events, its links, then the span. Nothing for an exchange that stored nothing.
void for_each_event(const recording::Entry& entry, Translator translator, const SeeEvent& see);
// With the translator that the session had when the exchange came.
void for_each_event(const recording::Entry& entry, const SeeEvent& see);

}  // namespace understudy::honeycomb
