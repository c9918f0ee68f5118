#include "rollbar/token.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.h"

namespace understudy::rollbar {

std::string masked(std::string_view token) {
  constexpr std::size_t shown = 4;
  return fmt::format("{}\u2026({} characters)", token.size() < 3 * shown ? "" : token.substr(0, shown), token.size());
}

std::uint64_t fingerprint(std::string_view token) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const char c : token) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001B3ULL;
  }
  return hash;
}

namespace {

constexpr std::string_view stray_marks = "\"'`,;$(){}[]<>\\";

constexpr bool is_stray(unsigned char byte) {
  return byte <= 0x20 || byte >= 0x7F || stray_marks.find(static_cast<char>(byte)) != stray_marks.npos;
}

// Looked at with every item.
constexpr auto stray_bytes = [] {
  std::array<bool, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = is_stray(static_cast<unsigned char>(i));
  return table;
}();

}  // namespace

std::string stray_characters(std::string_view token) {
  const auto found = std::ranges::find_if(token, [](char c) { return stray_bytes[static_cast<unsigned char>(c)]; });
  if (found == token.end()) return {};
  if (token.find("${") != token.npos) return "it holds \"${\": a variable that was not replaced";
  for (const char c : token) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7F) return fmt::format("it holds the byte 0x{:02x}", byte);
    if (is_stray(byte)) return fmt::format("it holds the character {}", c);
  }
  return {};
}

}  // namespace understudy::rollbar
