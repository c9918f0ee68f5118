#include "cloudwatch_logs/filter_pattern_reader.h"

#include <utility>

namespace understudy::cloudwatch_logs::pattern {
namespace {

// The service's words; that of terms stands in many questions of its users, the other one has no recording [guess].
constexpr auto invalid_pattern = "Invalid filter pattern";

constexpr std::size_t most_regexes = 2;  // in one pattern [docs]

bool is_regex_character(char c) {
  return (is_word_character(c) && static_cast<unsigned char>(c) < 0x80) ||
         std::string_view(":#=@/;,-^$?[]{}|\\*+.").find(c) != std::string_view::npos;
}

}  // namespace

void Reader::skip_space() { take_while(is_space); }

bool Reader::take(std::string_view token) {
  if (!text_.substr(position_).starts_with(token)) return false;
  position_ += token.size();
  return true;
}

bool Reader::take_word(std::string_view word) {
  const auto before = position_;
  skip_space();
  if (take(word) && !is_word_character(here())) return true;
  position_ = before;
  return false;
}

bool Reader::fail(std::string reason) { return fail_with(invalid_pattern, std::move(reason), position_); }

bool Reader::fail_with(std::string message, std::string reason, std::size_t offset) {
  if (!error_) error_ = {std::move(message), std::move(reason), offset};
  return false;
}

std::optional<std::string> Reader::quoted() {
  std::string text;
  for (next(); !at_end(); next()) {
    if (here() == '"') {
      next();
      return text;
    }
    if (here() == '\\' && position_ + 1 < text_.size() &&
        (text_[position_ + 1] == '"' || text_[position_ + 1] == '\\')) {
      next();
    }
    text += here();
  }
  fail("a quote is not closed");
  return std::nullopt;
}

std::optional<std::string> Reader::regex() {
  std::string expression;
  for (next(); !at_end() && here() != '%'; next()) {
    if (!is_regex_character(here())) {
      fail("a regular expression takes letters, digits, :_#=@/;,- and ^$?[]{}|\\*+. only");
      return std::nullopt;
    }
    expression += here();
  }
  if (!take("%")) {
    fail("a regular expression is not closed by '%'");
    return std::nullopt;
  }
  if (++regexes_ > most_regexes) {
    fail("a pattern has at most two regular expressions");
    return std::nullopt;
  }
  return expression;
}

}  // namespace understudy::cloudwatch_logs::pattern
