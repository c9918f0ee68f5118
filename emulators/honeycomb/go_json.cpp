#include "honeycomb/go_json.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <iterator>

namespace understudy::honeycomb {
namespace {

void append_escaped(std::string& json, char c) {
  switch (c) {
    case '"':
      json += "\\\"";
      break;
    case '\\':
      json += "\\\\";
      break;
    case '\b':
      json += "\\b";
      break;
    case '\f':
      json += "\\f";
      break;
    case '\n':
      json += "\\n";
      break;
    case '\r':
      json += "\\r";
      break;
    case '\t':
      json += "\\t";
      break;
    default:
      fmt::format_to(std::back_inserter(json), "\\u{:04x}", static_cast<unsigned char>(c));
  }
}

bool is_plain(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; }

}  // namespace

void append_go_string(std::string& json, std::string_view text) {
  // Escaped even so, for readers that take JSON for JavaScript.
  constexpr std::string_view line_separator = "\xE2\x80\xA8";
  constexpr std::string_view paragraph_separator = "\xE2\x80\xA9";
  json += '"';
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && is_plain(text[plain]) && text[plain] != '\xE2') ++plain;
    json += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    if (text.starts_with(line_separator) || text.starts_with(paragraph_separator)) {
      json += text[2] == '\xA8' ? "\\u2028" : "\\u2029";
      text.remove_prefix(3);
      continue;
    }
    if (text.front() == '\xE2') {
      json += text.front();
    } else {
      append_escaped(json, text.front());
    }
    text.remove_prefix(1);
  }
  json += '"';
}

bool append_go_number(std::string& json, double number) {
  if (!std::isfinite(number)) return false;
  const double size = std::fabs(number);
  const bool exponent = size != 0 && (size < 1e-6 || size >= 1e21);
  char buffer[64];
  auto* end = std::to_chars(std::begin(buffer), std::end(buffer), number,
                            exponent ? std::chars_format::scientific : std::chars_format::fixed)
                  .ptr;
  // "1e-09" is written "1e-9".
  if (exponent && end - buffer >= 4 && end[-4] == 'e' && end[-3] == '-' && end[-2] == '0') {
    end[-2] = end[-1];
    --end;
  }
  json.append(buffer, end);
  return true;
}

}  // namespace understudy::honeycomb
