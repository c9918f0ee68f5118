#pragma once

#include <string_view>

namespace cruddur::telemetry {

constexpr std::string_view version = "0.1.0";

}  // namespace cruddur::telemetry
