// A Logs Insights query as it was understood: commands over rows whose fields stand in numbered slots.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cloudwatch_logs/insights/value.h"

namespace re2 {
class RE2;
}

namespace understudy::cloudwatch_logs::insights {

struct Period {
  std::int64_t ms = 0;  // of the units that always last the same time
  int months = 0;       // of the others
};

// What is unusual about functions stands in `evaluate`; these get their arguments ready.
using Function = Value (*)(std::span<const Value> arguments);

enum class Operation : std::uint8_t {
  field,
  constant,
  aggregate,
  negate,
  add,
  subtract,
  multiply,
  divide,
  modulo,
  power,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  both,
  either,
  negation,
  matches,
  contains,
  one_of,
  call,
  ispresent,
  bin,
  datefloor,
  dateceil,
  json_path,
};

struct Expression {
  Operation operation = Operation::constant;
  std::string text;      // as it is written: the name of its column
  std::size_t slot = 0;  // field, aggregate
  Value constant;        // also the path of json_path
  Function function = nullptr;
  Period period;
  std::shared_ptr<const re2::RE2> regex;
  std::vector<Expression> arguments;
};

struct Assignment {
  std::size_t slot;
  Expression expression;
};

enum class Aggregation : std::uint8_t {
  count,
  count_distinct,
  sum,
  avg,
  min,
  max,
  pct,
  stddev,
  earliest,
  latest,
  sorts_first,
  sorts_last,
};

struct Aggregate {
  Aggregation kind;
  std::optional<Expression> of;  // none: every row
  double percent = 50;
};

struct Fields {
  std::vector<Assignment> assignments;
};
struct Filter {
  Expression condition;
};
// One '*' a slot, between the texts; or the groups of a regular expression.
struct Parse {
  Expression of;
  std::vector<std::string> literals;
  std::shared_ptr<const re2::RE2> regex;
  std::vector<std::size_t> slots;
  std::vector<int> groups;
};
struct Sort {
  struct Key {
    Expression expression;
    bool descending;
  };
  std::vector<Key> keys;
};
struct Limit {
  std::size_t rows;
  bool last;  // tail
};
struct Dedup {
  std::vector<Expression> keys;
};
struct Unnest {
  Expression of;
  std::size_t slot;
};
struct Stats {
  std::vector<Assignment> keys;
  std::vector<Aggregate> aggregates;
  std::vector<Assignment> terms;  // over the aggregates, in order: later ones see the earlier
};
struct Pattern {
  Expression of;
  std::size_t pattern_slot;
  std::size_t ratio_slot;
  std::size_t count_slot;
};

using Command = std::variant<Fields, Filter, Parse, Sort, Limit, Dedup, Unnest, Stats, Pattern>;

struct Column {
  std::string name;
  std::size_t slot;
};

struct Query {
  std::vector<Command> commands;
  std::vector<std::string> slots;  // the name of each
  std::vector<Column> columns;     // what is shown
  bool of_events = true;           // each row is still an event: it has a @ptr
  bool has_limit = false;
};

// [start, end) of the text, in characters.
struct QueryError {
  std::string message;
  std::size_t start = 0;
  std::size_t end = 0;
  bool not_built = false;  // the service knows the construct
};

}  // namespace understudy::cloudwatch_logs::insights
