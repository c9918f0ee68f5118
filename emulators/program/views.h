// What "show" shows: for each word the kinds of records behind it and the columns of its table.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "program/table.h"
#include "recording/record.h"

namespace understudy::program {

// How a cell is made of a record's field.
enum class Cell { text, duration_ms, duration_s, time, unix_ms };

struct ViewColumn {
  std::string_view title;
  std::string_view fields;  // paths, separated by blanks: the first that exists; "record.id" is the record's own
  Cell cell = Cell::text;
  bool right = false;
};

struct View {
  std::string_view name;
  std::vector<std::string> kinds;
  std::vector<ViewColumn> columns;
};

// "spans", "segments", ...; not those that are no plain lists of records (traces, exchanges, findings).
std::span<const View> record_views();
const View* find_view(std::string_view name);
// The view that lists records of a kind; null if there is none.
const View* view_of_kind(std::string_view kind);

Table table_of(const View& view);
std::vector<std::string> row_of(const View& view, const recording::Record& record);
// One line for a record of any kind: what matters most in it.
std::string line_of(const recording::Record& record);

}  // namespace understudy::program
