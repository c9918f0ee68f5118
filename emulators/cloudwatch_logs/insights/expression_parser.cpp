#include "cloudwatch_logs/insights/expression_parser.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/ascii.h"
#include "cloudwatch_logs/insights/functions.h"

namespace understudy::cloudwatch_logs::insights {
namespace {

constexpr int deepest = 100;
constexpr int most_operators = 1000;  // of a query: a chain of them is as deep as it is long
constexpr std::string_view spaces = " \t\r\n";

struct NamedAggregation {
  std::string_view name;
  Aggregation kind;
};
constexpr NamedAggregation aggregations[] = {
    {"count", Aggregation::count},
    {"count_distinct", Aggregation::count_distinct},
    {"sum", Aggregation::sum},
    {"avg", Aggregation::avg},
    {"min", Aggregation::min},
    {"max", Aggregation::max},
    {"pct", Aggregation::pct},
    {"percentile", Aggregation::pct},
    {"median", Aggregation::pct},
    {"stddev", Aggregation::stddev},
    {"earliest", Aggregation::earliest},
    {"latest", Aggregation::latest},
    {"sortsfirst", Aggregation::sorts_first},
    {"sortslast", Aggregation::sorts_last},
};

struct Unit {
  std::string_view names;  // between commas
  std::int64_t ms;
  int months;
};
constexpr Unit units[] = {
    {",ms,msec,millisecond,milliseconds,", 1, 0},
    {",s,sec,second,seconds,", 1000, 0},
    {",m,min,minute,minutes,", 60'000, 0},
    {",h,hr,hour,hours,", 3'600'000, 0},
    {",d,day,days,", 86'400'000, 0},
    {",w,wk,week,weeks,", 604'800'000, 0},
    {",mo,mon,month,months,", 0, 1},
    {",q,qtr,quarter,quarters,", 0, 3},
    {",y,yr,year,years,", 0, 12},
};

std::optional<Period> period_of(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const auto unit = lower_case(text.substr(static_cast<std::size_t>(end - text.data())));
  if (error != std::errc() || count < 1 || count > 100'000 || unit.empty()) return std::nullopt;
  for (const auto& row : units) {
    if (row.names.contains(fmt::format(",{},", unit)))
      return Period{count * row.ms, static_cast<int>(count) * row.months};
  }
  return std::nullopt;
}

// Java writes (?<name>...), RE2 of this age (?P<name>...).
std::string for_re2(std::string_view java) {
  std::string expression;
  for (std::size_t i = 0; i < java.size(); ++i) {
    if (java[i] == '\\' && i + 1 < java.size()) {
      expression += java[i++];
    } else if (java.substr(i).starts_with("(?<") && i + 3 < java.size() && java[i + 3] != '=' && java[i + 3] != '!') {
      expression += "(?P";
      i += 2;
    }
    expression += java[i];
  }
  return expression;
}

Expression with(Operation operation, Expression left, std::optional<Expression> right = std::nullopt) {
  Expression joined;
  joined.operation = operation;
  joined.arguments.push_back(std::move(left));
  if (right) joined.arguments.push_back(std::move(*right));
  return joined;
}

struct Sign {
  std::string_view symbol;
  Operation operation;
};
constexpr Sign comparisons[] = {
    {"=", Operation::equal},   {"!=", Operation::not_equal},  {"<>", Operation::not_equal},     {"<", Operation::less},
    {">", Operation::greater}, {"<=", Operation::less_equal}, {">=", Operation::greater_equal},
};
constexpr Sign products[] = {{"*", Operation::multiply}, {"/", Operation::divide}, {"%", Operation::modulo}};
constexpr Sign sums[] = {{"+", Operation::add}, {"-", Operation::subtract}};

template <std::size_t N>
const Sign* take_sign(Lexer& lexer, const Sign (&signs)[N]) {
  for (const auto& sign : signs) {
    if (lexer.take_symbol(sign.symbol)) return &sign;
  }
  return nullptr;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(spaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(spaces) + 1 - first);
}

void ExpressionParser::fail(QueryError error) {
  if (!error_) error_ = std::move(error);
}

// The service's words [snapshot: an issue quotes them]; position counts from 1 within the line [guess].
void ExpressionParser::fail_unexpected() {
  const auto& token = lexer_.peek();
  const auto before = lexer_.text().substr(0, token.start);
  const auto line = std::ranges::count(before, '\n') + 1;
  const auto column = token.start - (before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1) + 1;
  const auto found = token.start == token.end ? "<EOF>" : lexer_.text().substr(token.start, token.end - token.start);
  fail({fmt::format("unexpected symbol found {} at line {} and position {}", found, line, column), token.start,
        token.end});
}

bool ExpressionParser::expect(std::string_view symbol) {
  if (lexer_.take_symbol(symbol)) return true;
  fail_unexpected();
  return false;
}

ExpressionParser::Read ExpressionParser::finished(Expression expression, std::size_t start) const {
  expression.text = trimmed(lexer_.text().substr(start, lexer_.behind_last() - start));
  return expression;
}

std::shared_ptr<const re2::RE2> ExpressionParser::read_regex() {
  const auto start = lexer_.peek().start;
  const auto java = lexer_.take_regex();
  if (!java) {
    fail_unexpected();
    return nullptr;
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(8 << 20);
  auto regex = std::make_shared<const re2::RE2>(for_re2(*java), options);
  if (regex->ok()) return regex;
  // Looking around and back are Java's alone.
  const bool is_java =
      regex->error_code() == re2::RE2::ErrorBadPerlOp || java->contains("\\1") || java->contains("\\k<");
  fail({fmt::format("Invalid regular expression: {}", regex->error()), start, lexer_.behind_last(), is_java});
  return nullptr;
}

std::optional<Expression> ExpressionParser::read() {
  const auto start = lexer_.peek().start;
  if (++depth_ > deepest) {
    fail({"The query is nested too deeply", start, lexer_.text().size()});
    return std::nullopt;
  }
  auto expression = read_either();
  --depth_;
  if (!expression) return std::nullopt;
  return finished(std::move(*expression), start);
}

ExpressionParser::Read ExpressionParser::joined(Operation operation, Expression left, Expression right) {
  if (++operators_ <= most_operators) return with(operation, std::move(left), std::move(right));
  fail({"The query is nested too deeply", 0, lexer_.text().size()});
  return std::nullopt;
}

ExpressionParser::Read ExpressionParser::read_either() {
  auto left = read_both();
  while (left && lexer_.take_word("or")) {
    auto right = read_both();
    if (!right) return std::nullopt;
    left = joined(Operation::either, std::move(*left), std::move(*right));
  }
  return left;
}

ExpressionParser::Read ExpressionParser::read_both() {
  auto left = read_negation();
  while (left && lexer_.take_word("and")) {
    auto right = read_negation();
    if (!right) return std::nullopt;
    left = joined(Operation::both, std::move(*left), std::move(*right));
  }
  return left;
}

ExpressionParser::Read ExpressionParser::read_negation() {
  bool negated = false;
  while (lexer_.take_word("not")) negated = !negated;
  auto inner = read_comparison();
  if (!inner || !negated) return inner;
  return with(Operation::negation, std::move(*inner));
}

ExpressionParser::Read ExpressionParser::read_comparison() {
  auto left = read_sum();
  if (!left) return std::nullopt;
  if (const auto* sign = take_sign(lexer_, comparisons)) {
    auto right = read_sum();
    if (!right) return std::nullopt;
    return with(sign->operation, std::move(*left), std::move(right));
  }
  if (lexer_.take_symbol("=~")) return read_like(std::move(*left), false);
  const bool negated = lexer_.take_word("not");
  if (lexer_.take_word("like")) return read_like(std::move(*left), negated);
  if (lexer_.take_word("in")) return read_list(std::move(*left), negated);
  if (!negated) return left;
  fail_unexpected();
  return std::nullopt;
}

ExpressionParser::Read ExpressionParser::read_like(Expression left, bool negated) {
  Read test;
  if (lexer_.at_regex()) {
    auto regex = read_regex();
    if (!regex) return std::nullopt;
    test = with(Operation::matches, std::move(left));
    test->regex = std::move(regex);
  } else if (lexer_.peek().kind == Token::Kind::text) {
    test = with(Operation::contains, std::move(left));
    test->constant = Value::text(lexer_.take().text);
  } else {
    fail_unexpected();
    return std::nullopt;
  }
  if (negated) return with(Operation::negation, std::move(*test));
  return test;
}

ExpressionParser::Read ExpressionParser::read_list(Expression left, bool negated) {
  if (!expect("[")) return std::nullopt;
  auto test = with(Operation::one_of, std::move(left));
  do {
    auto item = read_sum();
    if (!item) return std::nullopt;
    test.arguments.push_back(std::move(*item));
  } while (lexer_.take_symbol(","));
  if (!expect("]")) return std::nullopt;
  if (negated) return with(Operation::negation, std::move(test));
  return test;
}

ExpressionParser::Read ExpressionParser::read_sum() {
  auto left = read_product();
  while (left) {
    const auto* sign = take_sign(lexer_, sums);
    if (sign == nullptr) break;
    auto right = read_product();
    if (!right) return std::nullopt;
    left = joined(sign->operation, std::move(*left), std::move(*right));
  }
  return left;
}

ExpressionParser::Read ExpressionParser::read_product() {
  auto left = read_power();
  while (left) {
    const auto* sign = take_sign(lexer_, products);
    if (sign == nullptr) break;
    auto right = read_power();
    if (!right) return std::nullopt;
    left = joined(sign->operation, std::move(*left), std::move(*right));
  }
  return left;
}

ExpressionParser::Read ExpressionParser::read_power() {
  bool negative = false;
  while (lexer_.take_symbol("-")) negative = !negative;
  auto left = read_primary();
  while (left && lexer_.take_symbol("^")) {
    auto right = read_primary();
    if (!right) return std::nullopt;
    left = joined(Operation::power, std::move(*left), std::move(*right));
  }
  if (left && negative) return with(Operation::negate, std::move(*left));
  return left;
}

ExpressionParser::Read ExpressionParser::read_primary() {
  Expression constant;
  switch (lexer_.peek().kind) {
    case Token::Kind::text:
      constant.constant = Value::text(lexer_.take().text);
      return constant;
    case Token::Kind::number: {
      constant.constant = Value::number(Value::text(lexer_.take().text).as_number().value_or(0));
      return constant;
    }
    case Token::Kind::quoted_name:
      return field(lexer_.take());
    case Token::Kind::name:
      return read_name();
    default:
      break;
  }
  if (lexer_.take_symbol("(")) {
    auto inner = read();
    if (!inner || !expect(")")) return std::nullopt;
    return inner;
  }
  fail_unexpected();
  return std::nullopt;
}

ExpressionParser::Read ExpressionParser::read_name() {
  const auto name = lexer_.take();
  if (lexer_.is_symbol("(")) return read_call(name);
  const auto word = lower_case(name.text);
  if (!symbols_.is_defined(name.text) && (word == "true" || word == "false")) {
    Expression constant;
    constant.constant = Value::truth(word == "true");
    return constant;
  }
  return field(name);
}

ExpressionParser::Read ExpressionParser::field(const Token& name) {
  Expression expression;
  // A path into what jsonParse gave to a name.
  for (auto dot = name.text.find('.'); dot != std::string::npos && !symbols_.is_defined(name.text);
       dot = name.text.find('.', dot + 1)) {
    if (!symbols_.is_defined(name.text.substr(0, dot))) continue;
    Expression root;
    root.operation = Operation::field;
    root.slot = *symbols_.find(name.text.substr(0, dot));
    expression = with(Operation::json_path, std::move(root));
    expression.constant = Value::text(name.text.substr(dot + 1));
    return expression;
  }
  const auto slot = symbols_.find(name.text);
  if (!slot) {
    fail({fmt::format("Unknown symbols found in or after stats: {}", name.text), name.start, name.end});
    return std::nullopt;
  }
  expression.operation = Operation::field;
  expression.slot = *slot;
  return expression;
}

// The name of a column that stats made: count(*), bin(5m).
ExpressionParser::Read ExpressionParser::read_column(const Token& name) {
  if (!symbols_.closed()) return std::nullopt;
  Lexer ahead = lexer_;
  int open = 0;
  do {
    if (ahead.is_symbol("(")) ++open;
    if (ahead.is_symbol(")")) --open;
    if (ahead.peek().kind == Token::Kind::end) return std::nullopt;
    ahead.take();
  } while (open > 0);
  Token whole = name;
  whole.text = trimmed(lexer_.text().substr(name.start, ahead.behind_last() - name.start));
  if (!symbols_.is_defined(whole.text)) return std::nullopt;
  lexer_ = ahead;
  return field(whole);
}

ExpressionParser::Read ExpressionParser::read_call(const Token& name) {
  if (auto column = read_column(name)) return column;
  const auto word = lower_case(name.text);
  if (word == "bin") return read_period_call(Operation::bin);
  if (word == "datefloor") return read_period_call(Operation::datefloor);
  if (word == "dateceil") return read_period_call(Operation::dateceil);
  Expression call;
  if (word == "ispresent") {
    call.operation = Operation::ispresent;
    return read_arguments(std::move(call), 1, 1, name);
  }
  const auto* aggregation = std::ranges::find(aggregations, word, &NamedAggregation::name);
  if (aggregation != std::end(aggregations)) return read_aggregate(name, aggregation->kind);
  if (const auto* function = find_function(word)) {
    call.operation = Operation::call;
    call.function = function->function;
    return read_arguments(std::move(call), function->min_arguments, function->max_arguments, name);
  }
  fail({fmt::format("Unknown function: {}", name.text), name.start, name.end, word == "unmask"});
  return std::nullopt;
}

ExpressionParser::Read ExpressionParser::read_arguments(Expression call, std::size_t min, std::size_t max,
                                                        const Token& name) {
  lexer_.take();
  while (!lexer_.is_symbol(")")) {
    auto argument = read();
    if (!argument) return std::nullopt;
    call.arguments.push_back(std::move(*argument));
    if (!lexer_.take_symbol(",")) break;
  }
  if (!expect(")")) return std::nullopt;
  if (call.arguments.size() >= min && call.arguments.size() <= max) return call;
  fail({fmt::format("Invalid arguments for: {}", name.text), name.start, lexer_.behind_last()});
  return std::nullopt;
}

// bin(5m); datefloor(field, 1h).
ExpressionParser::Read ExpressionParser::read_period_call(Operation operation) {
  lexer_.take();
  Expression call;
  call.operation = operation;
  if (operation != Operation::bin || lexer_.peek().kind != Token::Kind::period) {
    auto of = read();
    if (!of || !expect(",")) return std::nullopt;
    call.arguments.push_back(std::move(*of));
  }
  const auto period = lexer_.peek().kind == Token::Kind::period ? period_of(lexer_.peek().text) : std::nullopt;
  if (!period) {
    fail_unexpected();
    return std::nullopt;
  }
  call.period = *period;
  lexer_.take();
  if (call.arguments.empty()) {
    Token timestamp;
    timestamp.text = "@timestamp";
    auto of = field(timestamp);
    if (!of) return std::nullopt;
    call.arguments.push_back(std::move(*of));
  }
  if (!expect(")")) return std::nullopt;
  return call;
}

ExpressionParser::Read ExpressionParser::read_aggregate(const Token& name, Aggregation kind) {
  if (aggregates_ == nullptr || in_aggregate_) {
    fail({fmt::format("Aggregate function {} is only allowed in stats", name.text), name.start, name.end});
    return std::nullopt;
  }
  Aggregate aggregate{kind, std::nullopt};
  lexer_.take();
  in_aggregate_ = true;
  if (kind == Aggregation::count && (lexer_.take_symbol("*") || lexer_.is_symbol(")"))) {
    // Every row.
  } else {
    aggregate.of = read();
    if (!aggregate.of) return std::nullopt;
  }
  in_aggregate_ = false;
  if (kind == Aggregation::pct && lower_case(name.text) != "median") {
    const auto percent = lexer_.take_symbol(",") && lexer_.peek().kind == Token::Kind::number
                             ? Value::text(lexer_.peek().text).as_number()
                             : std::nullopt;
    if (!percent || *percent < 0 || *percent > 100) {
      fail_unexpected();
      return std::nullopt;
    }
    aggregate.percent = *percent;
    lexer_.take();
  }
  if (!expect(")")) return std::nullopt;
  Expression result;
  result.operation = Operation::aggregate;
  result.slot = aggregates_->size();
  aggregates_->push_back(std::move(aggregate));
  return result;
}

}  // namespace understudy::cloudwatch_logs::insights
