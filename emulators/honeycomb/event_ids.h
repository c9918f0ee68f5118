// Trace and span ids as Honeycomb stores them. [code: husky otlp/common.go]
#pragma once

#include <string_view>

#include "honeycomb/event_fields.h"

namespace understudy::honeycomb {

// Lower hex, without an upper half of zeros; what is no id is put back where it must have come from.
std::string_view trace_id_text(std::string_view id, TextArena& arena);
std::string_view span_id_text(std::string_view id, TextArena& arena);

}  // namespace understudy::honeycomb
