// Text for people: aligned tables, durations, sizes, bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::program {

struct TableColumn {
  std::string_view title;
  bool right = false;  // numbers
};

class Table {
 public:
  explicit Table(std::vector<TableColumn> columns) : columns_(std::move(columns)) {}

  void add(std::vector<std::string> row);
  // With a width, rows are cut to it; the last column gives way. 0: as wide as they are.
  std::string text(std::size_t width) const;
  bool empty() const { return rows_.empty(); }

 private:
  std::vector<TableColumn> columns_;
  std::vector<std::vector<std::string>> rows_;
};

std::string human_duration(double ms);             // "850 us", "12.3 ms", "1.25 s", "2 min 5 s"
std::string human_size(std::uint64_t bytes);       // "512 B", "12.3 kB"
std::string human_time(std::string_view rfc3339);  // "00:38:03.123"
// One line of printable text: control characters as escapes.
std::string one_line(std::string_view text);
std::size_t width_of(std::string_view utf8);  // characters
// "00000010  7b 22 61 ...  |{"a...|", 16 bytes a line.
std::string hex_dump(std::string_view bytes, std::size_t most);
// Columns of the terminal, 0 where there is none.
std::size_t terminal_width();

}  // namespace understudy::program
