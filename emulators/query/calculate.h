// Calculations over selected rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "query/question.h"
#include "query/selection.h"

namespace understudy::query {

// Which cell each row belongs to, Selection::none for no one's.
struct Cells {
  std::span<const std::uint32_t> of_row;
  std::size_t count = 0;
};

// A result for each cell, nothing where no row has a value. Not for concurrency and the rates.
std::vector<Cell> calculate(const Selection& selection, const Calculation& calculation, const Cells& cells);

// What goes on at once.
class Concurrency {
 public:
  Concurrency(const Selection& selection, const Calculation& calculation, const Cells& cells);
  // The most at any time of [from, to).
  std::int64_t peak(std::size_t cell, std::int64_t from_ns, std::int64_t to_ns) const;

 private:
  struct Times {
    std::vector<std::int64_t> starts, ends;  // each ascending
  };
  std::vector<Times> cells_;
};

}  // namespace understudy::query
