// The three signals of OTLP that a backend exports.
#pragma once

#include <cstdint>

namespace understudy::otlp {

enum class Signal : std::uint8_t { traces, logs, metrics };

}  // namespace understudy::otlp
