// From the text of a Logs Insights query to what it means.
#pragma once

#include <expected>
#include <string_view>

#include "cloudwatch_logs/insights/query.h"

namespace understudy::cloudwatch_logs::insights {

// Every name and every function is looked up here, so that a query that cannot be run is refused before it starts.
std::expected<Query, QueryError> parse_query(std::string_view text);

}  // namespace understudy::cloudwatch_logs::insights
