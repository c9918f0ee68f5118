// The events API: /1/events, /1/batch and /1/kinesis_events.
#pragma once

#include <string_view>

#include "honeycomb/sent_events.h"
#include "honeycomb/state.h"
#include "recording/vendor.h"

namespace understudy::honeycomb {

// `dataset`: the segment of the path, as sent.
recording::Decision decide_events(const HoneycombState& state, const recording::Request& request,
                                  const recording::Context& context, EventsForm form, std::string_view dataset);

}  // namespace understudy::honeycomb
