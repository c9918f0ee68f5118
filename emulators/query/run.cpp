#include "query/run.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "query/calculate.h"

namespace understudy::query {
namespace {

using recording::FilterOp;

bool is_rate(Operation operation) { return operation >= Operation::rate_average; }

std::optional<double> number_of(const Cell& cell) {
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) return static_cast<double>(*integer);
  if (const auto* number = std::get_if<double>(&cell)) return *number;
  return std::nullopt;
}

bool holds(const Having& having, const Cell& cell) {
  const auto number = number_of(cell);
  if (!number) return false;
  switch (having.op) {
    case FilterOp::equals:
      return *number == having.value;
    case FilterOp::differs:
      return *number != having.value;
    case FilterOp::greater:
      return *number > having.value;
    case FilterOp::at_least:
      return *number >= having.value;
    case FilterOp::less:
      return *number < having.value;
    case FilterOp::at_most:
      return *number <= having.value;
    default:
      return false;
  }
}

// What is absent comes before all else, then truth values, numbers, texts.
int rank_of(const Cell& cell) {
  if (std::holds_alternative<std::monostate>(cell)) return 0;
  if (std::holds_alternative<bool>(cell)) return 1;
  return std::holds_alternative<std::string>(cell) ? 3 : 2;
}

bool less(const Cell& left, const Cell& right) {
  const int rank = rank_of(left);
  if (rank != rank_of(right)) return rank < rank_of(right);
  if (rank == 1) return std::get<bool>(left) < std::get<bool>(right);
  if (rank == 3) return std::get<std::string>(left) < std::get<std::string>(right);
  return rank == 2 && number_of(left).value_or(0) < number_of(right).value_or(0);
}

// Groups cut into buckets of time.
class Buckets {
 public:
  // `ranks`: what each group is called, Selection::none for those that are left out.
  Buckets(const Question& question, const Selection& selection, const std::vector<std::uint32_t>& ranks)
      : question_(question), of_row_(selection.groups.size()) {
    for (std::size_t i = 0; i < of_row_.size(); ++i) {
      const std::uint32_t rank = ranks[selection.groups[i]];
      const auto bucket =
          static_cast<std::uint64_t>((selection.times[i] - question.start_ns) / question.granularity_ns);
      of_row_[i] = rank == Selection::none ? Selection::none : members_.number_of({rank, 0, bucket});
    }
    in_order_.resize(members_.size());
    std::iota(in_order_.begin(), in_order_.end(), 0U);
    std::ranges::sort(in_order_, {},
                      [&](std::uint32_t cell) { return std::pair(members_[cell].bits, members_[cell].parent); });
  }

  Cells cells() const { return {of_row_, members_.size()}; }
  const std::vector<std::uint32_t>& in_order() const { return in_order_; }  // by time, then rank
  std::uint32_t rank(std::uint32_t cell) const { return members_[cell].parent; }
  std::int64_t time(std::uint32_t cell) const {
    return question_.start_ns + static_cast<std::int64_t>(members_[cell].bits) * question_.granularity_ns;
  }

  // How each bucket's value differs from that of its group's bucket before; the first has nothing to differ from.
  std::vector<Cell> differences(const std::vector<Cell>& values, std::size_t ranks) const {
    std::vector<Cell> results(values.size());
    std::vector<std::optional<double>> before(ranks);
    for (const std::uint32_t cell : in_order_) {
      const auto value = number_of(values[cell]);
      if (!value) continue;
      auto& last = before[rank(cell)];
      if (last) results[cell] = *value - *last;
      last = value;
    }
    return results;
  }

 private:
  const Question& question_;
  std::vector<std::uint32_t> of_row_;
  Groups members_;
  std::vector<std::uint32_t> in_order_;
};

class Run {
 public:
  Run(const Question& question, std::span<const Source> sources)
      : question_(question), selection_(select(question, sources)) {}

  Result finish() {
    result_.matched = selection_.groups.size();
    result_.in_range = selection_.in_range;
    result_.groups = selection_.group_count;
    by_calculation_ = over(identity(), selection_.group_count);
    choose();
    for (const std::uint32_t group : chosen_) result_.rows.push_back(row(group));
    if (question_.with_series) add_series();
    if (question_.with_total) result_.total = over_all([](std::uint32_t) { return true; });
    if (question_.with_other) add_other();
    return std::move(result_);
  }

 private:
  std::vector<std::uint32_t> identity() const {
    std::vector<std::uint32_t> ranks(selection_.group_count);
    std::iota(ranks.begin(), ranks.end(), 0U);
    return ranks;
  }

  // Each calculation over groups that are called by ranks.
  std::vector<std::vector<Cell>> over(const std::vector<std::uint32_t>& ranks, std::size_t count) const {
    std::vector<std::uint32_t> of_row(selection_.groups.size());
    for (std::size_t i = 0; i < of_row.size(); ++i) of_row[i] = ranks[selection_.groups[i]];
    const Cells cells{of_row, count};
    std::vector<std::vector<Cell>> results;
    for (const Calculation& calculation : question_.calculations) {
      if (is_rate(calculation.operation)) {
        results.push_back(rates(calculation, ranks, count));
      } else if (calculation.operation == Operation::concurrency) {
        const Concurrency concurrency(selection_, calculation, cells);
        auto& peaks = results.emplace_back();
        for (std::size_t cell = 0; cell < count; ++cell) {
          peaks.emplace_back(concurrency.peak(cell, question_.start_ns, question_.end_ns));
        }
      } else {
        results.push_back(calculate(selection_, calculation, cells));
      }
    }
    return results;
  }

  // Of a group's differences their average, sum or maximum.
  std::vector<Cell> rates(const Calculation& calculation, const std::vector<std::uint32_t>& ranks,
                          std::size_t count) const {
    const Buckets buckets(question_, selection_, ranks);
    const auto differences = buckets.differences(calculate(selection_, calculation, buckets.cells()), count);
    struct Sum {
      double sum = 0, most = 0, count = 0;
    };
    std::vector<Sum> sums(count);
    for (const std::uint32_t cell : buckets.in_order()) {
      const auto number = number_of(differences[cell]);
      if (!number) continue;
      Sum& sum = sums[buckets.rank(cell)];
      sum.most = sum.count == 0 ? *number : std::max(sum.most, *number);
      sum.sum += *number;
      ++sum.count;
    }
    std::vector<Cell> results(count);
    for (std::size_t i = 0; i < count; ++i) {
      if (sums[i].count == 0) continue;
      results[i] = calculation.operation == Operation::rate_sum       ? sums[i].sum
                   : calculation.operation == Operation::rate_average ? sums[i].sum / sums[i].count
                                                                      : sums[i].most;
    }
    return results;
  }

  // Which groups are shown, in which order.
  void choose() {
    for (std::uint32_t group = 0; group < selection_.group_count; ++group) {
      const bool kept = std::ranges::all_of(question_.havings, [&](const Having& having) {
        return holds(having, by_calculation_[having.calculation][group]);
      });
      if (kept) chosen_.push_back(group);
    }
    std::vector<std::vector<Cell>> keys;  // of orders by anything but a calculation, a cell each group
    for (const Order& order : question_.orders) keys.push_back(keys_of(order));
    const auto before = [&](std::uint32_t left, std::uint32_t right) {
      for (std::size_t i = 0; i < keys.size(); ++i) {
        const Order& order = question_.orders[i];
        const auto& cells = order.by == Order::By::calculation ? by_calculation_[order.place] : keys[i];
        const Cell& first = order.descending ? cells[right] : cells[left];
        const Cell& second = order.descending ? cells[left] : cells[right];
        if (less(first, second)) return true;
        if (less(second, first)) return false;
      }
      return left < right;
    };
    const std::size_t kept = std::min(question_.limit, chosen_.size());
    std::ranges::partial_sort(chosen_, chosen_.begin() + static_cast<std::ptrdiff_t>(kept), before);
    beyond_limit_ = chosen_.size() - kept;
    chosen_.resize(kept);
  }

  std::vector<Cell> keys_of(const Order& order) const {
    std::vector<Cell> cells;
    if (order.by == Order::By::calculation) return cells;
    for (std::uint32_t group = 0; group < selection_.group_count; ++group) {
      cells.push_back(order.by == Order::By::breakdown ? selection_.breakdown(group, order.place)
                                                       : question_.derivations[order.place](row(group).calculations));
    }
    return cells;
  }

  ResultRow row(std::uint32_t group) const {
    ResultRow row{selection_.breakdowns(group), {}};
    for (const auto& cells : by_calculation_) row.calculations.push_back(cells[group]);
    return row;
  }

  std::vector<std::uint32_t> ranks_of_chosen() const {
    std::vector<std::uint32_t> ranks(selection_.group_count, Selection::none);
    for (std::size_t i = 0; i < chosen_.size(); ++i) ranks[chosen_[i]] = static_cast<std::uint32_t>(i);
    return ranks;
  }

  void add_series() {
    const auto ranks = ranks_of_chosen();
    const Buckets buckets(question_, selection_, ranks);
    std::vector<std::vector<Cell>> values;
    for (const Calculation& calculation : question_.calculations) {
      if (calculation.operation == Operation::concurrency) {
        values.push_back(peaks(calculation, ranks, buckets));
        continue;
      }
      values.push_back(calculate(selection_, calculation, buckets.cells()));
      if (is_rate(calculation.operation)) values.back() = buckets.differences(values.back(), chosen_.size());
    }
    for (const std::uint32_t cell : buckets.in_order()) {
      SeriesRow row{buckets.time(cell), buckets.rank(cell), {}};
      for (auto& cells : values) row.calculations.push_back(std::move(cells[cell]));
      result_.series.push_back(std::move(row));
    }
  }

  std::vector<Cell> peaks(const Calculation& calculation, const std::vector<std::uint32_t>& ranks,
                          const Buckets& buckets) const {
    std::vector<std::uint32_t> of_row(selection_.groups.size());
    for (std::size_t i = 0; i < of_row.size(); ++i) of_row[i] = ranks[selection_.groups[i]];
    const Concurrency concurrency(selection_, calculation, {of_row, chosen_.size()});
    std::vector<Cell> results(buckets.cells().count);
    for (const std::uint32_t cell : buckets.in_order()) {
      const std::int64_t from = buckets.time(cell);
      results[cell] = concurrency.peak(buckets.rank(cell), from, from + question_.granularity_ns);
    }
    return results;
  }

  // One row over all groups that `wanted` says.
  template <typename Wanted>
  ResultRow over_all(Wanted wanted) const {
    std::vector<std::uint32_t> ranks(selection_.group_count, Selection::none);
    for (std::uint32_t group = 0; group < ranks.size(); ++group) {
      if (wanted(group)) ranks[group] = 0;
    }
    ResultRow row;
    for (auto& cells : over(ranks, 1)) row.calculations.push_back(std::move(cells.front()));
    return row;
  }

  void add_other() {
    if (beyond_limit_ == 0) return;
    const auto ranks = ranks_of_chosen();
    result_.other = over_all([&](std::uint32_t group) { return ranks[group] == Selection::none; });
  }

  const Question& question_;
  const Selection selection_;
  Result result_;
  std::vector<std::vector<Cell>> by_calculation_;  // a cell each group
  std::vector<std::uint32_t> chosen_;
  std::size_t beyond_limit_ = 0;
};

}  // namespace

Result run(const Question& question, std::span<const Source> sources) { return Run(question, sources).finish(); }

}  // namespace understudy::query
