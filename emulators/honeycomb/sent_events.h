// Bodies of the events API: one event, a batch of them, or a delivery of Kinesis Firehose.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "honeycomb/event_fields.h"
#include "honeycomb/events.h"
#include "recording/request.h"

namespace understudy::honeycomb {

enum class EventsForm : std::uint8_t { single, batch, kinesis };

// What is wrong with a body or an event, in the order of the table of texts.
enum class EventsError : std::uint8_t { none, empty, malformed, too_large, too_many_columns, bad_gzip };
std::string_view message_of(EventsError error);

struct SentEvent {
  EventsError error = EventsError::none;
  std::string_view detail;  // for a person, of an error
  std::optional<std::int64_t> time_ns;
  std::string_view unreadable_time;  // sent, and no time: the event has that of its arrival
  std::int64_t sample_rate = 1;
  std::string_view unreadable_rate;
  std::vector<EventField> fields;
};

struct EventsBodyError {
  EventsError error;
  std::string detail;
};

// A limit and its text: [docs: API] [code: libhoney, refinery]
inline constexpr std::size_t max_events_body_bytes = 5'000'000;
inline constexpr std::size_t max_event_bytes = 1'000'000;
inline constexpr std::size_t max_event_fields = 2000;

// Calls `see` with every event in order; those with an error too, for the reply has a place for each. What an event
// shows lives as long as the call. Objects within an event become fields of their own ("a.b") down to the depth that
// the dataset says; what lies deeper, and lists, become JSON text. [docs: API, datasets: expand_json_depth; that lists
// stay whole: guess] `request_id`: what a Firehose delivery calls itself in its body, or empty.
struct SentBody {
  std::string request_id;
};
std::expected<SentBody, EventsBodyError> read_sent_events(
    const recording::Request& request, EventsForm form, std::uint32_t expand_json_depth,
    const std::function<void(std::size_t index, const SentEvent& event)>& see);

// "2026-11-21T00:38:03Z", seconds since 1970, or more digits: the first ten are seconds. [code: refinery route.go]
std::optional<std::int64_t> parse_event_time(std::string_view text);

}  // namespace understudy::honeycomb
