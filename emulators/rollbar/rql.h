// RQL: select, where, group by, order by and limit over occurrences. [docs: RQL] What of the language is not published
// in enough detail to be held to (joins of items, date functions) is refused with its name.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "recording/vendor.h"
#include "rollbar/item_index.h"

namespace understudy::rollbar::rql {

// Nothing, a number, a text.
using Value = std::variant<std::monostate, double, std::string>;

struct Condition {
  enum class Kind { all, any, negation, comparison, in, like, is_null };
  Kind kind = Kind::all;
  std::vector<Condition> parts;  // all, any, negation
  std::string path;              // the others
  std::string op;                // comparison: = != < <= > >=
  std::vector<Value> values;
};

struct Column {
  enum class Function { none, count, count_distinct, min, max, sum, average };
  Function function = Function::none;
  std::string path;  // empty: count(*)
  std::string name;  // of the column in the result
};

struct Order {
  std::string name;
  bool descending = false;
};

struct Query {
  std::vector<Column> columns;
  bool all_columns = false;  // select *: what the rows hold
  Condition where;
  std::vector<std::string> group_by;
  std::vector<Order> order_by;
  std::uint64_t limit = 100;  // 1000 at most [docs: RQL]
  std::uint64_t offset = 0;

  bool is_grouped() const;
};

// The error names the place. `now`: what unix_timestamp() is.
std::expected<Query, std::string> parse(std::string_view text, std::int64_t now);

// The members "rows", "columns" and so on of a result.
nlohmann::ordered_json run(const Query& query, const ItemIndex& index, std::string_view project,
                           const recording::Context& context);

}  // namespace understudy::rollbar::rql
