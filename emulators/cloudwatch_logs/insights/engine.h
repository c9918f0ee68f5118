// Runs a Logs Insights query over blocks of events.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "cloudwatch_logs/insights/query.h"
#include "cloudwatch_logs/insights/row.h"

namespace understudy::cloudwatch_logs::insights {

struct Results {
  using Fields = std::vector<std::pair<std::string, std::string>>;  // name and value; what is missing is left out
  std::vector<Fields> rows;
  std::uint64_t matched = 0;
  std::uint64_t scanned = 0;
  std::uint64_t bytes = 0;
};

// Over the events of [first_ms, last_ms], both inclusive, newest first. `limit` stands in for a query without a limit
// of its own.
struct Range {
  std::int64_t first_ms;
  std::int64_t last_ms;
};
Results run(const Query& query, const std::vector<Block>& blocks, const Range& range, std::size_t limit);

}  // namespace understudy::cloudwatch_logs::insights
