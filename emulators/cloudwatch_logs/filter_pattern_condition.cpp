#include "cloudwatch_logs/filter_pattern_condition.h"

#include <re2/re2.h>

#include <charconv>
#include <cmath>

namespace understudy::cloudwatch_logs::pattern {
namespace {

// What a value may be written with and without quotes. The guide asks for quotes around all but letters and digits, and
// leaves them out itself around 123.123.* and kms.amazonaws.com [docs].
bool is_bare(char c) { return is_word_character(c) || std::string_view(".*-+:/@#").find(c) != std::string_view::npos; }

// '*' stands for any text. Goes back to the last star only, so it takes at most pattern times text steps.
bool fits(std::string_view wildcard, std::string_view text) {
  std::size_t at = 0;
  std::size_t in_text = 0;
  std::size_t star = std::string_view::npos;
  std::size_t behind_star = 0;
  while (in_text < text.size()) {
    if (at < wildcard.size() && wildcard[at] == '*') {
      star = at++;
      behind_star = in_text;
    } else if (at < wildcard.size() && wildcard[at] == text[in_text]) {
      ++at;
      ++in_text;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in_text = ++behind_star;
    } else {
      return false;
    }
  }
  return wildcard.find_first_not_of('*', at) == std::string_view::npos;
}

template <typename T>
bool compare(Operator op, T left, T right) {
  switch (op) {
    case Operator::equal:
      return left == right;
    case Operator::not_equal:
      return left != right;
    case Operator::less:
      return left < right;
    case Operator::greater:
      return left > right;
    case Operator::less_equal:
      return left <= right;
    case Operator::greater_equal:
      return left >= right;
  }
  return false;
}

// Fractions are compared with the precision that JSON's readers give them.
bool holds_for(Operator op, Number left, Number right) {
  if (std::floor(left) == left && std::floor(right) == right) return compare(op, left, right);
  return compare(op, static_cast<double>(left), static_cast<double>(right));
}

}  // namespace

std::optional<Regex> Regex::read(Reader& reader) {
  const auto start = reader.position();
  const auto expression = reader.regex();
  if (!expression) return std::nullopt;
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(8 << 20);
  auto compiled = std::make_shared<const re2::RE2>(*expression, options);
  if (!compiled->ok()) {
    reader.fail_with("Invalid filter pattern", "the regular expression is wrong: " + compiled->error(), start);
    return std::nullopt;
  }
  Regex regex;
  regex.compiled_ = std::move(compiled);
  return regex;
}

bool Regex::is_in(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *compiled_);
}

std::optional<Operator> read_operator(Reader& reader) {
  struct Row {
    std::string_view text;
    Operator op;
  };
  static constexpr Row rows[] = {{"!=", Operator::not_equal},     {"<=", Operator::less_equal},
                                 {">=", Operator::greater_equal}, {"=", Operator::equal},
                                 {"<", Operator::less},           {">", Operator::greater}};
  reader.skip_space();
  for (const auto& row : rows) {
    if (reader.take(row.text)) return row.op;
  }
  return std::nullopt;
}

std::optional<Number> number_of(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto digits = text.starts_with('-') ? text.substr(1) : text;
  // from_chars takes "inf" and "nan", too.
  if (digits.empty() || (digits.front() != '.' && (digits.front() < '0' || digits.front() > '9'))) return std::nullopt;
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<Value> Value::read(Reader& reader) {
  reader.skip_space();
  Value value;
  if (reader.here() == '%') {
    value.regex_ = Regex::read(reader);
    if (!value.regex_) return std::nullopt;
    return value;
  }
  if (reader.here() == '"') {
    auto text = reader.quoted();
    if (!text) return std::nullopt;
    value.text_ = std::move(*text);
  } else {
    value.text_ = reader.take_while(is_bare);
    if (value.text_.empty()) {
      reader.fail("a value is missing, or needs quotes");
      return std::nullopt;
    }
    value.number_ = number_of(value.text_);
  }
  value.wildcard_ = value.text_.contains('*');
  return value;
}

bool Value::holds(Operator op, std::string_view text, std::optional<Number> number) const {
  if (number_ && number) return holds_for(op, *number, *number_);
  if (op != Operator::equal && op != Operator::not_equal) return false;
  bool equal = false;
  if (regex_) {
    equal = regex_->is_in(text);
  } else {
    equal = wildcard_ ? fits(text_, text) : text_ == text;
  }
  return equal == (op == Operator::equal);
}

}  // namespace understudy::cloudwatch_logs::pattern
