// Expressions of a Logs Insights query, for parser.cpp alone.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cloudwatch_logs/insights/lexer.h"
#include "cloudwatch_logs/insights/query.h"
#include "cloudwatch_logs/insights/symbols.h"

namespace understudy::cloudwatch_logs::insights {

// Each read_... returns nothing once error() is set.
class ExpressionParser {
 public:
  ExpressionParser(Lexer& lexer, Symbols& symbols) : lexer_(lexer), symbols_(symbols) {}

  std::optional<Expression> read();
  // Aggregates of a stats command go here while it is read; elsewhere there are none.
  void collect_aggregates(std::vector<Aggregate>* into) { aggregates_ = into; }
  // A regular expression between slashes. In Java's dialect, of which RE2 knows all but looking around and back.
  std::shared_ptr<const re2::RE2> read_regex();

  void fail(QueryError error);
  void fail_unexpected();  // at the word that stands next
  const std::optional<QueryError>& error() const { return error_; }

 private:
  using Read = std::optional<Expression>;

  Read joined(Operation operation, Expression left, Expression right);
  Read read_either();
  Read read_both();
  Read read_negation();
  Read read_comparison();
  Read read_like(Expression left, bool negated);
  Read read_list(Expression left, bool negated);
  Read read_sum();
  Read read_product();
  Read read_power();
  Read read_primary();
  Read read_name();
  Read read_column(const Token& name);
  Read read_call(const Token& name);
  Read read_aggregate(const Token& name, Aggregation kind);
  Read read_period_call(Operation operation);
  Read read_arguments(Expression call, std::size_t min, std::size_t max, const Token& name);
  Read field(const Token& name);
  bool expect(std::string_view symbol);
  Read finished(Expression expression, std::size_t start) const;

  Lexer& lexer_;
  Symbols& symbols_;
  std::vector<Aggregate>* aggregates_ = nullptr;
  bool in_aggregate_ = false;
  int depth_ = 0;
  int operators_ = 0;
  std::optional<QueryError> error_;
};

// The text without what stands around it, as it names a column.
std::string_view trimmed(std::string_view text);

}  // namespace understudy::cloudwatch_logs::insights
