// UTF-8 as a proto3 `string` demands it: no overlong forms, no surrogates, nothing above U+10FFFF; NUL is text.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace understudy::otlp {

// Most telemetry is short ASCII: eight bytes at a time, the last eight overlapping.
inline bool is_ascii(const char* p, std::size_t size) {
  constexpr std::uint64_t high_bits = 0x8080808080808080;
  if (size >= 8) {
    const char* const last = p + size - 8;
    std::uint64_t seen = load_little_endian<std::uint64_t>(last);
    for (; p < last; p += 8) seen |= load_little_endian<std::uint64_t>(p);
    return (seen & high_bits) == 0;
  }
  if (size >= 4) {
    return ((load_little_endian<std::uint32_t>(p) | load_little_endian<std::uint32_t>(p + size - 4)) &
            static_cast<std::uint32_t>(high_bits)) == 0;
  }
  if (size == 0) return true;
  return ((p[0] | p[size / 2] | p[size - 1]) & 0x80) == 0;
}

bool is_utf8_with_high_bytes(std::string_view text);

inline bool is_utf8(std::string_view text) {
  return is_ascii(text.data(), text.size()) || is_utf8_with_high_bytes(text);
}

// The offset of the first byte that makes the text not UTF-8; its size if there is none.
std::size_t first_bad_byte(std::string_view text);

}  // namespace understudy::otlp
