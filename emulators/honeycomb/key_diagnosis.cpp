#include "honeycomb/key_diagnosis.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/bytes.h"
#include "honeycomb/keys.h"
#include "honeycomb/rules.h"

namespace understudy::honeycomb {
namespace {

using recording::Finding;
using recording::Header;
using recording::Request;

constexpr std::string_view team_place = "header x-honeycomb-team";

// Headers that people put the key into, besides all that hold "honeycomb" in their name.
constexpr std::string_view near_misses[] = {"authorization", "x-api-key", "api-key", "x-hny-key"};
// Honeycomb's own headers that never hold a key.
constexpr std::string_view no_keys[] = {"x-honeycomb-team",       "x-honeycomb-dataset",   "x-honeycomb-samplerate",
                                        "x-honeycomb-event-time", "x-honeycomb-useragent", "x-honeycomb-trace"};

bool is_among(std::string_view name, std::span<const std::string_view> names) {
  return std::ranges::any_of(names, [name](auto each) { return equals_ignoring_case(each, name); });
}

bool contains_ignoring_case(std::string_view text, std::string_view wanted) {
  for (std::size_t i = 0; i + wanted.size() <= text.size(); ++i) {
    if (equals_ignoring_case(text.substr(i, wanted.size()), wanted)) return true;
  }
  return false;
}

bool looks_like_key_header(const Header& header) {
  if (is_among(header.name, no_keys)) return false;
  return is_among(header.name, near_misses) || contains_ignoring_case(header.name, "honeycomb");
}

bool is_placeholder(std::string_view key) {
  return key.find("${") != key.npos || key.find("$(") != key.npos || key.find("{{") != key.npos ||
         key.starts_with('$') || (key.starts_with('<') && key.ends_with('>')) || contains_ignoring_case(key, "your");
}

std::string describe_byte(const OddByte& odd) {
  const bool printable = odd.byte > ' ' && odd.byte < 0x7f;
  return fmt::format("byte 0x{:02x}{} at position {}", odd.byte,
                     printable ? fmt::format(" ({})", static_cast<char>(odd.byte)) : "", odd.offset);
}

}  // namespace

Finding diagnose_missing_key(const Request& request) {
  if (request.header("x-honeycomb-team")) return finding(rule::key_empty, std::string(team_place), "empty");
  const auto near = std::ranges::find_if(request.headers, looks_like_key_header);
  if (near != request.headers.end()) {
    return finding(rule::key_wrong_header, fmt::format("header {}", near->name), masked(near->value));
  }
  if (request.header("0") && request.header("1")) return finding(rule::key_headers_as_string, "header 0", "");
  if (request.header("origin")) {
    return finding(rule::key_browser_without_headers, std::string(team_place),
                   fmt::format("from {}", *request.header("origin")));
  }
  return finding(rule::key_missing, std::string(team_place), "absent");
}

Finding diagnose_unknown_key(std::string_view key) {
  const auto about = [&](std::string_view rule_id, std::string detail) {
    return finding(rule_id, std::string(team_place), std::move(detail));
  };
  const KeyKind kind = classify(key);
  if (is_sending(kind)) return about(rule::key_unknown, fmt::format("{}, {}", masked(key), name_of(kind)));
  switch (kind) {
    case KeyKind::management:
      return about(rule::key_management, masked(key));
    case KeyKind::ingest_id:
    case KeyKind::configuration_id:
    case KeyKind::other_id:
      return about(rule::key_id_instead, fmt::format("{}, {}", masked(key), name_of(kind)));
    default:
      break;
  }
  if (is_placeholder(key)) return about(rule::key_placeholder, masked(key));
  if (const auto odd = odd_byte(key)) {
    return about(rule::key_odd_byte, fmt::format("{}: {}", masked(key), describe_byte(*odd)));
  }
  return about(rule::key_wrong_shape, masked(key));
}

}  // namespace understudy::honeycomb
