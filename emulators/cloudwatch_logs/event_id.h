// The 56-digit numbers of CloudWatch Logs: FilterLogEvents' eventId, and the position inside GetLogEvents' tokens.
//
// A number is `timestamp_ms << 144` plus a suffix of 144 bits; neighbouring events of a batch differ by one. Checked on
// seven tokens and ids of the real service [snapshot]. Here the suffix is the ordinal of the journal entry, shifted by
// 64 bits, plus the event's index in its batch: so the order of the numbers is the order of the events (timestamp,
// ingestion, place in the batch), and a token needs no memory of its own.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace understudy::cloudwatch_logs {

class EventId {
 public:
  static constexpr std::size_t digits = 56;

  EventId() = default;  // before every event
  // A timestamp that the number has no room for counts as the nearest that it has.
  EventId(std::int64_t timestamp_ms, std::uint64_t ordinal, std::uint64_t index);

  static EventId last();  // after every event
  // Exactly 56 decimal digits.
  static std::optional<EventId> parse(std::string_view text);
  std::string text() const;

  EventId previous() const;  // the number one below; the first stays as it is

  friend std::strong_ordering operator<=>(const EventId&, const EventId&) = default;

 private:
  std::array<std::uint64_t, 3> words_{};  // most significant first
};

}  // namespace understudy::cloudwatch_logs
