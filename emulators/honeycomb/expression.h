// The language of calculated fields, derived columns and formulas: functions, operators and $columns.
// [docs: Honeycomb docs, calculated field formula reference]
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace understudy::honeycomb {

// A value while it is worked out; monostate: null.
using Scalar = std::variant<std::monostate, bool, std::int64_t, double, std::string>;

struct ExpressionError {
  std::size_t offset = 0;
  std::string detail;  // for a person
};

// What an expression reads of one row.
struct ExpressionRow {
  std::span<const Scalar> columns;  // in the order of Expression::columns()
  std::int64_t time_ns = 0;
  std::int64_t ingested_ns = 0;
};

struct ExpressionNode;

// A parsed expression. Pure and immutable: any thread. Copies share what they hold.
class Expression {
 public:
  static std::expected<Expression, ExpressionError> parse(std::string_view text);

  // The columns that it names, each once.
  const std::vector<std::string>& columns() const { return columns_; }
  Scalar evaluate(const ExpressionRow& row) const;

 private:
  std::shared_ptr<const ExpressionNode> root_;
  std::vector<std::string> columns_;
};

}  // namespace understudy::honeycomb
