// A question to tables, and its answer. What a vendor's query language compiles to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "recording/filter.h"

namespace understudy::query {

// What a condition compares with.
using Constant = std::variant<std::string, std::int64_t, double, bool>;

// `column op value`; "in" and "not-in" take several values, the two about existence none. A row without the column
// meets does-not-exist alone. A constant is read as the column's type: "200" is a number to a number column, 200 is a
// text to a text column; what cannot be read so equals nothing.
struct Condition {
  std::string column;
  recording::FilterOp op = recording::FilterOp::exists;
  std::vector<Constant> values;
};

enum class Operation : std::uint8_t {
  count,           // the sum of weights
  concurrency,     // the most rows that go on at once, from their time on for as many ms as the column says
  sum,             // each value times its weight
  average,         // that sum through the sum of weights of rows that have a value
  count_distinct,  // values, unweighted
  heatmap,         // how the values spread
  maximum,
  minimum,
  percentile,    // the smallest value that `share` of the weight does not exceed
  rate_average,  // how the average, the sum, the maximum changes from one bucket of time to the next
  rate_sum,
  rate_maximum,
};

struct Calculation {
  Operation operation = Operation::count;
  double share = 0;    // of percentile: 0.99
  std::string column;  // all but count

  friend bool operator==(const Calculation&, const Calculation&) = default;
};

struct Having {
  std::size_t calculation = 0;  // which
  recording::FilterOp op = recording::FilterOp::greater;
  double value = 0;
};

// How much weight lies at values from a bound up to the next; bounds ascend.
using Heatmap = std::vector<std::pair<double, double>>;
using Cell = std::variant<std::monostate, bool, std::int64_t, double, std::string, Heatmap>;

// Worked out of a row's calculations.
using Derivation = std::function<Cell(const std::vector<Cell>& calculations)>;

struct Order {
  enum class By : std::uint8_t { calculation, breakdown, derivation };
  std::size_t place = 0;  // which of them
  By by = By::calculation;
  bool descending = true;
};

struct Question {
  std::int64_t start_ns = 0;  // from here
  std::int64_t end_ns = 0;    // to before here
  std::int64_t granularity_ns = 1;
  std::vector<std::string> breakdowns;
  std::vector<Calculation> calculations;
  std::vector<Condition> conditions;
  bool any_condition = false;  // one of them suffices
  std::vector<Having> havings;
  std::vector<Derivation> derivations;  // to order by
  std::vector<Order> orders;            // where they tie, the group that was seen first
  std::size_t limit = 100;
  bool with_series = false;
  bool with_total = false;
  bool with_other = false;
};

struct ResultRow {
  std::vector<Cell> breakdowns;
  std::vector<Cell> calculations;
};

struct SeriesRow {
  std::int64_t time_ns = 0;  // where the bucket begins
  std::size_t row = 0;       // whose breakdowns
  std::vector<Cell> calculations;
};

struct Result {
  std::vector<ResultRow> rows;
  std::vector<SeriesRow> series;  // by time, then row; buckets without rows are left out
  std::optional<ResultRow> total;
  std::optional<ResultRow> other;  // of the groups beyond the limit; nothing if there are none
  std::size_t groups = 0;          // before havings and limit
  std::uint64_t matched = 0;       // rows
  std::uint64_t in_range = 0;      // rows, before conditions
};

}  // namespace understudy::query
