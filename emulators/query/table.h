// Rows with a time, a weight and any columns: built row by row, asked by query/run.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "query/chunk.h"
#include "query/column.h"
#include "query/dictionary.h"

namespace understudy::query {

// Tables that are asked together share a dictionary, which must live longer. One thread at a time.
class Table {
 public:
  // Values of further columns are left out.
  static constexpr std::size_t max_columns = 10'000;

  explicit Table(Dictionary& texts) : texts_(&texts) {}

  // What follows came in this entry at this moment. Entries ascend.
  void begin_entry(std::uint64_t entry, std::int64_t moment_ns);
  // A row of this time, which stands for `weight` rows (at least 1).
  void begin_row(std::int64_t time_ns, std::int64_t weight);
  // In the row that was begun last. The column's first value decides its type.
  void set(std::string_view column, const Value& value);

  // A column with nothing in it yet, where there is none of that name. At which moment: that of the entry.
  void declare(std::string_view column, Type type);
  void remove(std::string_view column);
  void convert(std::string_view column, Type type);

  std::size_t rows() const { return rows_; }
  // The rows that came in entries below this one.
  std::size_t rows_before(std::uint64_t entry) const;
  const Column* find(std::string_view column) const;
  // In the order in which they came; removed ones are not among them.
  std::vector<const Column*> columns() const;
  const Dictionary& texts() const { return *texts_; }

  // Of each chunk: the times and weights of rows, and between which times its rows lie.
  void times(std::size_t chunk, Rows rows, std::vector<std::int64_t>& times) const;
  void weights(std::size_t chunk, Rows rows, std::vector<std::uint64_t>& weights) const;
  // At which moments the rows came.
  void moments(std::size_t chunk, Rows rows, std::vector<std::int64_t>& moments) const;
  std::int64_t earliest(std::size_t chunk) const { return spans_[chunk].earliest; }
  std::int64_t latest(std::size_t chunk) const { return spans_[chunk].latest; }
  std::size_t chunks() const { return spans_.size(); }

  std::size_t bytes() const;  // of memory, about, without the dictionary

 private:
  static constexpr std::uint32_t none = UINT32_MAX;
  struct Names {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
  };
  struct Span {
    std::int64_t earliest;
    std::int64_t latest;
  };
  struct Mark {
    std::uint64_t entry;
    std::size_t first_row;
    std::int64_t moment_ns;
  };

  std::uint32_t place_of(std::string_view column, Type type);

  Dictionary* texts_;
  std::size_t rows_ = 0;
  std::uint64_t entry_ = 0;
  std::int64_t moment_ns_ = 0;
  std::vector<Mark> marks_;
  Column times_{"", Type::integer};
  Column weights_{"", Type::integer};
  std::vector<Span> spans_;
  std::vector<Column> columns_;
  std::vector<bool> removed_;
  std::unordered_map<std::string, std::uint32_t, Names, std::equal_to<>> places_;
  // Rows mostly have the same columns in the same order: the places of the row before are tried first.
  std::vector<std::uint32_t> order_;
  std::size_t position_ = 0;
};

}  // namespace understudy::query
