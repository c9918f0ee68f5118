#pragma once

#include <chrono>
#include <ctime>

namespace cruddur::telemetry {

/// Seconds since 1970. Not std::time(): that one is renewed with the kernel's ticks, so for some milliseconds after a
/// second has begun it still tells the one before, while every other clock of the machine tells the new one.
inline std::time_t unix_seconds() { return std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()); }

}  // namespace cruddur::telemetry
