// A condition made ready for one table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "query/chunk.h"
#include "query/column.h"
#include "query/dictionary.h"
#include "query/question.h"

namespace understudy::query {

// Remembers what it decided about each text, so that a text is looked at once. One thread; the table stays as it is.
class Matcher {
 public:
  // `column`: null if no row has it.
  Matcher(const Condition& condition, const Column* column, const Dictionary& texts);

  // Sets the flags of the rows that meet the condition, and leaves the others.
  void mark(std::size_t chunk, Rows rows, std::uint8_t* hits);

 private:
  bool holds(std::uint64_t bits);
  bool holds_text(std::uint64_t code);
  bool decide_text(std::string_view text) const;
  bool holds_number(std::uint64_t bits) const;
  bool holds_truth(bool truth) const;
  void read_constants(const std::vector<Constant>& values);

  const Dictionary& dictionary_;
  const Column* column_;
  recording::FilterOp op_;
  // The constants as the column's type has them.
  std::vector<std::string> texts_;
  std::vector<long double> numbers_;
  std::vector<bool> truths_;
  bool by_code_ = false;  // equality of texts is equality of codes
  std::set<std::uint64_t> codes_;
  std::vector<std::uint8_t> decided_;  // by code: 0 not yet, 1 no, 2 yes
  std::vector<std::uint64_t> bits_;
  std::vector<std::uint8_t> present_;
};

}  // namespace understudy::query
