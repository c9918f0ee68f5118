// The events of a PutLogEvents body.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "recording/request.h"

namespace understudy::cloudwatch_logs {

// The largest body that is unpacked, and that a door takes: 1 MB of messages, each byte of them escaped as \u0000, and
// what stands around 10,000 events.
inline constexpr std::size_t largest_body = std::size_t{16} << 20;

// A batch's limits; its bytes count each message as UTF-8, and this much for each event [docs: PutLogEvents]. The
// ingestion paths hold to them, too [guess: of theirs the documentation names size and count alone].
inline constexpr std::size_t most_events = 10'000;
inline constexpr std::uint64_t largest_batch = 1'048'576;
inline constexpr std::int64_t longest_span_ms = std::int64_t{24} * 3'600'000;
inline constexpr std::size_t event_overhead = 26;

// How far from now the timestamps of accepted events lie [docs: PutLogEvents].
inline constexpr std::int64_t oldest_event_ms = std::int64_t{14} * 24 * 3'600'000;
inline constexpr std::int64_t newest_event_ms = std::int64_t{2} * 3'600'000;

// Calls back for events [first, end) of a body that was accepted before, of PutLogEvents or of an ingestion path; a
// body that cannot be read has none. `ingestion_time_ms` is the batch's. The message is valid during the call.
void for_each_event(
    const recording::Request& request, std::uint32_t first, std::uint32_t end, std::int64_t ingestion_time_ms,
    const std::function<void(std::uint32_t index, std::int64_t timestamp_ms, std::string_view message)>& take);

}  // namespace understudy::cloudwatch_logs
