// Columns that a question works out of a dataset's own: calculated fields, and columns that a calculation's own filters
// have thinned.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "honeycomb/expression.h"
#include "query/question.h"
#include "query/selection.h"

namespace understudy::honeycomb {

struct CalculatedField {
  std::string name;
  Expression expression;
};

// What of a table is looked at: other rows need no value.
struct Span {
  std::int64_t start_ns;
  std::int64_t end_ns;
};

// Those of the fields that are wanted, and those that they name in turn. Fields may name each other in any order; those
// that name themselves are null. Numbers become fractions, for one column holds both; the first value decides between
// number, text and truth, as it does for data.
std::vector<query::Column> work_out(const std::vector<CalculatedField>& fields, const std::vector<std::string>& wanted,
                                    const query::Table& table, std::size_t rows, Span span, query::Dictionary& texts);

// A column's values in the rows that meet the conditions; without a column the number 1.
struct Thinned {
  std::string name;
  std::string column;
  std::vector<query::Condition> conditions;
  bool any_condition = false;
};
query::Column thin(const Thinned& thinned, const query::Source& source, Span span, query::Dictionary& texts);

}  // namespace understudy::honeycomb
