#include "cloudwatch_logs/model.h"

#include <re2/re2.h>

#include <algorithm>
#include <span>
#include <string>

#include "base/ascii.h"

namespace understudy::cloudwatch_logs::model {
namespace {

// Beyond ASCII everything is taken for a letter, a number or a blank: \p{L}, \p{N}, \p{Z}.
bool is_beyond_ascii(char c) { return static_cast<unsigned char>(c) >= 0x80; }

// A class of characters, "[...]", read from the inside of its brackets.
class CharacterClass {
 public:
  explicit CharacterClass(std::string_view inside) : inside_(inside) {}

  bool has(char c) const {
    bool found = false;
    auto rest = inside_;
    const bool negated = rest.starts_with('^');
    if (negated) rest.remove_prefix(1);
    while (!rest.empty() && !found) found = take_one(rest, c);
    return found != negated;
  }

 private:
  // Takes one element off the front; whether `c` is of it.
  static bool take_one(std::string_view& rest, char c) {
    if (rest.starts_with("\\p{")) {
      const char which = rest[3];
      rest.remove_prefix(5);
      if (is_beyond_ascii(c)) return true;
      return which == 'L' ? is_letter(c) : which == 'N' ? is_digit(c) : c == ' ';
    }
    if (rest.starts_with("\\w") || rest.starts_with("\\d")) {
      const bool word = rest[1] == 'w';
      rest.remove_prefix(2);
      return is_digit(c) || (word && (is_letter(c) || c == '_'));
    }
    if (rest.starts_with('\\')) rest.remove_prefix(1);
    const char first = rest.front();
    rest.remove_prefix(1);
    if (rest.size() < 2 || rest.front() != '-' || rest[1] == '\\') return c == first;
    const char last = rest[1];
    rest.remove_prefix(2);
    return c >= first && c <= last;
  }

  std::string_view inside_;
};

// "[...]+" or "[...]*", in "^(" and ")$" or not: nearly all patterns of the model.
bool match_class(std::string_view pattern, std::string_view text, bool& is_class) {
  if (pattern.starts_with("^(") && pattern.ends_with(")$")) pattern = pattern.substr(2, pattern.size() - 4);
  if (pattern.starts_with('^') && pattern.ends_with('$')) pattern = pattern.substr(1, pattern.size() - 2);
  const char repeat = pattern.back();
  is_class = pattern.starts_with('[') && (repeat == '+' || repeat == '*') && pattern.find(']') == pattern.size() - 2;
  if (!is_class) return false;
  const CharacterClass characters(pattern.substr(1, pattern.size() - 3));
  return (repeat == '*' || !text.empty()) && std::ranges::all_of(text, [&](char c) { return characters.has(c); });
}

}  // namespace

const Shape* input_of(std::string_view operation) {
  const std::span all(inputs, input_count);
  const auto found = std::ranges::lower_bound(all, operation, {}, &OperationInput::operation);
  return found != all.end() && found->operation == operation ? &shapes[found->shape] : nullptr;
}

bool matches(std::string_view pattern, std::string_view text) {
  bool is_class = false;
  const bool matched = match_class(pattern, text, is_class);
  if (is_class) return matched;
  return RE2::FullMatch(text, RE2(pattern, RE2::Quiet));
}

}  // namespace understudy::cloudwatch_logs::model
