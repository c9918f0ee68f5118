// A query as the API takes it.
#pragma once

#include <cstdint>
#include <expected>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "honeycomb/expression.h"
#include "honeycomb/worked_out.h"
#include "query/question.h"

namespace understudy::honeycomb {

// What is wrong with a query: where, and what.
struct SpecError {
  std::string place;   // "calculations[0].op"
  std::string detail;  // for a person
};

// What a calculation is called in results.
struct Shown {
  std::string key;        // "COUNT", "AVG(duration_ms)", or the name that it was given
  bool is_count = false;  // of nothing there are 0
};

// Worked out of a row's calculations. [docs: API, queries; that it names calculations by name or key: guess]
struct Formula {
  std::string name;
  Expression expression;
  std::vector<std::size_t> calculations;  // in the order of the expression's columns
};

struct QuerySpec {
  query::Question question;  // without times
  std::vector<Shown> shown;  // as many as calculations
  std::vector<CalculatedField> calculated_fields;
  std::vector<Thinned> thinned;  // columns of calculations that have filters of their own
  std::vector<Formula> formulas;
  std::optional<std::int64_t> start_s, end_s, range_s, granularity_s, compare_s;
  std::optional<std::uint32_t> limit;
  std::vector<std::string> unknown_members;  // which Honeycomb ignores [guess]
  std::vector<std::string> column_names;     // that it asks for, each once

  // The times that count when it is run at this moment. Start and end are widened to whole minutes, 5 or 30 minutes,
  // as the range is up to 6 hours, 2 days or more. [docs: query data API; that the end goes up: guess]
  void set_times(std::int64_t now_ns, query::Question& to) const;
};

// The rules: [docs: API, queries]
std::expected<QuerySpec, SpecError> read_spec(const nlohmann::ordered_json& json);

// A calculated field or derived column, as the API takes its expression.
std::expected<Expression, SpecError> read_expression(std::string_view text, std::string place);

}  // namespace understudy::honeycomb
