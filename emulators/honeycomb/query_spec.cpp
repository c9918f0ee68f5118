#include "honeycomb/query_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/near_miss.h"

namespace understudy::honeycomb {
namespace {

using nlohmann::ordered_json;
using query::Calculation;
using query::Operation;
using recording::FilterOp;

constexpr std::size_t most_items = 100;  // of breakdowns, calculations, filters
constexpr std::int64_t most_limit = 1000;
constexpr std::int64_t default_range_s = 7200;
constexpr std::int64_t ns_per_s = 1'000'000'000;
constexpr std::int64_t latest_s = 4'000'000'000;  // the year 2096: what nanoseconds in 64 bits hold, with room

struct OpRow {
  std::string_view name;
  Operation operation;
  double share = 0;
};
constexpr OpRow op_rows[] = {
    {"COUNT", Operation::count},
    {"CONCURRENCY", Operation::concurrency},
    {"SUM", Operation::sum},
    {"AVG", Operation::average},
    {"COUNT_DISTINCT", Operation::count_distinct},
    {"HEATMAP", Operation::heatmap},
    {"MAX", Operation::maximum},
    {"MIN", Operation::minimum},
    {"P001", Operation::percentile, 0.001},
    {"P01", Operation::percentile, 0.01},
    {"P05", Operation::percentile, 0.05},
    {"P10", Operation::percentile, 0.10},
    {"P20", Operation::percentile, 0.20},
    {"P25", Operation::percentile, 0.25},
    {"P50", Operation::percentile, 0.50},
    {"P75", Operation::percentile, 0.75},
    {"P80", Operation::percentile, 0.80},
    {"P90", Operation::percentile, 0.90},
    {"P95", Operation::percentile, 0.95},
    {"P99", Operation::percentile, 0.99},
    {"P999", Operation::percentile, 0.999},
    {"RATE_AVG", Operation::rate_average},
    {"RATE_SUM", Operation::rate_sum},
    {"RATE_MAX", Operation::rate_maximum},
};

constexpr std::string_view known_members[] = {
    "id",      "query_annotation_id", "breakdowns",  "calculations",
    "filters", "filter_combination",  "granularity", "orders",
    "limit",   "start_time",          "end_time",    "time_range",
    "havings", "calculated_fields",   "formulas",    "compare_time_offset_seconds"};
// How far back a comparison may look, in seconds. [docs: API, queries]
constexpr std::int64_t compare_offsets_s[] = {1800, 3600, 7200, 28800, 86400, 604800, 2419200, 15724800};

constexpr std::string_view duration_column = "duration_ms";  // what CONCURRENCY goes by [guess]

bool takes_column(Operation operation) { return operation != Operation::count && operation != Operation::concurrency; }
bool takes_list(FilterOp op) { return op == FilterOp::in || op == FilterOp::not_in; }
bool takes_value(FilterOp op) { return op != FilterOp::exists && op != FilterOp::does_not_exist; }
bool takes_text(FilterOp op) {
  return (op >= FilterOp::starts_with && op <= FilterOp::does_not_end_with) || op == FilterOp::contains ||
         op == FilterOp::does_not_contain;
}
bool compares_numbers(FilterOp op) { return op <= FilterOp::at_most; }

std::optional<FilterOp> filter_op_named(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(FilterOp::not_in); ++i) {
    if (recording::name_of(static_cast<FilterOp>(i)) == name) return static_cast<FilterOp>(i);
  }
  return std::nullopt;
}

std::optional<query::Constant> constant_of(const ordered_json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) return value.get<double>();
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number()) return value.get<double>();
  return std::nullopt;
}

// "COUNT", "AVG(duration_ms)"
std::string key_of(std::string_view op, const Calculation& calculation) {
  return takes_column(calculation.operation) ? fmt::format("{}({})", op, calculation.column) : std::string(op);
}

std::string in_quotes(std::string_view text) { return fmt::format("\"{}\"", text.substr(0, 100)); }

// Reads a query member by member; the first thing that is wrong ends it.
class Reader {
 public:
  explicit Reader(const ordered_json& json) : json_(json) {}

  std::expected<QuerySpec, SpecError> read() {
    if (!json_.is_object()) {
      fail("query", "must be a JSON object");
    } else {
      look_for_names();
      calculated_fields() && breakdowns() && calculations() && filters() && formulas() && orders() && havings() &&
          limit() && times() && comparison();
    }
    if (error_) return std::unexpected(std::move(*error_));
    return std::move(spec_);
  }

 private:
  using Json = ordered_json;

  bool fail(std::string place, std::string detail) {
    error_ = SpecError{std::move(place), std::move(detail)};
    return false;
  }

  // Absent and null are the same. [guess]
  const Json* member(const Json& object, const char* name) const {
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? nullptr : &*found;
  }

  bool text_member(const Json& object, const char* name, const std::string& place, std::string& text) {
    const Json* const value = member(object, name);
    if (value == nullptr) return true;
    if (!value->is_string()) return fail(fmt::format("{}.{}", place, name), "must be a string");
    text = value->get<std::string>();
    return true;
  }

  void look_for_names() {
    for (const auto& [name, value] : json_.items()) {
      if (std::ranges::find(known_members, name) == std::end(known_members)) spec_.unknown_members.push_back(name);
    }
  }

  void ask_for(const std::string& column) {
    auto& names = spec_.column_names;
    if (std::ranges::find(names, column) == names.end()) names.push_back(column);
  }

  // Calls with each item of an array member and its place.
  template <typename See>
  bool each_of(const char* name, std::size_t most, bool of_objects, See see) {
    return each_of(json_, name, name, most, of_objects, see);
  }
  template <typename See>
  bool each_of(const Json& object, const char* name, const std::string& path, std::size_t most, bool of_objects,
               See see) {
    const Json* const list = member(object, name);
    if (list == nullptr) return true;
    if (!list->is_array()) return fail(path, "must be an array");
    if (list->size() > most) return fail(path, fmt::format("has {} items, and {} is the most", list->size(), most));
    for (std::size_t i = 0; i < list->size(); ++i) {
      const std::string place = fmt::format("{}[{}]", path, i);
      if (of_objects && !(*list)[i].is_object()) return fail(place, "must be an object");
      if (!see((*list)[i], place)) return false;
    }
    return true;
  }

  // {"name": ..., "expression": ...}, of a calculated field or a formula.
  template <typename Add>
  bool expressions(const char* member_name, Add add) {
    std::set<std::string, std::less<>> names;
    return each_of(member_name, most_items, true, [&](const Json& item, const std::string& place) {
      std::string name, text;
      if (!text_member(item, "name", place, name) || !text_member(item, "expression", place, text)) return false;
      if (name.empty()) return fail(place + ".name", "is missing");
      if (!names.insert(name).second) return fail(place + ".name", fmt::format("{} stands twice", in_quotes(name)));
      auto expression = read_expression(text, place + ".expression");
      if (!expression) {
        error_ = std::move(expression.error());
        return false;
      }
      return add(place, std::move(name), std::move(*expression));
    });
  }

  bool calculated_fields() {
    return expressions("calculated_fields", [&](const std::string&, std::string name, Expression expression) {
      for (const std::string& column : expression.columns()) ask_for(column);
      spec_.calculated_fields.push_back({std::move(name), std::move(expression)});
      return true;
    });
  }

  // A formula names calculations: $name where one was given, else $COUNT or $"AVG(duration_ms)".
  bool formulas() {
    return expressions("formulas", [&](const std::string& place, std::string name, Expression expression) {
      Formula formula{std::move(name), std::move(expression), {}};
      for (const std::string& wanted : formula.expression.columns()) {
        const auto found = std::ranges::find(spec_.shown, wanted, &Shown::key);
        if (found == spec_.shown.end()) {
          return fail(place + ".expression", fmt::format("${} is none of the calculations", in_quotes(wanted)));
        }
        formula.calculations.push_back(static_cast<std::size_t>(found - spec_.shown.begin()));
      }
      spec_.formulas.push_back(std::move(formula));
      return true;
    });
  }

  bool breakdowns() {
    return each_of("breakdowns", most_items, false, [&](const Json& item, const std::string& place) {
      if (!item.is_string() || item.get_ref<const std::string&>().empty()) {
        return fail(place, "must be the name of a column");
      }
      spec_.question.breakdowns.push_back(item.get<std::string>());
      ask_for(spec_.question.breakdowns.back());
      return true;
    });
  }

  bool op_of(const Json& item, const char* name, const std::string& place, const OpRow*& row) {
    std::string op;
    if (!text_member(item, name, place, op)) return false;
    for (const OpRow& each : op_rows) {
      if (each.name == op) return row = &each, true;
    }
    std::vector<std::string_view> names;
    for (const OpRow& each : op_rows) names.push_back(each.name);
    const std::string_view near = nearest_name(op, names);
    return fail(fmt::format("{}.{}", place, name), near.empty()
                                                       ? fmt::format("{} is no operation", in_quotes(op))
                                                       : fmt::format("{} is no operation; {} is", in_quotes(op), near));
  }

  bool calculation_of(const Json& item, const char* op_name, const std::string& place, Calculation& calculation) {
    const OpRow* row = nullptr;
    if (!op_of(item, op_name, place, row) || !text_member(item, "column", place, calculation.column)) return false;
    calculation.operation = row->operation;
    calculation.share = row->share;
    if (takes_column(row->operation) == calculation.column.empty()) {
      return fail(place + ".column",
                  fmt::format("{} {}", row->name, takes_column(row->operation) ? "needs a column" : "takes no column"));
    }
    if (row->operation == Operation::concurrency) calculation.column = duration_column;
    return true;
  }

  bool calculations() {
    const bool read = each_of("calculations", most_items, true, [&](const Json& item, const std::string& place) {
      Calculation& calculation = asked_.emplace_back();
      std::string name;
      if (!calculation_of(item, "op", place, calculation) || !text_member(item, "name", place, name)) return false;
      if (!calculation.column.empty()) ask_for(calculation.column);
      if (name.empty()) name = key_of(item["op"].get_ref<const std::string&>(), calculation);
      spec_.shown.push_back({std::move(name), calculation.operation == Operation::count});
      spec_.question.calculations.push_back(calculation);
      return filters_of_its_own(item, place);
    });
    if (!read || !asked_.empty()) return read;
    asked_.push_back({Operation::count, 0, {}});
    spec_.question.calculations = asked_;
    spec_.shown.push_back({"COUNT", true});
    return true;
  }

  // They thin the column that the calculation, the last, is about; a COUNT becomes the sum of ones.
  // [docs: API, queries]
  bool filters_of_its_own(const Json& item, const std::string& place) {
    Thinned thinned;
    if (!conditions_of(item, place + ".", thinned.conditions, thinned.any_condition)) return false;
    if (thinned.conditions.empty()) return true;
    Calculation& calculation = spec_.question.calculations.back();
    thinned.column = calculation.column;
    thinned.name = calculation.column = fmt::format("\n{}", place);  // which no column is called
    if (calculation.operation == Operation::count) calculation.operation = Operation::sum;
    spec_.thinned.push_back(std::move(thinned));
    return true;
  }

  bool filter_values(const Json& item, const std::string& place, query::Condition& condition) {
    const Json* const value = member(item, "value");
    const std::string at = place + ".value";
    if (!takes_value(condition.op)) return value == nullptr || fail(at, "this operator takes no value");
    if (value == nullptr) return fail(at, "is missing");
    if (takes_list(condition.op) != value->is_array()) {
      return fail(at, takes_list(condition.op) ? "must be an array" : "must be one value");
    }
    if (takes_text(condition.op) && !value->is_string()) return fail(at, "must be a string");
    for (const Json& each : value->is_array() ? *value : Json::array({*value})) {
      const auto constant = constant_of(each);
      if (!constant) return fail(at, "must be a string, a number, true or false");
      condition.values.push_back(*constant);
    }
    return true;
  }

  bool filter_op(const Json& item, const std::string& place, FilterOp& op) {
    std::string name;
    if (!text_member(item, "op", place, name)) return false;
    const auto known = filter_op_named(name);
    if (!known) return fail(place + ".op", fmt::format("{} is no operator of filters", in_quotes(name)));
    op = *known;
    return true;
  }

  bool filters() { return conditions_of(json_, "", spec_.question.conditions, spec_.question.any_condition); }

  bool conditions_of(const Json& object, const std::string& path, std::vector<query::Condition>& conditions,
                     bool& any) {
    std::string combination = "AND";
    if (!text_member(object, "filter_combination", path.empty() ? "query" : path, combination)) return false;
    if (combination != "AND" && combination != "OR") return fail(path + "filter_combination", "must be AND or OR");
    any = combination == "OR";
    return each_of(object, "filters", path + "filters", most_items, true,
                   [&](const Json& item, const std::string& place) {
                     query::Condition& condition = conditions.emplace_back();
                     if (!text_member(item, "column", place, condition.column)) return false;
                     if (condition.column.empty()) return fail(place + ".column", "is missing");
                     ask_for(condition.column);
                     return filter_op(item, place, condition.op) && filter_values(item, place, condition);
                   });
  }

  std::optional<std::size_t> place_of(const Calculation& calculation) const {
    const auto found = std::ranges::find(asked_, calculation);
    if (found == asked_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - asked_.begin());
  }

  bool orders() {
    const bool read = each_of("orders", most_items, true, [&](const Json& item, const std::string& place) {
      query::Order& order = spec_.question.orders.emplace_back();
      std::string direction = "ascending";
      if (!text_member(item, "order", place, direction)) return false;
      if (direction != "ascending" && direction != "descending") {
        return fail(place + ".order", "must be ascending or descending");
      }
      order.descending = direction == "descending";
      return member(item, "op") != nullptr ? order_by_calculation(item, place, order)
                                           : order_by_column(item, place, order);
    });
    // What is asked for first, its largest first. [guess]
    if (read && spec_.question.orders.empty() && spec_.question.calculations.front().operation != Operation::heatmap) {
      spec_.question.orders.push_back({});
    }
    return read;
  }

  bool order_by_calculation(const Json& item, const std::string& place, query::Order& order) {
    Calculation calculation;
    if (!calculation_of(item, "op", place, calculation)) return false;
    if (calculation.operation == Operation::heatmap) return fail(place + ".op", "HEATMAP cannot be ordered by");
    const auto found = place_of(calculation);
    if (!found) return fail(place, "is none of the calculations");
    order.place = *found;
    return true;
  }

  // By a breakdown, or by a formula's name. [guess: the latter]
  bool order_by_column(const Json& item, const std::string& place, query::Order& order) {
    std::string column;
    if (!text_member(item, "column", place, column)) return false;
    const auto& breakdowns = spec_.question.breakdowns;
    const auto found = std::ranges::find(breakdowns, column);
    if (found != breakdowns.end()) {
      order.place = static_cast<std::size_t>(found - breakdowns.begin());
      order.by = query::Order::By::breakdown;
      return true;
    }
    const auto formula = std::ranges::find(spec_.formulas, column, &Formula::name);
    if (formula == spec_.formulas.end()) {
      return fail(place + ".column", "is neither a breakdown nor a formula nor part of a calculation");
    }
    order.place = static_cast<std::size_t>(formula - spec_.formulas.begin());
    order.by = query::Order::By::derivation;
    return true;
  }

  bool havings() {
    return each_of("havings", most_items, true, [&](const Json& item, const std::string& place) {
      Calculation calculation;
      if (!calculation_of(item, "calculate_op", place, calculation)) return false;
      const auto found = place_of(calculation);
      if (!found) return fail(place, "is none of the calculations");
      query::Having having{.calculation = *found};
      if (!filter_op(item, place, having.op)) return false;
      if (!compares_numbers(having.op)) return fail(place + ".op", "must be one of = != > >= < <=");
      const Json* const value = member(item, "value");
      if (value == nullptr || !value->is_number()) return fail(place + ".value", "must be a number");
      having.value = value->get<double>();
      spec_.question.havings.push_back(having);
      return true;
    });
  }

  bool whole(const char* name, std::int64_t least, std::int64_t most, std::optional<std::int64_t>& number) {
    const Json* const value = member(json_, name);
    if (value == nullptr) return true;
    if (!value->is_number_integer()) return fail(name, "must be a whole number");
    const bool fits = !value->is_number_unsigned() || value->get<std::uint64_t>() <= INT64_MAX;
    if (!fits || value->get<std::int64_t>() < least || value->get<std::int64_t>() > most) {
      return fail(name, fmt::format("must be from {} to {}", least, most));
    }
    number = value->get<std::int64_t>();
    return true;
  }

  bool limit() {
    std::optional<std::int64_t> limit;
    if (!whole("limit", 1, most_limit, limit)) return false;
    if (limit) spec_.limit = static_cast<std::uint32_t>(*limit);
    return true;
  }

  bool times() {
    if (!whole("start_time", 0, latest_s, spec_.start_s) || !whole("end_time", 0, latest_s, spec_.end_s) ||
        !whole("time_range", 1, latest_s, spec_.range_s) || !whole("granularity", 0, latest_s, spec_.granularity_s)) {
      return false;
    }
    if (spec_.start_s && spec_.end_s && spec_.range_s) {
      return fail("time_range", "start_time, end_time and time_range cannot stand together");
    }
    if (spec_.start_s && spec_.end_s && *spec_.start_s >= *spec_.end_s)
      return fail("end_time", "is not after start_time");
    return granularity();
  }

  bool granularity() {
    if (spec_.granularity_s == 0) spec_.granularity_s.reset();
    if (!spec_.granularity_s) return true;
    const std::int64_t range =
        spec_.start_s && spec_.end_s ? *spec_.end_s - *spec_.start_s : spec_.range_s.value_or(default_range_s);
    if (*spec_.granularity_s * 1000 < range || *spec_.granularity_s * 10 > range) {
      return fail("granularity", fmt::format("must be from a thousandth to a tenth of the range of {} s", range));
    }
    return true;
  }

  bool comparison() {
    constexpr auto last = std::end(compare_offsets_s) - 1;
    if (!whole("compare_time_offset_seconds", 0, *last, spec_.compare_s)) return false;
    if (spec_.compare_s == 0) spec_.compare_s.reset();
    if (!spec_.compare_s || std::ranges::find(compare_offsets_s, *spec_.compare_s) != std::end(compare_offsets_s)) {
      return true;
    }
    return fail("compare_time_offset_seconds", fmt::format("must be one of {}", fmt::join(compare_offsets_s, ", ")));
  }

  const Json& json_;
  QuerySpec spec_;
  std::vector<Calculation> asked_;  // the calculations as they were written
  std::optional<SpecError> error_;
};

// Some hundred points. [guess]
std::int64_t granularity_for(std::int64_t range_s) {
  constexpr std::int64_t steps[] = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400};
  constexpr std::int64_t points = 100;
  for (const std::int64_t step : steps) {
    if (step * points >= range_s) return step;
  }
  return range_s / points;
}

std::int64_t step_of(std::int64_t range_s) {
  constexpr std::int64_t hour = 3600;
  if (range_s <= 6 * hour) return 60;
  return range_s <= 48 * hour ? 300 : 1800;
}

}  // namespace

void QuerySpec::set_times(std::int64_t now_ns, query::Question& to) const {
  const std::int64_t range = range_s.value_or(default_range_s);
  const std::int64_t end = end_s ? *end_s : start_s && range_s ? *start_s + range : now_ns / ns_per_s + 1;
  const std::int64_t start = start_s ? *start_s : end - range;
  const std::int64_t length = std::max<std::int64_t>(end - start, 1);
  const std::int64_t step = step_of(length);
  to.start_ns = std::max<std::int64_t>(start / step * step, 0) * ns_per_s;
  to.end_ns = (end + step - 1) / step * step * ns_per_s;
  to.granularity_ns = granularity_s.value_or(granularity_for(length)) * ns_per_s;
}

std::expected<QuerySpec, SpecError> read_spec(const ordered_json& json) { return Reader(json).read(); }

std::expected<Expression, SpecError> read_expression(std::string_view text, std::string place) {
  auto expression = Expression::parse(text);
  if (expression) return std::move(*expression);
  const ExpressionError& error = expression.error();
  return std::unexpected(SpecError{std::move(place), fmt::format("at byte {}: {}", error.offset, error.detail)});
}

}  // namespace understudy::honeycomb
