// The value of an expression for a row.
#pragma once

#include <span>

#include "cloudwatch_logs/insights/query.h"
#include "cloudwatch_logs/insights/row.h"

namespace understudy::cloudwatch_logs::insights {

// `aggregates` are the results of a stats command, for its terms.
Value evaluate(const Expression& expression, Row& row, std::span<const Value> aggregates = {});

}  // namespace understudy::cloudwatch_logs::insights
