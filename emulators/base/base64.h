// Base64, written in the standard alphabet with padding, read leniently.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace understudy {

std::string to_base64(std::string_view bytes);

// Reads the standard and the URL alphabet, with or without padding, as the JSON readers of protocol buffers do.
// Nothing if the text holds any other character, has a wrong length, or mixes padding into the middle.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace understudy
