// Honeycomb's events as records: its own view of an exchange, beside the spans, log records and data points.
#pragma once

#include <span>
#include <string_view>

#include "recording/vendor.h"

namespace understudy::honeycomb {

inline constexpr std::string_view event_record_kind = "honeycomb_event";
std::span<const std::string_view> kinds_on_request();

// Fields: dataset, type ("span", "span_event", "link", "log", "metric", "event"), samplerate, origin {entry, index}
// (the record that it comes from), data {the columns}.
void event_records(const recording::Entry& entry, const recording::RecordSink& sink);

}  // namespace understudy::honeycomb
