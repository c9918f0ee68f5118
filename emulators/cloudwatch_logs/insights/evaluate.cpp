#include "cloudwatch_logs/insights/evaluate.h"

#include <re2/re2.h>

#include <algorithm>
#include <cmath>

#include "cloudwatch_logs/insights/functions.h"
#include "cloudwatch_logs/insights/json.h"

namespace understudy::cloudwatch_logs::insights {
namespace {

double calculate(Operation operation, double left, double right) {
  switch (operation) {
    case Operation::add:
      return left + right;
    case Operation::subtract:
      return left - right;
    case Operation::multiply:
      return left * right;
    case Operation::divide:
      return left / right;
    case Operation::modulo:
      return std::fmod(left, right);
    default:
      return std::pow(left, right);
  }
}

// What is missing compares with nothing, != included [guess].
bool compare(Operation operation, const Value& left, const Value& right) {
  if (!left.present() || !right.present()) return false;
  const int order = Value::compare(left, right);
  switch (operation) {
    case Operation::equal:
      return order == 0;
    case Operation::not_equal:
      return order != 0;
    case Operation::less:
      return order < 0;
    case Operation::less_equal:
      return order <= 0;
    case Operation::greater:
      return order > 0;
    default:
      return order >= 0;
  }
}

bool is_text_in(const Expression& test, const Value& value) {
  if (!value.present()) return false;
  std::string storage;
  auto text = value.text_view();
  if (value.kind() != Value::Kind::text) text = storage = value.as_text();
  if (test.operation == Operation::contains) return text.contains(test.constant.text_view());
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *test.regex);
}

Value in_period(const Expression& expression, const Value& value) {
  const auto number = value.as_number();
  // What a time can hold without overflow behind a ceiling.
  if (!number || std::abs(*number) > 2.5e14) return Value::missing();
  const auto time = static_cast<std::int64_t>(*number);
  return Value::time(expression.operation == Operation::dateceil ? ceil_time(time, expression.period)
                                                                 : floor_time(time, expression.period));
}

Value call(const Expression& expression, Row& row, std::span<const Value> aggregates) {
  std::vector<Value> values;
  for (const auto& argument : expression.arguments) values.push_back(evaluate(argument, row, aggregates));
  return expression.function(values);
}

bool is_one_of(const Expression& expression, Row& row, std::span<const Value> aggregates) {
  const auto value = evaluate(expression.arguments.front(), row, aggregates);
  return std::any_of(expression.arguments.begin() + 1, expression.arguments.end(), [&](const Expression& item) {
    return compare(Operation::equal, value, evaluate(item, row, aggregates));
  });
}

}  // namespace

Value evaluate(const Expression& expression, Row& row, std::span<const Value> aggregates) {
  const auto argument = [&](std::size_t i) { return evaluate(expression.arguments[i], row, aggregates); };
  switch (expression.operation) {
    case Operation::field:
      return row.get(expression.slot);
    case Operation::constant:
      return expression.constant;
    case Operation::aggregate:
      return expression.slot < aggregates.size() ? aggregates[expression.slot] : Value::missing();
    case Operation::negate: {
      const auto number = argument(0).as_number();
      return number ? Value::number(-*number) : Value::missing();
    }
    case Operation::add:
    case Operation::subtract:
    case Operation::multiply:
    case Operation::divide:
    case Operation::modulo:
    case Operation::power: {
      const auto left = argument(0).as_number();
      const auto right = argument(1).as_number();
      return left && right ? Value::number(calculate(expression.operation, *left, *right)) : Value::missing();
    }
    case Operation::equal:
    case Operation::not_equal:
    case Operation::less:
    case Operation::less_equal:
    case Operation::greater:
    case Operation::greater_equal:
      return Value::truth(compare(expression.operation, argument(0), argument(1)));
    case Operation::both:
      return Value::truth(argument(0).holds() && argument(1).holds());
    case Operation::either:
      return Value::truth(argument(0).holds() || argument(1).holds());
    case Operation::negation:
      return Value::truth(!argument(0).holds());
    case Operation::matches:
    case Operation::contains:
      return Value::truth(is_text_in(expression, argument(0)));
    case Operation::one_of:
      return Value::truth(is_one_of(expression, row, aggregates));
    case Operation::call:
      return call(expression, row, aggregates);
    case Operation::ispresent:
      return Value::truth(argument(0).present());
    case Operation::bin:
    case Operation::datefloor:
    case Operation::dateceil:
      return in_period(expression, argument(0));
    case Operation::json_path:
      return at_path(argument(0).as_text(), expression.constant.text_view());
  }
  return Value::missing();
}

}  // namespace understudy::cloudwatch_logs::insights
