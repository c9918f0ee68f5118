#include "honeycomb/expression.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/near_miss.h"
#include "honeycomb/expression_node.h"

namespace understudy::honeycomb {
namespace {

using Node = ExpressionNode;
using Parsed = std::expected<Node, ExpressionError>;

constexpr std::size_t most_levels = 100;

bool begins_name(char c) { return is_letter(c) || c == '_'; }
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// An operator between two values, and the function that it stands for. Of two that begin alike the longer comes first.
struct OperatorRow {
  std::string_view sign;
  int strength;
  std::string_view function;
};
constexpr OperatorRow operators[] = {
    {"||", 1, "OR"}, {"OR", 1, "OR"},     {"&&", 2, "AND"}, {"AND", 2, "AND"}, {"<=", 3, "LTE"},   {">=", 3, "GTE"},
    {"!=", 3, "!="}, {"==", 3, "EQUALS"}, {"<", 3, "LT"},   {">", 3, "GT"},    {"=", 3, "EQUALS"}, {"+", 4, "SUM"},
    {"-", 4, "SUB"}, {"*", 5, "MUL"},     {"/", 5, "DIV"},  {"%", 5, "MOD"},
};

class Parser {
 public:
  Parser(std::string_view text, std::vector<std::string>& columns) : text_(text), columns_(columns) {}

  Parsed parse() {
    auto root = binary(1);
    if (root && !at_end()) return fail("something stands behind the end of the expression");
    return root;
  }

 private:
  std::unexpected<ExpressionError> fail(std::string detail) const {
    return std::unexpected(ExpressionError{at_, std::move(detail)});
  }
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  bool at_end() {
    skip_space();
    return at_ == text_.size();
  }
  bool take(char c) {
    skip_space();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  const OperatorRow* operator_here() {
    skip_space();
    const std::string_view rest = text_.substr(at_);
    for (const OperatorRow& row : operators) {
      if (!equals_ignoring_case(rest.substr(0, row.sign.size()), row.sign)) continue;
      const bool is_word = begins_name(row.sign.front());
      const bool goes_on =
          rest.size() > row.sign.size() && (begins_name(rest[row.sign.size()]) || is_digit(rest[row.sign.size()]));
      if (!is_word || !goes_on) return &row;
    }
    return nullptr;
  }

  static Node call(std::string_view function, std::vector<Node> arguments) {
    Node node;
    node.function = find_function(function);
    node.arguments = std::move(arguments);
    return node;
  }

  Parsed binary(int strength) {
    constexpr int strongest = 5;
    if (strength > strongest) return unary();
    auto left = binary(strength + 1);
    while (left) {
      const OperatorRow* const row = operator_here();
      if (row == nullptr || row->strength != strength) break;
      at_ += row->sign.size();
      auto right = binary(strength + 1);
      if (!right) return right;
      std::vector<Node> both;
      both.push_back(std::move(*left));
      both.push_back(std::move(*right));
      // A chain of operators is as deep as it is long.
      if (++links_ > most_links) return fail(fmt::format("has more than {} operators", most_links));
      left = call(row->function, std::move(both));
    }
    return left;
  }

  Parsed unary() {
    if (++level_ > most_levels) return fail(fmt::format("is nested deeper than {} levels", most_levels));
    auto value = unary_within();
    --level_;
    return value;
  }
  Parsed unary_within() {
    skip_space();
    if (text_.substr(at_, 2) != "!=" && take('!')) return prefixed("NOT");
    if (take('-')) return prefixed("0-");
    return primary();
  }
  Parsed prefixed(std::string_view function) {
    auto value = unary();
    if (!value) return value;
    std::vector<Node> one;
    one.push_back(std::move(*value));
    return call(function, std::move(one));
  }

  Parsed primary() {
    if (at_end()) return fail("ends where a value should stand");
    const char c = text_[at_];
    if (take('(')) {
      auto inner = binary(1);
      if (inner && !take(')')) return fail("a bracket is not closed");
      return inner;
    }
    if (c == '$') return column();
    if (c == '"' || c == '`') return constant_of(quoted());
    if (is_digit(c) || c == '.') return number();
    if (begins_name(c)) return word();
    return fail(fmt::format("'{}' begins no value", c >= ' ' && c <= '~' ? c : '?'));
  }

  static Parsed constant_of(std::expected<std::string, ExpressionError> text) {
    if (!text) return std::unexpected(std::move(text.error()));
    return constant(std::move(*text));
  }
  static Node constant(Scalar value) {
    Node node;
    node.constant = std::move(value);
    return node;
  }

  // "with \" and \\ and \n", or `as it stands`.
  std::expected<std::string, ExpressionError> quoted() {
    const char quote = text_[at_++];
    std::string text;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == quote) {
        ++at_;
        return text;
      }
      if (quote == '"' && text_[at_] == '\\' && at_ + 1 < text_.size()) {
        const char escaped = text_[++at_];
        text += escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped;
      } else {
        text += text_[at_];
      }
    }
    return fail("a text is not closed");
  }

  Parsed column() {
    ++at_;
    std::string name;
    if (at_ < text_.size() && text_[at_] == '"') {
      auto quoted_name = quoted();
      if (!quoted_name) return std::unexpected(std::move(quoted_name.error()));
      name = std::move(*quoted_name);
    } else {
      while (at_ < text_.size() && (begins_name(text_[at_]) || is_digit(text_[at_]) || text_[at_] == '.')) {
        name += text_[at_++];
      }
    }
    if (name.empty()) return fail("$ names no column; one with other characters is written $\"...\"");
    Node node;
    const auto found = std::ranges::find(columns_, name);
    node.column = static_cast<std::size_t>(found - columns_.begin());
    if (found == columns_.end()) columns_.push_back(std::move(name));
    return node;
  }

  Parsed number() {
    const char* const begin = text_.data() + at_;
    const char* const end = text_.data() + text_.size();
    std::int64_t whole = 0;
    double fraction = 0;
    const auto as_whole = std::from_chars(begin, end, whole);
    const auto as_fraction = std::from_chars(begin, end, fraction);
    if (as_fraction.ec != std::errc()) return fail("is no number");
    at_ += static_cast<std::size_t>(as_fraction.ptr - begin);
    if (as_whole.ec == std::errc() && as_whole.ptr == as_fraction.ptr) return constant(whole);
    return constant(fraction);
  }

  Parsed word() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && (begins_name(text_[at_]) || is_digit(text_[at_]))) ++at_;
    const std::string_view name = text_.substr(begin, at_ - begin);
    if (take('(')) return function(name, begin);
    if (equals_ignoring_case(name, "true")) return constant(true);
    if (equals_ignoring_case(name, "false")) return constant(false);
    if (equals_ignoring_case(name, "null")) return constant({});
    at_ = begin;
    return fail(fmt::format("\"{}\" is neither a function with brackets nor a column with $ before it", name));
  }

  Parsed function(std::string_view name, std::size_t begin) {
    Node node;
    node.function = find_function(name);
    if (node.function == nullptr) {
      at_ = begin;
      const std::string_view near = nearest_name(name, function_names());
      return fail(near.empty() ? fmt::format("{} is no function", name)
                               : fmt::format("{} is no function; {} is", name, near));
    }
    if (!take(')')) {
      do {
        auto argument = binary(1);
        if (!argument) return argument;
        node.arguments.push_back(std::move(*argument));
      } while (take(','));
      if (!take(')')) return fail(fmt::format("the bracket of {} is not closed", name));
    }
    return checked(std::move(node), begin);
  }

  Parsed checked(Node node, std::size_t begin) {
    const ExpressionFunction& function = *node.function;
    const std::size_t count = node.arguments.size();
    if (count < function.least_arguments || count > function.most_arguments) {
      at_ = begin;
      return fail(fmt::format("{} takes {} arguments, not {}", function.name, arguments_of(function), count));
    }
    if (!function.takes_pattern) return node;
    const auto* const pattern = std::get_if<std::string>(&node.arguments[1].constant);
    if (node.arguments[1].function != nullptr || pattern == nullptr) {
      at_ = begin;
      return fail(fmt::format("{} takes its regular expression as a text", function.name));
    }
    node.pattern = std::make_shared<const re2::RE2>(*pattern, re2::RE2::Quiet);
    if (node.pattern->ok()) return node;
    at_ = begin;
    return fail(fmt::format("{}: {}", function.name, node.pattern->error()));
  }

  static std::string arguments_of(const ExpressionFunction& function) {
    if (function.most_arguments == ExpressionFunction::any) return fmt::format("{} or more", function.least_arguments);
    if (function.least_arguments == function.most_arguments) return std::to_string(function.least_arguments);
    return fmt::format("{} to {}", function.least_arguments, function.most_arguments);
  }

  static constexpr std::size_t most_links = 1000;

  std::string_view text_;
  std::vector<std::string>& columns_;
  std::size_t at_ = 0;
  std::size_t level_ = 0;
  std::size_t links_ = 0;
};

Scalar evaluate_node(const Node& node, const ExpressionRow& row) {
  if (node.column != Node::not_a_column) return row.columns[node.column];
  if (node.function == nullptr) return node.constant;
  std::vector<Scalar> arguments;
  arguments.reserve(node.arguments.size());
  for (const Node& argument : node.arguments) arguments.push_back(evaluate_node(argument, row));
  return node.function->apply({arguments, node, row});
}

}  // namespace

std::expected<Expression, ExpressionError> Expression::parse(std::string_view text) {
  Expression expression;
  auto root = Parser(text, expression.columns_).parse();
  if (!root) return std::unexpected(std::move(root.error()));
  expression.root_ = std::make_shared<const Node>(std::move(*root));
  return expression;
}

Scalar Expression::evaluate(const ExpressionRow& row) const { return evaluate_node(*root_, row); }

}  // namespace understudy::honeycomb
