// The rows that a question is about, with what it needs of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "query/groups.h"
#include "query/question.h"
#include "query/table.h"

namespace understudy::query {

// A table, how many of its rows count, and columns that were worked out of it; those come before its own.
struct Source {
  const Table* table;
  std::size_t rows;
  std::span<const Column> worked_out = {};

  const Column* find(std::string_view column) const;  // null: no row has it
};

// One element a row in each vector. It is good for as long as the tables stay as they are.
struct Selection {
  std::vector<std::uint32_t> groups;  // by the question's breakdowns
  std::vector<std::uint64_t> weights;
  std::vector<std::int64_t> times;
  std::map<std::string, std::vector<double>, std::less<>> numbers;          // by column; absent: not a number
  std::map<std::string, std::vector<std::uint32_t>, std::less<>> distinct;  // by column: which value; absent: none

  static constexpr std::uint32_t none = UINT32_MAX;
  std::uint64_t in_range = 0;
  std::size_t group_count = 0;

  // The value of one breakdown of a group, and all of them.
  Cell breakdown(std::size_t group, std::size_t level) const;
  std::vector<Cell> breakdowns(std::size_t group) const;

  std::vector<Groups> levels;  // a breakdown each; the last one's members are the groups
  const Dictionary* texts = nullptr;
};

Selection select(const Question& question, std::span<const Source> sources);

}  // namespace understudy::query
