#include "query/calculate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

#include "query/groups.h"

namespace understudy::query {
namespace {

// Calls with cell, number and weight of each row that has a number and a cell.
template <typename Visit>
void for_each_number(const Selection& selection, const Calculation& calculation, const Cells& cells, Visit visit) {
  const std::vector<double>& numbers = selection.numbers.find(calculation.column)->second;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (cells.of_row[i] == Selection::none || std::isnan(numbers[i])) continue;
    visit(cells.of_row[i], numbers[i], selection.weights[i]);
  }
}

std::vector<Cell> count(const Selection& selection, const Cells& cells) {
  std::vector<std::uint64_t> counts(cells.count);
  for (std::size_t i = 0; i < cells.of_row.size(); ++i) {
    if (cells.of_row[i] != Selection::none) counts[cells.of_row[i]] += selection.weights[i];
  }
  std::vector<Cell> results;
  results.reserve(cells.count);
  for (const std::uint64_t each : counts) results.emplace_back(static_cast<std::int64_t>(each));
  return results;
}

std::vector<Cell> count_distinct(const Selection& selection, const Calculation& calculation, const Cells& cells) {
  const std::vector<std::uint32_t>& values = selection.distinct.find(calculation.column)->second;
  std::vector<std::int64_t> counts(cells.count);
  Groups seen;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (cells.of_row[i] == Selection::none || values[i] == Selection::none) continue;
    const std::size_t before = seen.size();
    (void)seen.number_of({cells.of_row[i], 0, values[i]});
    if (seen.size() > before) ++counts[cells.of_row[i]];
  }
  return {counts.begin(), counts.end()};
}

struct Sum {
  double sum = 0;
  double weight = 0;
  double least = std::numeric_limits<double>::infinity();
  double most = -std::numeric_limits<double>::infinity();
};

Cell result_of(Operation operation, const Sum& sum) {
  if (sum.weight == 0) return {};
  switch (operation) {
    case Operation::sum:
    case Operation::rate_sum:
      return sum.sum;
    case Operation::average:
    case Operation::rate_average:
      return sum.sum / sum.weight;
    case Operation::minimum:
      return sum.least;
    default:
      return sum.most;
  }
}

std::vector<Cell> summarise(const Selection& selection, const Calculation& calculation, const Cells& cells) {
  std::vector<Sum> sums(cells.count);
  for_each_number(selection, calculation, cells, [&](std::uint32_t cell, double number, std::uint64_t weight) {
    Sum& sum = sums[cell];
    sum.sum += number * static_cast<double>(weight);
    sum.weight += static_cast<double>(weight);
    sum.least = std::min(sum.least, number);
    sum.most = std::max(sum.most, number);
  });
  std::vector<Cell> results;
  results.reserve(cells.count);
  for (const Sum& sum : sums) results.push_back(result_of(calculation.operation, sum));
  return results;
}

// ---- percentiles

using Weighted = std::pair<double, std::uint64_t>;

double value_at(std::span<Weighted> values, double share) {
  std::ranges::sort(values);
  long double all = 0;
  for (const auto& [number, weight] : values) all += static_cast<long double>(weight);
  const long double wanted = all * static_cast<long double>(share);
  long double passed = 0;
  for (const auto& [number, weight] : values) {
    passed += static_cast<long double>(weight);
    if (passed >= wanted) return number;
  }
  return values.back().first;
}

double value_at(std::span<double> values, double share) {
  const auto rank = static_cast<std::size_t>(std::ceil(static_cast<double>(values.size()) * share));
  const std::size_t index = std::clamp<std::size_t>(rank, 1, values.size()) - 1;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(index);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

// Where each cell's values begin, once they stand cell by cell.
std::vector<std::size_t> beginnings(const Selection& selection, const Calculation& calculation, const Cells& cells) {
  std::vector<std::size_t> begins(cells.count + 1);
  for_each_number(selection, calculation, cells,
                  [&](std::uint32_t cell, double, std::uint64_t) { ++begins[cell + 1]; });
  std::partial_sum(begins.begin(), begins.end(), begins.begin());
  return begins;
}

template <typename Value, typename Make>
std::vector<Cell> percentiles(const Selection& selection, const Calculation& calculation, const Cells& cells,
                              Make make) {
  const std::vector<std::size_t> begins = beginnings(selection, calculation, cells);
  std::vector<std::size_t> next(begins.begin(), begins.end() - 1);
  std::vector<Value> values(begins.back());
  for_each_number(selection, calculation, cells, [&](std::uint32_t cell, double number, std::uint64_t weight) {
    values[next[cell]++] = make(number, weight);
  });
  std::vector<Cell> results(cells.count);
  for (std::size_t cell = 0; cell < cells.count; ++cell) {
    const std::span<Value> own(values.data() + begins[cell], begins[cell + 1] - begins[cell]);
    if (!own.empty()) results[cell] = value_at(own, calculation.share);
  }
  return results;
}

std::vector<Cell> percentiles(const Selection& selection, const Calculation& calculation, const Cells& cells) {
  const auto& weights = selection.weights;
  if (std::ranges::adjacent_find(weights, std::not_equal_to()) == weights.end()) {  // all weigh the same
    return percentiles<double>(selection, calculation, cells, [](double number, std::uint64_t) { return number; });
  }
  return percentiles<Weighted>(selection, calculation, cells,
                               [](double number, std::uint64_t weight) { return Weighted(number, weight); });
}

// ---- heat maps

// How wide a bucket is so that some 50 of them reach from the least value to the most: 1, 2 or 5 times a power of ten.
double width_of_buckets(double least, double most) {
  constexpr double wanted = 50;
  const double exact = (most - least) / wanted;
  if (!(exact > 0) || !std::isfinite(exact)) return 1;
  const double power = std::pow(10.0, std::floor(std::log10(exact)));
  for (const double step : {1.0, 2.0, 5.0}) {
    if (step * power >= exact) return step * power;
  }
  return 10 * power;
}

std::vector<Cell> heatmaps(const Selection& selection, const Calculation& calculation, const Cells& cells) {
  Sum all;
  for_each_number(selection, calculation, cells, [&](std::uint32_t, double number, std::uint64_t) {
    all.least = std::min(all.least, number);
    all.most = std::max(all.most, number);
  });
  const double width = width_of_buckets(all.least, all.most);
  std::vector<std::map<double, double>> maps(cells.count);
  for_each_number(selection, calculation, cells, [&](std::uint32_t cell, double number, std::uint64_t weight) {
    maps[cell][std::floor(number / width)] += static_cast<double>(weight);
  });
  std::vector<Cell> results(cells.count);
  for (std::size_t cell = 0; cell < cells.count; ++cell) {
    if (maps[cell].empty()) continue;
    Heatmap heatmap;
    for (const auto& [bucket, weight] : maps[cell]) heatmap.emplace_back(bucket * width, weight);
    results[cell] = std::move(heatmap);
  }
  return results;
}

}  // namespace

std::vector<Cell> calculate(const Selection& selection, const Calculation& calculation, const Cells& cells) {
  switch (calculation.operation) {
    case Operation::count:
      return count(selection, cells);
    case Operation::count_distinct:
      return count_distinct(selection, calculation, cells);
    case Operation::percentile:
      return percentiles(selection, calculation, cells);
    case Operation::heatmap:
      return heatmaps(selection, calculation, cells);
    default:
      return summarise(selection, calculation, cells);
  }
}

Concurrency::Concurrency(const Selection& selection, const Calculation& calculation, const Cells& cells)
    : cells_(cells.count) {
  constexpr double ns_per_ms = 1e6;
  constexpr double longest = 9e18;
  const std::vector<double>& durations = selection.numbers.find(calculation.column)->second;
  for (std::size_t i = 0; i < durations.size(); ++i) {
    if (cells.of_row[i] == Selection::none || !(durations[i] >= 0)) continue;
    const auto length = static_cast<std::int64_t>(std::min(durations[i] * ns_per_ms, longest));
    const std::int64_t start = selection.times[i];
    Times& times = cells_[cells.of_row[i]];
    times.starts.push_back(start);
    // A span of no length goes on for its one instant.
    const std::int64_t end = start > INT64_MAX - length ? INT64_MAX : start + std::max<std::int64_t>(length, 1);
    times.ends.push_back(end);
  }
  for (Times& times : cells_) {
    std::ranges::sort(times.starts);
    std::ranges::sort(times.ends);
  }
}

std::int64_t Concurrency::peak(std::size_t cell, std::int64_t from_ns, std::int64_t to_ns) const {
  const auto& [starts, ends] = cells_[cell];
  auto start = std::ranges::lower_bound(starts, from_ns);
  auto end = std::ranges::upper_bound(ends, from_ns);
  const auto going_on = [&] { return (start - starts.begin()) - (end - ends.begin()); };
  std::int64_t most = going_on();
  for (; start != starts.end() && *start < to_ns;) {
    while (end != ends.end() && *end <= *start) ++end;
    ++start;
    most = std::max<std::int64_t>(most, going_on());
  }
  return most;
}

}  // namespace understudy::query
