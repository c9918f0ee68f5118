// How many events one event stands for: what Honeycomb reads of attributes and of the trace state.
// [code: husky otlp/common.go, otlp/traces_direct.go]
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "honeycomb/events.h"

namespace understudy::honeycomb {

// The two spellings that count, exactly these; the first beats the second.
inline constexpr std::string_view sample_rate_key = "sampleRate";
inline constexpr std::string_view other_sample_rate_key = "SampleRate";

// Of the attribute's value: numbers and texts of numbers, rounded half up. What is no number, or not above 0, is 1.
std::int64_t sample_rate_of(const FieldValue& value);

// Of the W3C trace state: the threshold of consistent probability sampling ("ot=th:c", or "th=c" alone). Nothing if it
// names none. A rate between two integers up to 100 becomes one of them; `random` decides, so that on the average it is
// right.
std::optional<std::int64_t> sample_rate_of_trace_state(std::string_view trace_state, std::uint64_t random);

}  // namespace understudy::honeycomb
