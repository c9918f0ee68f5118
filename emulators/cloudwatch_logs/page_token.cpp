#include "cloudwatch_logs/page_token.h"

#include <fmt/format.h>

#include <cstdint>

#include "base/ascii.h"
#include "base/bytes.h"

namespace understudy::cloudwatch_logs {
namespace {

constexpr std::size_t check_digits = 8;

// FNV-1a: guards against mistakes, not against forgers.
std::uint32_t check_of(char kind, std::string_view text) {
  std::uint32_t hash = 2166136261u ^ static_cast<unsigned char>(kind);
  for (const unsigned char byte : text) hash = (hash ^ byte) * 16777619u;
  return hash;
}

}  // namespace

std::string make_page_token(char kind, std::string_view position) {
  return fmt::format("{}{}{:08x}", kind, to_hex(position), check_of(kind, position));
}

std::optional<std::string> read_page_token(char kind, std::string_view token) {
  if (token.size() < 1 + check_digits || token.front() != kind || token.size() % 2 == 0) return std::nullopt;
  std::string position;
  for (std::size_t i = 1; i + check_digits < token.size(); i += 2) {
    const int high = hex_value(token[i]);
    const int low = hex_value(token[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    position += static_cast<char>(high * 16 + low);
  }
  if (make_page_token(kind, position) != token) return std::nullopt;
  return position;
}

std::string make_event_token(bool forward, std::string_view position) {
  return fmt::format("{}/{}/s", forward ? 'f' : 'b', position);
}

std::optional<EventToken> read_event_token(std::string_view token) {
  if (!token.starts_with("f/") && !token.starts_with("b/")) return std::nullopt;
  auto position = token.substr(2);
  if (position.ends_with("/s")) position.remove_suffix(2);
  return EventToken{token.front() == 'f', position};
}

}  // namespace understudy::cloudwatch_logs
