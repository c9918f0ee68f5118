#include "xray/filter_lexer.h"

#include <fmt/format.h>

#include "base/utf8.h"

namespace understudy::xray {
namespace {

constexpr std::string_view blanks = " \t\r\n";
// A word goes up to one of these: values may stand without quotes, as in one official example.
constexpr std::string_view ends_word = " \t\r\n\"'(){},:=!<>#\\";

std::string shown(std::string_view text) {
  const auto c = static_cast<unsigned char>(text.front());
  if (c < 0x20 || c == 0x7F) return fmt::format("character {:#04x}", c);
  std::size_t length = 1;
  while (length < text.size() && !begins_character(text[length])) ++length;
  return fmt::format("'{}'", text.substr(0, length));
}

}  // namespace

Token FilterLexer::one(TokenKind kind, std::size_t length) {
  Token token{kind, at_, text_.substr(at_, length), {}};
  at_ += length;
  return token;
}

Token FilterLexer::fail(std::size_t position, std::string reason) {
  at_ = text_.size();
  return {TokenKind::error, position, {}, std::move(reason)};
}

Token FilterLexer::next() {
  at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size());
  if (at_ == text_.size()) return one(TokenKind::end, 0);
  const auto rest = text_.substr(at_);
  switch (rest.front()) {
    case '"':
      return string();
    case '(':
      return one(TokenKind::open, 1);
    case ')':
      return one(TokenKind::close, 1);
    case '{':
      return one(TokenKind::open_brace, 1);
    case '}':
      return one(TokenKind::close_brace, 1);
    case ',':
      return one(TokenKind::comma, 1);
    case ':':
      return one(TokenKind::colon, 1);
    case '!':
      return rest.starts_with("!=") ? one(TokenKind::op, 2) : one(TokenKind::not_, 1);
    case '<':
    case '>':
      return one(TokenKind::op, rest.substr(1).starts_with('=') ? 2 : 1);
    case '=':
      return one(TokenKind::op, 1);
    case '#':
      return json();
    case '\'':
      return fail(at_, "strings stand in double quotes, not in single ones");
    case '\\':
      return fail(at_, "a backslash outside of a string: the quotes were escaped once too often");
    default:
      return word();
  }
}

Token FilterLexer::string() {
  const auto start = at_;
  std::string value;
  for (++at_; at_ < text_.size(); ++at_) {
    char c = text_[at_];
    if (c == '"') {
      ++at_;
      return {TokenKind::string, start, text_.substr(start, at_ - start), std::move(value)};
    }
    const bool is_escape = c == '\\' && at_ + 1 < text_.size() && (text_[at_ + 1] == '"' || text_[at_ + 1] == '\\');
    if (is_escape) c = text_[++at_];
    value += c;
  }
  return fail(start, "the string is not closed");
}

// annotation[any key] keeps its brackets and what stands in them.
Token FilterLexer::word() {
  const auto start = at_;
  while (at_ < text_.size() && !ends_word.contains(text_[at_])) {
    if (text_[at_] == '[') {
      const auto close = text_.find(']', at_);
      if (close == std::string_view::npos) return fail(at_, "the bracket is not closed");
      at_ = close;
    }
    ++at_;
  }
  if (at_ == start) return fail(at_, fmt::format("{} stands for nothing here", shown(text_.substr(at_))));
  return {TokenKind::word, start, text_.substr(start, at_ - start), {}};
}

// "#" and a JSON array up to its own bracket.
Token FilterLexer::json() {
  const auto start = at_++;
  at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size());
  if (at_ == text_.size() || text_[at_] != '[') return fail(start, "expected #[ and a JSON array");
  const auto from = at_;
  int open = 0;
  bool in_string = false;
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (in_string) {
      if (c == '\\') ++at_;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      ++open;
    } else if ((c == ']' || c == '}') && --open == 0) {
      ++at_;
      return {TokenKind::json, from, text_.substr(from, at_ - from), {}};
    }
  }
  return fail(start, "the JSON after # is not closed");
}

}  // namespace understudy::xray
