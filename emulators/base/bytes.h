// Small helpers over byte ranges. A byte range is a std::string_view throughout the project.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace understudy {

// Fixed-width integers in little-endian order, at any alignment.
template <typename Integer>
Integer load_little_endian(const char* from) {
  Integer value;
  std::memcpy(&value, from, sizeof value);
  return value;  // every supported machine is little-endian
}

template <typename Integer>
void store_little_endian(char* to, Integer value) {
  std::memcpy(to, &value, sizeof value);
}

std::string to_hex(std::string_view bytes);

// Compares as HTTP header names do: ASCII letters without case.
bool equals_ignoring_case(std::string_view left, std::string_view right);

// Without the spaces and tabs at both ends.
std::string_view trim(std::string_view text);

}  // namespace understudy
