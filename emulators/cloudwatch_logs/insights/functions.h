// The functions of the query language that take ready values, by name.
#pragma once

#include <cstddef>
#include <string_view>

#include "cloudwatch_logs/insights/query.h"

namespace understudy::cloudwatch_logs::insights {

struct NamedFunction {
  std::string_view name;  // in lower case
  std::size_t min_arguments;
  std::size_t max_arguments;
  Function function;
};

// Null if there is none of that name, in any case.
const NamedFunction* find_function(std::string_view name);

// The start of the period that the time lies in, and the start of the next one unless it is a start itself.
std::int64_t floor_time(std::int64_t unix_ms, const Period& period);
std::int64_t ceil_time(std::int64_t unix_ms, const Period& period);

}  // namespace understudy::cloudwatch_logs::insights
