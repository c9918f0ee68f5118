#include "cloudwatch_logs/insights/lexer.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "cloudwatch_logs/insights/functions.h"

namespace understudy::cloudwatch_logs::insights {
namespace {

bool begins_word(char c) { return is_letter(c) || c == '_' || c == '@' || static_cast<unsigned char>(c) >= 0x80; }

}  // namespace

void Lexer::skip_space() {
  while (position_ < text_.size()) {
    if (text_[position_] == '#') {
      position_ = std::min(text_.find('\n', position_), text_.size());
    } else if (std::string_view(" \t\r\n").contains(text_[position_])) {
      ++position_;
    } else {
      return;
    }
  }
}

void Lexer::read_name() {
  while (position_ < text_.size() &&
         (begins_word(text_[position_]) || is_digit(text_[position_]) || text_[position_] == '.')) {
    ++position_;
  }
  token_.kind = Token::Kind::name;
  token_.text = text_.substr(token_.start, position_ - token_.start);
}

// 5, 1.5, 1e-3; with letters right behind, a period: 5m.
void Lexer::read_number() {
  const auto digits = [&] {
    while (position_ < text_.size() && is_digit(text_[position_])) ++position_;
  };
  token_.kind = Token::Kind::number;
  digits();
  if (position_ < text_.size() && text_[position_] == '.') {
    ++position_;
    digits();
  }
  const auto mantissa = position_;
  if (position_ < text_.size() && (text_[position_] == 'e' || text_[position_] == 'E')) {
    ++position_;
    if (position_ < text_.size() && (text_[position_] == '-' || text_[position_] == '+')) ++position_;
    if (position_ < text_.size() && is_digit(text_[position_])) {
      digits();
    } else {
      position_ = mantissa;
    }
  }
  while (position_ < text_.size() && begins_word(text_[position_])) {
    token_.kind = Token::Kind::period;
    ++position_;
  }
  token_.text = text_.substr(token_.start, position_ - token_.start);
}

void Lexer::read_quoted(char quote) {
  token_.kind = quote == '`' ? Token::Kind::quoted_name : Token::Kind::text;
  for (++position_; position_ < text_.size() && text_[position_] != quote; ++position_) {
    if (text_[position_] == '\\' && position_ + 1 < text_.size() &&
        (text_[position_ + 1] == quote || text_[position_ + 1] == '\\')) {
      ++position_;
    }
    token_.text += text_[position_];
  }
  if (position_ == text_.size()) {
    token_.kind = Token::Kind::bad;
  } else {
    ++position_;
  }
}

void Lexer::read_symbol() {
  static constexpr std::string_view symbols[] = {"!=", "<>", "<=", ">=", "=~", "|", ",", "(", ")", "[",
                                                 "]",  "=",  "<",  ">",  "+",  "-", "*", "/", "%", "^"};
  const auto rest = text_.substr(position_);
  const auto* found = std::ranges::find_if(symbols, [&](std::string_view symbol) { return rest.starts_with(symbol); });
  token_.kind = found == std::end(symbols) ? Token::Kind::bad : Token::Kind::symbol;
  token_.text = found == std::end(symbols) ? rest.substr(0, 1) : *found;
  position_ += token_.text.size();
}

void Lexer::advance() {
  skip_space();
  token_ = {};
  token_.start = position_;
  if (position_ < text_.size()) {
    const char c = text_[position_];
    if (begins_word(c)) {
      read_name();
    } else if (is_digit(c) || (c == '.' && position_ + 1 < text_.size() && is_digit(text_[position_ + 1]))) {
      read_number();
    } else if (c == '"' || c == '\'' || c == '`') {
      read_quoted(c);
    } else {
      read_symbol();
    }
  }
  token_.end = position_;
}

Token Lexer::take() {
  Token taken = std::move(token_);
  behind_last_ = taken.end;
  advance();
  return taken;
}

bool Lexer::is_symbol(std::string_view symbol) const {
  return token_.kind == Token::Kind::symbol && token_.text == symbol;
}

bool Lexer::is_word(std::string_view word) const {
  return token_.kind == Token::Kind::name && lower_case(token_.text) == word;
}

bool Lexer::take_symbol(std::string_view symbol) {
  if (!is_symbol(symbol)) return false;
  take();
  return true;
}

bool Lexer::take_word(std::string_view word) {
  if (!is_word(word)) return false;
  take();
  return true;
}

std::optional<std::string> Lexer::take_regex() {
  std::string expression;
  for (auto at = token_.start + 1; at < text_.size(); ++at) {
    if (text_[at] == '/') {
      position_ = at + 1;
      behind_last_ = position_;
      advance();
      return expression;
    }
    if (text_[at] == '\\' && at + 1 < text_.size() && text_[at + 1] != '/')
      expression += text_[at++];
    else if (text_[at] == '\\' && at + 1 < text_.size())
      ++at;
    expression += text_[at];
  }
  return std::nullopt;
}

}  // namespace understudy::cloudwatch_logs::insights
