#pragma once

#include <string_view>

namespace understudy {

constexpr std::string_view version = "0.1.0";

}  // namespace understudy
