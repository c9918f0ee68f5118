// OTLP requests as people read them: one JSON object a span, log record or data point.
//
// Everything stands as it was sent: ids in full, attributes unflattened, no vendor's rule applied. What is empty or 0
// by default is left out where a reader would learn nothing from it. Decoding happens on demand, after a request was
// acknowledged; any thread may call it.
#pragma once

#include <cstddef>
#include <expected>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "otlp/signal.h"
#include "otlp/walker.h"

namespace understudy::otlp {

// Takes the items in the order of the body; the index counts from 0 and is stable for a body.
using TakeFields = std::function<void(std::size_t index, nlohmann::ordered_json fields)>;

// Passes the `fields` of every item of an Export request to `take`, one at a time:
//
//   span        name, kind ("SERVER"), trace_id, span_id, parent_span_id (absent for roots), trace_state,
//               start_time_unix_nano, end_time_unix_nano, duration_ms, status {code ("UNSET", "OK", "ERROR"), message},
//               attributes, events [{name, time_unix_nano, attributes}], links [{trace_id, span_id, trace_state,
//               attributes}], flags, resource {attributes, schema_url}, scope {name, version, attributes, schema_url}
//   log record  time_unix_nano, observed_time_unix_nano, severity_number, severity_text, body, event_name, trace_id,
//               span_id, flags, attributes, resource, scope
//   data point  name, description, unit, type ("gauge", "sum", "histogram", "exponential_histogram", "summary"),
//               aggregation_temporality ("DELTA", "CUMULATIVE"), is_monotonic, attributes, start_time_unix_nano,
//               time_unix_nano, flags, exemplars, resource, scope; and a value, or the members of its histogram or
//               summary: count, sum, min, max, bucket_counts, explicit_bounds, scale, zero_count, zero_threshold,
//               positive, negative, quantile_values
//
// Values: bytes are base64 text; NaN and infinities are the text "NaN", "Infinity", "-Infinity", as in OTLP/JSON; a
// value that is absent is null; of attributes with one key the first stands. An enumeration's number without a name
// stands as the number. Nothing is passed of a body that `validate` refuses.
std::expected<Summary, WireError> decode(Signal signal, std::string_view body, const TakeFields& take);

}  // namespace understudy::otlp
