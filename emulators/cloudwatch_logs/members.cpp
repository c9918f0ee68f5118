#include "cloudwatch_logs/members.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/utf8.h"

namespace understudy::cloudwatch_logs {
namespace {

bool is_word(char c) { return is_alphanumeric(c) || c == '_'; }

template <typename Test>
bool all(std::string_view text, Test test) {
  return std::ranges::all_of(text, test);
}

}  // namespace

bool is_group_name(std::string_view text) {
  return all(text, [](char c) { return is_word(c) || c == '.' || c == '-' || c == '/' || c == '#'; });
}

bool is_stream_name(std::string_view text) { return text.find_first_of(":*") == std::string_view::npos; }

bool is_identifier(std::string_view text) {
  return all(text,
             [](char c) { return is_word(c) || std::string_view("#+=/:,.@-").find(c) != std::string_view::npos; });
}

// ^([\p{L}\p{Z}\p{N}_.:/=+\-@]+)$: beyond ASCII everything is taken for a letter.
bool is_tag_key(std::string_view text) {
  return all(text, [](char c) {
    return is_word(c) || static_cast<unsigned char>(c) >= 0x80 ||
           std::string_view(" .:/=+-@").find(c) != std::string_view::npos;
  });
}

std::size_t utf16_length(std::string_view utf8) {
  std::size_t units = 0;
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) != 0x80U) units += byte >= 0xF0U ? 2 : 1;
  }
  return units;
}

std::string_view cut(std::string_view text, std::size_t bytes) { return whole_characters(text, bytes); }

void check_text(aws::Violations& violations, std::string_view name, std::string_view value, const TextRule& rule) {
  const auto add = [&](std::string_view constraint) {
    if (rule.echoed) {
      violations.add(value, name, constraint);
    } else {
      violations.add_unquoted(name, constraint);
    }
  };
  const auto length = utf16_length(value);
  if (length > rule.max) add(aws::constraint::max_length(rule.max));
  if (length < rule.min) add(aws::constraint::min_length(rule.min));
  if (rule.matches != nullptr && !(rule.min == 0 && value.empty())) {
    // "+" wants a character; the others take the empty text.
    const bool wants_one = rule.pattern.ends_with('+');
    if (!rule.matches(value) || (wants_one && value.empty())) add(aws::constraint::pattern(rule.pattern));
  }
}

}  // namespace understudy::cloudwatch_logs
