#include "query/selection.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>

#include "query/matcher.h"

namespace understudy::query {
namespace {

Cell cell_of(const Groups::Member& value, const Dictionary* texts) {
  if (value.tag == Groups::absent) return {};
  switch (static_cast<Type>(value.tag)) {
    case Type::string:
      return std::string(texts->text_of(static_cast<Dictionary::Code>(value.bits)));
    case Type::floating:
      return std::bit_cast<double>(value.bits);
    case Type::integer:
      return std::bit_cast<std::int64_t>(value.bits);
    case Type::boolean:
      break;
  }
  return value.bits != 0;
}

class Selector {
 public:
  explicit Selector(const Question& question) : question_(question) {
    result_.levels.resize(question.breakdowns.size());
    for (const Calculation& calculation : question.calculations) {
      if (calculation.operation == Operation::count) continue;
      if (calculation.operation == Operation::count_distinct) {
        (void)result_.distinct[calculation.column];
      } else {
        (void)result_.numbers[calculation.column];
      }
    }
    distinct_.resize(result_.distinct.size());
  }

  void reserve(std::span<const Source> sources) {
    std::size_t rows = 0;
    for (const Source& source : sources) rows += source.rows;
    result_.weights.reserve(rows);
    result_.times.reserve(rows);
    result_.groups.reserve(rows);
    for (auto& [column, numbers] : result_.numbers) numbers.reserve(rows);
    for (auto& [column, distinct] : result_.distinct) distinct.reserve(rows);
  }

  void add(const Source& source) {
    const Table& table = *source.table;
    result_.texts = &table.texts();
    std::vector<Matcher> matchers;
    matchers.reserve(question_.conditions.size());
    for (const Condition& condition : question_.conditions)
      matchers.emplace_back(condition, source.find(condition.column), table.texts());
    for (std::size_t chunk = 0; chunk * chunk_rows < source.rows; ++chunk) {
      if (table.latest(chunk) < question_.start_ns || table.earliest(chunk) >= question_.end_ns) continue;
      choose_rows(table, chunk, std::min(source.rows - chunk * chunk_rows, chunk_rows), matchers);
      if (!rows_.empty()) take(source, chunk);
    }
  }

  Selection finish() {
    result_.group_count = result_.levels.empty() ? (result_.groups.empty() ? 0 : 1) : result_.levels.back().size();
    return std::move(result_);
  }

 private:
  void choose_rows(const Table& table, std::size_t chunk, std::size_t count, std::vector<Matcher>& matchers) {
    rows_.clear();
    all_.resize(count);
    std::iota(all_.begin(), all_.end(), std::uint16_t{0});
    if (table.earliest(chunk) >= question_.start_ns && table.latest(chunk) < question_.end_ns) {
      rows_ = all_;
    } else {
      table.times(chunk, all_, times_);
      for (std::size_t i = 0; i < count; ++i) {
        if (times_[i] >= question_.start_ns && times_[i] < question_.end_ns) rows_.push_back(all_[i]);
      }
    }
    result_.in_range += rows_.size();
    if (matchers.empty() || rows_.empty()) return;
    const bool any = question_.any_condition;
    if (any) hits_.assign(rows_.size(), 0);
    for (Matcher& matcher : matchers) {
      if (!any) hits_.assign(rows_.size(), 0);
      matcher.mark(chunk, rows_, hits_.data());
      if (!any) keep_hits();
    }
    if (any) keep_hits();
  }

  void keep_hits() {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (hits_[i] != 0) rows_[kept++] = rows_[i];
    }
    rows_.resize(kept);
  }

  void gather(const Column* column, std::size_t chunk) {
    bits_.resize(rows_.size());
    present_.resize(rows_.size());
    if (column != nullptr) return column->gather(chunk, rows_, bits_.data(), present_.data());
    std::ranges::fill(present_, std::uint8_t{0});
  }

  void take(const Source& source, std::size_t chunk) {
    const Table& table = *source.table;
    table.weights(chunk, rows_, weights_);
    result_.weights.insert(result_.weights.end(), weights_.begin(), weights_.end());
    table.times(chunk, rows_, times_);
    result_.times.insert(result_.times.end(), times_.begin(), times_.end());

    groups_.assign(rows_.size(), 0);
    for (std::size_t level = 0; level < result_.levels.size(); ++level) {
      refine(source.find(question_.breakdowns[level]), chunk, result_.levels[level], groups_);
    }
    result_.groups.insert(result_.groups.end(), groups_.begin(), groups_.end());

    for (auto& [column, numbers] : result_.numbers) take_numbers(source.find(column), chunk, numbers);
    std::size_t place = 0;
    for (auto& [column, distinct] : result_.distinct) {
      take_distinct(source.find(column), chunk, distinct_[place++], distinct);
    }
  }

  void refine(const Column* column, std::size_t chunk, Groups& level, std::vector<std::uint32_t>& groups) {
    gather(column, chunk);
    const auto tag = column == nullptr ? Groups::absent : static_cast<std::uint8_t>(column->type());
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      groups[i] = present_[i] != 0 ? level.number_of({groups[i], tag, bits_[i]})
                                   : level.number_of({groups[i], Groups::absent, 0});
    }
  }

  void take_numbers(const Column* column, std::size_t chunk, std::vector<double>& numbers) {
    const bool has = column != nullptr && (column->type() == Type::floating || column->type() == Type::integer);
    gather(has ? column : nullptr, chunk);
    const std::size_t first = numbers.size();
    numbers.resize(first + rows_.size(), std::numeric_limits<double>::quiet_NaN());
    if (!has) return;
    const Type type = column->type();
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (present_[i] != 0) numbers[first + i] = as_double(type, bits_[i]);
    }
  }

  void take_distinct(const Column* column, std::size_t chunk, Groups& values, std::vector<std::uint32_t>& distinct) {
    gather(column, chunk);
    const auto tag = column == nullptr ? Groups::absent : static_cast<std::uint8_t>(column->type());
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      distinct.push_back(present_[i] != 0 ? values.number_of({0, tag, bits_[i]}) : Selection::none);
    }
  }

  const Question& question_;
  Selection result_;
  std::vector<Groups> distinct_;
  // Of the chunk at hand.
  std::vector<std::uint16_t> all_, rows_;
  std::vector<std::uint8_t> hits_, present_;
  std::vector<std::uint64_t> bits_, weights_;
  std::vector<std::int64_t> times_;
  std::vector<std::uint32_t> groups_;
};

}  // namespace

const Column* Source::find(std::string_view column) const {
  const auto found = std::ranges::find(worked_out, column, &Column::name);
  return found == worked_out.end() ? table->find(column) : &*found;
}

Cell Selection::breakdown(std::size_t group, std::size_t level) const {
  auto at = static_cast<std::uint32_t>(group);
  for (std::size_t deeper = levels.size() - 1; deeper > level; --deeper) at = levels[deeper][at].parent;
  return cell_of(levels[level][at], texts);
}

std::vector<Cell> Selection::breakdowns(std::size_t group) const {
  std::vector<Cell> cells;
  for (std::size_t level = 0; level < levels.size(); ++level) cells.push_back(breakdown(group, level));
  return cells;
}

Selection select(const Question& question, std::span<const Source> sources) {
  Selector selector(question);
  if (question.conditions.empty()) selector.reserve(sources);
  for (const Source& source : sources) selector.add(source);
  return selector.finish();
}

}  // namespace understudy::query
