#include "base/json_scanner.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <system_error>

#include "base/ascii.h"

namespace understudy {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// The length of the well-formed UTF-8 sequence that the text begins with; 0 if it is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return follows(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool overlong = lead == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = lead == 0xED && byte(1) > 0x9F;
    return !overlong && !surrogate && follows(1) && follows(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool overlong = lead == 0xF0 && byte(1) < 0x90;
    const bool too_large = lead == 0xF4 && byte(1) > 0x8F;
    return !overlong && !too_large && follows(1) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

std::string JsonScanner::found() const {
  if (at_end()) return "the end";
  const auto byte = static_cast<unsigned char>(here());
  return byte > 0x20 && byte < 0x7F ? fmt::format("'{}'", here()) : fmt::format("byte 0x{:02x}", byte);
}

bool JsonScanner::fail(std::string reason) { return fail_at(position_, std::move(reason)); }

bool JsonScanner::fail_at(std::size_t offset, std::string reason) {
  error_offset_ = offset;
  error_ = std::move(reason);
  return false;
}

void JsonScanner::skip_space() {
  while (!at_end() && is_space(here())) ++position_;
}

bool JsonScanner::scan() {
  if (text_.starts_with(byte_order_mark)) {
    position_ = byte_order_mark.size();
    oddities_.push_back({JsonRewriteKind::byte_order_mark, 0, position_});
  }
  skip_space();
  if (at_end()) return fail("the text is empty");
  while (!done_) {
    if (!begin_value()) return false;
    if (!opened_ && !after_value()) return false;
  }
  return true;
}

// Reads a scalar or an empty container whole; of any other container only what stands before its first value.
bool JsonScanner::begin_value() {
  opened_ = false;
  skip_space();
  if (at_end()) return fail("the text ends where a value is expected");
  switch (here()) {
    case '{':
    case '[':
      return begin_container(here());
    case '"':
      return string();
    case 't':
      return literal("true");
    case 'f':
      return literal("false");
    case 'n':
      return literal("null");
    default:
      if (here() == '-' || is_digit(here())) return number();
      return fail(fmt::format("expected a value, found {}", found()));
  }
}

bool JsonScanner::begin_container(char open) {
  const std::size_t start = position_++;
  skip_space();
  if (is_here(open == '{' ? '}' : ']')) {
    ++position_;
    return true;
  }
  if (open_.size() == max_depth_) {
    return fail_at(start, fmt::format("arrays and objects are nested more than {} deep", max_depth_));
  }
  open_ += open;
  opened_ = true;
  return open == '[' || name_and_colon();
}

bool JsonScanner::name_and_colon() {
  skip_space();
  if (!is_here('"')) return fail(fmt::format("expected a member's name in quotes, found {}", found()));
  if (!string()) return false;
  skip_space();
  if (!is_here(':')) return fail(fmt::format("expected ':' after a member's name, found {}", found()));
  ++position_;
  return true;
}

// Closes what ends here, up to the comma before the next value or the end of the text.
bool JsonScanner::after_value() {
  for (;;) {
    skip_space();
    if (open_.empty()) {
      if (!at_end()) return fail(fmt::format("expected the end after the value, found {}", found()));
      done_ = true;
      return true;
    }
    const bool in_object = open_.back() == '{';
    const char close = in_object ? '}' : ']';
    if (is_here(',')) {
      ++position_;
      return !in_object || name_and_colon();
    }
    if (!is_here(close)) return fail(fmt::format("expected ',' or '{}', found {}", close, found()));
    ++position_;
    open_.pop_back();
  }
}

bool JsonScanner::literal(std::string_view word) {
  if (!text_.substr(position_).starts_with(word)) return fail(fmt::format("expected {}", word));
  position_ += word.size();
  return true;
}

bool JsonScanner::digits() {
  if (at_end() || !is_digit(here())) return fail(fmt::format("expected a digit, found {}", found()));
  while (!at_end() && is_digit(here())) ++position_;
  return true;
}

bool JsonScanner::number() {
  const std::size_t start = position_;
  if (is_here('-')) ++position_;
  const std::size_t first = position_;
  if (!digits()) return false;
  if (text_[first] == '0' && position_ - first > 1) return fail_at(first, "a number begins with a superfluous zero");
  bool is_integer = true;
  if (is_here('.')) {
    ++position_;
    is_integer = false;
    if (!digits()) return false;
  }
  if (is_here('e') || is_here('E')) {
    ++position_;
    is_integer = false;
    if (is_here('+') || is_here('-')) ++position_;
    if (!digits()) return false;
  }
  judge_number(start, is_integer);
  return true;
}

void JsonScanner::judge_number(std::size_t start, bool is_integer) {
  const std::string_view token = text_.substr(start, position_ - start);
  const char* const begin = token.data();
  const char* const end = begin + token.size();
  if (is_integer) {
    std::int64_t as_signed;
    std::uint64_t as_unsigned;
    if (std::from_chars(begin, end, as_signed).ec == std::errc()) return;
    if (std::from_chars(begin, end, as_unsigned).ec == std::errc()) return;
  }
  double as_double;
  const bool is_out_of_range = std::from_chars(begin, end, as_double).ec == std::errc::result_out_of_range &&
                               std::isinf(std::strtod(std::string(token).c_str(), nullptr));
  if (is_out_of_range) {
    oddities_.push_back({JsonRewriteKind::number_out_of_range, start, token.size()});
  } else if (is_integer) {
    oddities_.push_back({JsonRewriteKind::big_integer, start, token.size()});
  }
}

bool JsonScanner::string() {
  const std::size_t start = position_++;
  for (;;) {
    if (at_end()) return fail_at(start, "a string is not closed");
    if (here() == '"') {
      ++position_;
      return true;
    }
    if (!(here() == '\\' ? escape() : character())) return false;
  }
}

bool JsonScanner::character() {
  const auto byte = static_cast<unsigned char>(here());
  if (byte < 0x20) return fail(fmt::format("a string holds the control byte 0x{:02x} unescaped", byte));
  const std::size_t length = utf8_length(text_.substr(position_));
  if (length == 0) return fail("not UTF-8");
  position_ += length;
  return true;
}

bool JsonScanner::hex4(std::size_t from, unsigned& value) const {
  if (text_.size() < from + 4) return false;
  const char* first = text_.data() + from;
  const auto [end, error] = std::from_chars(first, first + 4, value, 16);
  return error == std::errc() && end == first + 4;
}

bool JsonScanner::escape() {
  constexpr std::string_view simple = "\"\\/bfnrt";
  const std::size_t start = position_;
  if (start + 1 == text_.size()) return fail("a string is not closed");
  const char kind = text_[start + 1];
  if (simple.find(kind) != std::string_view::npos) {
    position_ += 2;
    return true;
  }
  unsigned first = 0;
  if (kind != 'u') return fail("an escape that JSON does not know");
  if (!hex4(start + 2, first)) return fail("\\u is not followed by four hexadecimal digits");
  position_ += 6;
  if (first < 0xD800 || first > 0xDFFF) return true;
  unsigned second = 0;
  const bool is_pair = first < 0xDC00 && text_.substr(position_).starts_with("\\u") && hex4(position_ + 2, second) &&
                       second >= 0xDC00 && second <= 0xDFFF;
  if (is_pair) {
    position_ += 6;
  } else {
    oddities_.push_back({JsonRewriteKind::lone_surrogate, start, 6});
  }
  return true;
}

namespace {

std::size_t after_space(std::string_view text, std::size_t from) {
  while (from < text.size() && is_space(text[from])) ++from;
  return from;
}

std::size_t after_string(std::string_view text, std::size_t from) {
  for (std::size_t i = from + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return text.size();
}

std::size_t after_value(std::string_view text, std::size_t from) {
  std::size_t depth = 0;
  for (std::size_t i = from; i < text.size();) {
    const char c = text[i];
    if (c == '"') {
      i = after_string(text, i);
      if (depth == 0) return i;
      continue;
    }
    const bool closes = c == '}' || c == ']';
    if (depth == 0 && (closes || c == ',' || is_space(c))) return i;
    ++i;
    if (c == '{' || c == '[') ++depth;
    if (closes && --depth == 0) return i;
  }
  return text.size();
}

}  // namespace

void for_each_child(std::string_view value,
                    const std::function<void(std::string_view raw_name, std::size_t index, JsonRange child)>& visit) {
  std::size_t at = after_space(value, value.starts_with(byte_order_mark) ? byte_order_mark.size() : 0);
  if (at == value.size() || (value[at] != '{' && value[at] != '[')) return;
  const bool is_object = value[at] == '{';
  ++at;
  for (std::size_t index = 0;; ++index) {
    at = after_space(value, at);
    std::string_view raw_name;
    if (is_object) {
      if (at >= value.size() || value[at] != '"') return;
      const std::size_t end = after_string(value, at);
      raw_name = value.substr(at, end - at);
      at = after_space(value, after_space(value, end) + 1);
    }
    if (at >= value.size() || value[at] == ']' || value[at] == '}') return;
    const std::size_t end = after_value(value, at);
    visit(raw_name, index, {at, end - at});
    at = after_space(value, end);
    if (at >= value.size() || value[at] != ',') return;
    ++at;
  }
}

std::string unescaped(std::string_view token) {
  if (token.find('\\') == std::string_view::npos) return std::string(token.substr(1, token.size() - 2));
  JsonReader reader;
  const auto value = reader.read(token);
  return value && value->is_string() ? std::string(std::string_view(*value)) : std::string();
}

}  // namespace understudy
