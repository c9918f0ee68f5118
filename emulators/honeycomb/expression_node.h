// An expression's parts, and the functions that they call: for parser and evaluation only.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "honeycomb/expression.h"

namespace re2 {
class RE2;
}

namespace understudy::honeycomb {

struct ExpressionFunction;

struct ExpressionNode {
  const ExpressionFunction* function = nullptr;  // null: a constant or a column
  std::vector<ExpressionNode> arguments;
  Scalar constant;
  std::size_t column = not_a_column;
  std::shared_ptr<const re2::RE2> pattern;  // of the functions that take one

  static constexpr std::size_t not_a_column = static_cast<std::size_t>(-1);
};

struct ExpressionCall {
  std::span<const Scalar> arguments;
  const ExpressionNode& node;
  const ExpressionRow& row;
};

struct ExpressionFunction {
  static constexpr std::size_t any = static_cast<std::size_t>(-1);

  std::string_view name;
  std::size_t least_arguments;
  std::size_t most_arguments;
  Scalar (*apply)(const ExpressionCall& call);
  bool takes_pattern = false;  // its second argument is a regular expression, written as text
};

// Null: there is none of that name. Names compare without case. [guess]
const ExpressionFunction* find_function(std::string_view name);
std::vector<std::string_view> function_names();

}  // namespace understudy::honeycomb
