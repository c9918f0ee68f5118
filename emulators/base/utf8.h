// Characters of UTF-8, told apart by their first bytes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace understudy {

// Whether a character begins with this byte; the bytes that follow it are 10xxxxxx. [RFC 3629 section 3]
constexpr bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

inline std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

// At most so many bytes from the front, whole characters.
constexpr std::string_view whole_characters(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && !begins_character(text[bytes])) --bytes;
  return text.substr(0, bytes);
}

}  // namespace understudy
