#include "query/table.h"

#include <algorithm>
#include <functional>

namespace understudy::query {

void Table::begin_entry(std::uint64_t entry, std::int64_t moment_ns) {
  entry_ = entry;
  moment_ns_ = moment_ns;
}

void Table::begin_row(std::int64_t time_ns, std::int64_t weight) {
  if (marks_.empty() || marks_.back().entry != entry_) marks_.push_back({entry_, rows_, moment_ns_});
  const std::size_t row = rows_++;
  if (row % chunk_rows == 0) spans_.push_back({time_ns, time_ns});
  Span& span = spans_.back();
  span.earliest = std::min(span.earliest, time_ns);
  span.latest = std::max(span.latest, time_ns);
  times_.set(row, time_ns, *texts_, moment_ns_);
  weights_.set(row, std::max<std::int64_t>(weight, 1), *texts_, moment_ns_);
  position_ = 0;
}

void Table::set(std::string_view column, const Value& value) {
  const std::size_t position = position_++;
  std::uint32_t place = none;
  if (position < order_.size() && columns_[order_[position]].name() == column && !removed_[order_[position]]) {
    place = order_[position];
  } else {
    place = place_of(column, type_of(value));
    if (place == none) {
      --position_;
      return;
    }
    if (position >= order_.size()) order_.resize(position + 1);
    order_[position] = place;
  }
  columns_[place].set(rows_ - 1, value, *texts_, moment_ns_);
}

std::uint32_t Table::place_of(std::string_view column, Type type) {
  const auto found = places_.find(column);
  if (found != places_.end()) return found->second;
  if (places_.size() >= max_columns) return none;
  columns_.emplace_back(std::string(column), type);
  removed_.push_back(false);
  const auto place = static_cast<std::uint32_t>(columns_.size() - 1);
  places_.emplace(column, place);
  return place;
}

void Table::declare(std::string_view column, Type type) {
  const std::uint32_t place = place_of(column, type);
  if (place != none) columns_[place].declare(moment_ns_);
}

void Table::remove(std::string_view column) {
  const auto found = places_.find(column);
  if (found == places_.end()) return;
  removed_[found->second] = true;
  columns_[found->second] = Column(std::string(column), Type::string);  // gives its memory back
  places_.erase(found);
}

void Table::convert(std::string_view column, Type type) {
  const auto found = places_.find(column);
  if (found != places_.end()) columns_[found->second].convert(type, *texts_);
}

std::size_t Table::rows_before(std::uint64_t entry) const {
  const auto mark = std::ranges::lower_bound(marks_, entry, {}, &Mark::entry);
  return mark == marks_.end() ? rows_ : mark->first_row;
}

const Column* Table::find(std::string_view column) const {
  const auto found = places_.find(column);
  return found == places_.end() ? nullptr : &columns_[found->second];
}

std::vector<const Column*> Table::columns() const {
  std::vector<const Column*> columns;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!removed_[i]) columns.push_back(&columns_[i]);
  }
  return columns;
}

void Table::times(std::size_t chunk, Rows rows, std::vector<std::int64_t>& times) const {
  static_assert(sizeof(std::int64_t) == sizeof(std::uint64_t));
  std::vector<std::uint8_t> present(rows.size());
  times.resize(rows.size());
  times_.gather(chunk, rows, reinterpret_cast<std::uint64_t*>(times.data()), present.data());
}

void Table::weights(std::size_t chunk, Rows rows, std::vector<std::uint64_t>& weights) const {
  std::vector<std::uint8_t> present(rows.size());
  weights.resize(rows.size());
  weights_.gather(chunk, rows, weights.data(), present.data());
}

void Table::moments(std::size_t chunk, Rows rows, std::vector<std::int64_t>& moments) const {
  moments.clear();
  auto mark = marks_.begin();
  for (const std::uint16_t row : rows) {
    const std::size_t of_table = chunk * chunk_rows + row;
    const auto is_after = [of_table](const Mark& each) { return each.first_row > of_table; };
    // Rows mostly ascend, and many come in one entry.
    const bool left_it = is_after(*mark) || (mark + 1 != marks_.end() && !is_after(mark[1]));
    if (left_it) mark = std::ranges::partition_point(marks_, std::not_fn(is_after)) - 1;
    moments.push_back(mark->moment_ns);
  }
}

std::size_t Table::bytes() const {
  std::size_t bytes = times_.bytes() + weights_.bytes() + marks_.capacity() * sizeof(Mark);
  for (const Column& column : columns_) bytes += column.bytes();
  return bytes;
}

}  // namespace understudy::query
