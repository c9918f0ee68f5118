// Reading a filter pattern from left to right: tokens that the dialects share, and the first fault.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "cloudwatch_logs/filter_pattern.h"

namespace understudy::cloudwatch_logs::pattern {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool at_end() const { return position_ == text_.size(); }
  char here() const { return at_end() ? '\0' : text_[position_]; }
  std::size_t position() const { return position_; }
  std::string_view since(std::size_t position) const { return text_.substr(position, position_ - position); }
  void next() { ++position_; }

  void skip_space();
  bool take(std::string_view token);      // if it stands right here
  bool take_word(std::string_view word);  // behind space, in capitals as written, and not as the start of a longer one

  // Characters that `wanted` takes, as many as there are.
  template <typename Wanted>
  std::string_view take_while(Wanted wanted) {
    const auto start = position_;
    while (!at_end() && wanted(text_[position_])) ++position_;
    return since(start);
  }

  // From the opening quote to behind the closing one: the text without its escapes.
  std::optional<std::string> quoted();
  // From the opening '%' to behind the closing one: the expression.
  std::optional<std::string> regex();

  // Keeps the first fault. Returns false.
  bool fail(std::string reason);
  bool fail_with(std::string message, std::string reason, std::size_t offset);
  const std::optional<FilterPatternError>& error() const { return error_; }
  bool has_regex() const { return regexes_ > 0; }

 private:
  std::string_view text_;
  std::size_t position_ = 0;
  std::size_t regexes_ = 0;
  std::optional<FilterPatternError> error_;
};

constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
// Letters and digits; beyond ASCII everything is taken for a letter [guess].
constexpr bool is_word_character(char c) {
  return is_alphanumeric(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace understudy::cloudwatch_logs::pattern
