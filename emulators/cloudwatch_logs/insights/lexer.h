// The words of a Logs Insights query, with their places.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace understudy::cloudwatch_logs::insights {

struct Token {
  enum class Kind { end, name, quoted_name, text, number, period, symbol, bad };
  Kind kind = Kind::end;
  std::string text;  // without quotes
  std::size_t start = 0;
  std::size_t end = 0;  // in bytes
};

// One word ahead. A regular expression is read when the parser wants one: '/' divides elsewhere.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) { advance(); }

  const Token& peek() const { return token_; }
  Token take();
  bool is_symbol(std::string_view symbol) const;
  bool is_word(std::string_view lower_case_word) const;
  bool take_symbol(std::string_view symbol);
  bool take_word(std::string_view lower_case_word);

  bool at_regex() const { return is_symbol("/"); }
  // From '/' to the next '/' that no backslash precedes, without them; nothing if there is none.
  std::optional<std::string> take_regex();

  std::string_view text() const { return text_; }
  std::size_t behind_last() const { return behind_last_; }  // the end of the word taken last

 private:
  void advance();
  void skip_space();
  void read_name();
  void read_number();
  void read_quoted(char quote);
  void read_symbol();

  std::string_view text_;
  std::size_t position_ = 0;
  std::size_t behind_last_ = 0;
  Token token_;
};

}  // namespace understudy::cloudwatch_logs::insights
