#include "xray/names.h"

#include <fmt/format.h>
#include <locale.h>
#include <wctype.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/ascii.h"
#include "base/utf8.h"
#include "xray/limits.h"

namespace understudy::xray {
namespace {

bool are_hex(std::string_view text) { return std::ranges::all_of(text, is_hex_digit); }

// The characters of a name that need no look-up.
constexpr bool is_plain_name_character(char c) {
  return is_alphanumeric(c) || std::string_view(" _.:/%&#=+\\-@").contains(c);
}

constexpr auto plain_name_characters = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c < table.size(); ++c) table[c] = is_plain_name_character(static_cast<char>(c));
  return table;
}();

// Takes one character off the front of well-formed UTF-8.
char32_t take_character(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  char32_t character = length == 1 ? first : first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length && i < text.size(); ++i) {
    character = (character << 6) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  text.remove_prefix(std::min(length, text.size()));
  return character;
}

// Letters, digits and blanks of any script, by the C library's own tables of Unicode.
bool is_letter_digit_or_blank(char32_t character) {
  static const locale_t unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (unicode == nullptr) return true;
  const auto c = static_cast<wint_t>(character);
  return character == 0xA0 || iswalnum_l(c, unicode) != 0 || iswspace_l(c, unicode) != 0;
}

}  // namespace

bool is_entity_id(std::string_view text) { return text.size() == 16 && are_hex(text); }

bool is_trace_id(std::string_view text) {
  return text.size() == 35 && text.starts_with("1-") && text[10] == '-' && are_hex(text.substr(2, 8)) &&
         are_hex(text.substr(11));
}

std::int64_t epoch_of_trace_id(std::string_view trace_id) {
  std::int64_t seconds = 0;
  std::from_chars(trace_id.data() + 2, trace_id.data() + 10, seconds, 16);
  return seconds;
}

std::optional<std::string> wrong_in_name(std::string_view name) {
  if (name.empty()) return "it is empty";
  if (name.size() > longest_name && characters_in(name) > longest_name) {
    return fmt::format("{} characters", characters_in(name));
  }
  const auto is_plain = [](char c) { return plain_name_characters[static_cast<unsigned char>(c)]; };
  if (std::ranges::all_of(name, is_plain)) return std::nullopt;
  while (!name.empty()) {
    const auto before = name;
    const char32_t character = take_character(name);
    const bool is_legal =
        character < 0x80 ? is_plain(static_cast<char>(character)) : is_letter_digit_or_blank(character);
    if (!is_legal) return fmt::format("character '{}'", before.substr(0, before.size() - name.size()));
  }
  return std::nullopt;
}

bool is_annotation_key(std::string_view key) {
  const auto is_legal = [](char c) { return is_alphanumeric(c) || c == '_' || c == '.'; };
  return !key.empty() && std::ranges::all_of(key, is_legal);
}

bool matches_wildcard(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t after_star = std::string_view::npos;  // where to resume when what follows the last * does not match
  std::size_t resumed_at = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      after_star = ++p;
      resumed_at = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || to_lower(pattern[p]) == to_lower(text[t]))) {
      ++p;
      ++t;
    } else if (after_star != std::string_view::npos) {
      p = after_star;
      t = ++resumed_at;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace understudy::xray
