// The words of a filter expression.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "xray/filter_expression.h"

namespace understudy::xray {

enum class TokenKind : std::uint8_t {
  end,
  word,
  string,
  op,
  open,
  close,
  open_brace,
  close_brace,
  comma,
  colon,
  not_,
  json,
  error
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::size_t position = 0;
  std::string_view text;  // as written; of a word, an operator and JSON: what it is
  std::string value;      // of a string: without quotes and escapes; of an error: why
};

class FilterLexer {
 public:
  explicit FilterLexer(std::string_view text) : text_(text) {}
  Token next();

 private:
  Token one(TokenKind kind, std::size_t length);
  Token string();
  Token word();
  Token json();
  Token fail(std::size_t position, std::string reason);

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace understudy::xray
