#include "honeycomb/keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/ascii.h"
#include "recording/moment.h"

namespace understudy::honeycomb {
namespace {

bool is_lower_hex(char c) { return is_hex_digit(c) && !is_upper(c); }
bool is_lower_alnum(char c) { return is_digit(c) || is_lower(c); }

// A key that names its kind: "hc", a letter that seems to stand for the region [guess], two letters of kind, '_'.
struct PrefixedShape {
  std::string_view kind_letters;
  std::size_t least;
  std::size_t most;
  KeyKind kind;
};
constexpr std::size_t any_length = std::string_view::npos;
constexpr PrefixedShape prefixed_shapes[] = {
    {"ik", 64, 64, KeyKind::ingest},             // [code: refinery] [docs]
    {"ic", 64, 64, KeyKind::classic_ingest},     // [code: husky]
    {"ik", 32, 32, KeyKind::ingest_id},          // [docs: API keys]
    {"ic", 32, 32, KeyKind::ingest_id},          // [docs: API keys]
    {"lk", 32, 32, KeyKind::configuration_id},   // [docs: v2 API]
    {"mk", 7, any_length, KeyKind::management},  // id, or id:secret [docs: v2 API]
    {"en", 7, any_length, KeyKind::other_id},    // environment [docs: v2 API]
    {"tm", 7, any_length, KeyKind::other_id},    // team [docs: v2 API]
    {"us", 7, any_length, KeyKind::other_id},    // user [docs: v2 API]
};

// A key that is its secret alone.
struct BareShape {
  std::size_t least;
  std::size_t most;
  bool (*character)(char);
  KeyKind kind;
};
constexpr BareShape bare_shapes[] = {
    {32, 32, is_lower_hex, KeyKind::classic_configuration},  // [code: husky otlp/common.go]
    {20, 23, is_alphanumeric, KeyKind::configuration},       // [code: refinery]
};

constexpr std::string_view kind_names[] = {"ingest",    "classic_ingest",   "configuration", "classic_configuration",
                                           "ingest_id", "configuration_id", "management",    "other_id",
                                           "unknown"};

constexpr std::size_t prefix_length = 6;

bool has_prefix(std::string_view key) {
  return key.size() > prefix_length && key.starts_with("hc") && is_lower(key[2]) && key[5] == '_';
}

KeyKind classify_prefixed(std::string_view key) {
  for (const PrefixedShape& shape : prefixed_shapes) {
    if (key.substr(3, 2) != shape.kind_letters || key.size() < shape.least || key.size() > shape.most) continue;
    if (shape.most == any_length || std::ranges::all_of(key.substr(prefix_length), is_lower_alnum)) return shape.kind;
  }
  return KeyKind::unknown;
}

}  // namespace

std::string_view name_of(KeyKind kind) { return kind_names[static_cast<std::size_t>(kind)]; }

std::optional<KeyKind> key_kind_of(std::string_view name) {
  const auto found = std::ranges::find(kind_names, name);
  if (found == std::end(kind_names)) return std::nullopt;
  return static_cast<KeyKind>(found - std::begin(kind_names));
}

KeyKind classify(std::string_view key) {
  if (has_prefix(key)) return classify_prefixed(key);
  for (const BareShape& shape : bare_shapes) {
    if (key.size() >= shape.least && key.size() <= shape.most && std::ranges::all_of(key, shape.character)) {
      return shape.kind;
    }
  }
  return KeyKind::unknown;
}

bool is_sending(KeyKind kind) { return kind <= KeyKind::classic_configuration; }

bool is_classic(KeyKind kind) { return kind == KeyKind::classic_ingest || kind == KeyKind::classic_configuration; }

std::string masked(std::string_view key) {
  constexpr std::size_t shown = 4;
  if (key.size() < 4 * shown) return fmt::format("...({} characters)", key.size());
  std::string text;
  for (const char c : key.substr(0, shown)) text += c >= ' ' && c <= '~' ? c : '?';
  return fmt::format("{}...({} characters)", text, key.size());
}

std::optional<OddByte> odd_byte(std::string_view key) {
  const auto found = std::ranges::find_if(key, [](char c) { return !is_alphanumeric(c) && c != '_'; });
  if (found == key.end()) return std::nullopt;
  return OddByte{static_cast<std::size_t>(found - key.begin()), static_cast<unsigned char>(*found)};
}

std::string key_id(std::string_view key) {
  if (is_ingest(classify(key))) return std::string(key.substr(0, 32));
  // FNV-1a, 64 bit: the same id for the same key, in every session.
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const unsigned char byte : key) hash = (hash ^ byte) * 0x100000001b3U;
  constexpr std::string_view base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  return recording::Entropy(hash, "honeycomb", 0).text("key id", 12, base58);
}

}  // namespace understudy::honeycomb
