#include "cloudwatch_logs/insights/aggregate.h"

#include <algorithm>
#include <cmath>

#include "cloudwatch_logs/insights/evaluate.h"

namespace understudy::cloudwatch_logs::insights {

void Accumulator::add(Row& row) {
  if (!aggregate_->of) {
    ++count_;
    return;
  }
  const auto value = evaluate(*aggregate_->of, row);
  if (!value.present()) return;
  switch (aggregate_->kind) {
    case Aggregation::count:
      ++count_;
      break;
    case Aggregation::count_distinct:
      distinct_.insert(value.as_text());
      break;
    case Aggregation::sum:
    case Aggregation::avg:
    case Aggregation::stddev:
    case Aggregation::pct:
      add_number(value);
      break;
    default:
      add_ranked(row, value);
      break;
  }
}

void Accumulator::add_number(const Value& value) {
  const auto number = value.as_number();
  if (!number) return;
  ++count_;
  sum_ += *number;
  const double off = *number - mean_;
  mean_ += off / static_cast<double>(count_);
  squares_ += off * (*number - mean_);
  if (aggregate_->kind == Aggregation::pct) numbers_.push_back(*number);
}

void Accumulator::add_ranked(Row& row, const Value& value) {
  const auto kind = aggregate_->kind;
  bool better = !best_.present();
  if (!better && kind == Aggregation::earliest) better = row.timestamp_ms() < best_time_ms_;
  if (!better && kind == Aggregation::latest) better = row.timestamp_ms() > best_time_ms_;
  if (!better && (kind == Aggregation::min || kind == Aggregation::sorts_first))
    better = Value::compare(value, best_) < 0;
  if (!better && (kind == Aggregation::max || kind == Aggregation::sorts_last))
    better = Value::compare(value, best_) > 0;
  if (!better) return;
  best_ = value;
  best_time_ms_ = row.timestamp_ms();
}

Value Accumulator::result() {
  const auto count = static_cast<double>(count_);
  switch (aggregate_->kind) {
    case Aggregation::count:
      return Value::number(count);
    case Aggregation::count_distinct:
      return Value::number(static_cast<double>(distinct_.size()));
    case Aggregation::sum:
      return count_ == 0 ? Value::missing() : Value::number(sum_);
    case Aggregation::avg:
      return count_ == 0 ? Value::missing() : Value::number(sum_ / count);
    case Aggregation::stddev:  // of a sample [guess]
      return count_ < 2 ? Value::missing() : Value::number(std::sqrt(squares_ / (count - 1)));
    case Aggregation::pct: {  // the nearest rank [guess]
      if (numbers_.empty()) return Value::missing();
      const auto rank = static_cast<std::size_t>(std::ceil(aggregate_->percent / 100 * count));
      const auto at = numbers_.begin() + static_cast<std::ptrdiff_t>(rank == 0 ? 0 : rank - 1);
      std::ranges::nth_element(numbers_, at);
      return Value::number(*at);
    }
    default:
      return best_;
  }
}

}  // namespace understudy::cloudwatch_logs::insights
