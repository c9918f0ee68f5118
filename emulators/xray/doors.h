// Where X-Ray answers, which requests on a shared door are its own, and its words for what is refused below a request.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "recording/vendor.h"

namespace understudy::xray {

inline constexpr std::string_view daemon_door = "xray";

std::span<const recording::Door> doors();
bool claims(const recording::Request& request);
std::optional<std::string> credential(const recording::Request& request);
recording::Reply refuse(const recording::Refusal& refusal, recording::Protocol protocol);

}  // namespace understudy::xray
