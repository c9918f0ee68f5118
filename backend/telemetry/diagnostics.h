#pragma once

#include <string_view>

namespace cruddur::telemetry {

/// A line on stderr, where the container's log shows it. Telemetry never fails the application, so it must complain.
void warn(std::string_view text);

}  // namespace cruddur::telemetry
