// The running results of a stats command for one group of rows.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "cloudwatch_logs/insights/query.h"
#include "cloudwatch_logs/insights/row.h"

namespace understudy::cloudwatch_logs::insights {

class Accumulator {
 public:
  explicit Accumulator(const Aggregate& aggregate) : aggregate_(&aggregate) {}
  void add(Row& row);
  Value result();

 private:
  void add_number(const Value& value);
  void add_ranked(Row& row, const Value& value);

  const Aggregate* aggregate_;
  std::uint64_t count_ = 0;
  double sum_ = 0;
  double mean_ = 0;  // with `squares_`, the way of Welford
  double squares_ = 0;
  Value best_;
  std::int64_t best_time_ms_ = 0;
  std::vector<double> numbers_;
  std::unordered_set<std::string> distinct_;
};

}  // namespace understudy::cloudwatch_logs::insights
