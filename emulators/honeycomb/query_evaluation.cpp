#include "honeycomb/query_evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/near_miss.h"
#include "honeycomb/query_call.h"
#include "honeycomb/query_spec.h"
#include "honeycomb/rules.h"
#include "query/run.h"

namespace understudy::honeycomb {
namespace {

using nlohmann::ordered_json;
using recording::Answer;
using recording::Finding;

constexpr std::uint32_t default_limit = 100;
constexpr std::int64_t ns_per_s = 1'000'000'000;

// Whole numbers without a fraction, as Go writes them.
ordered_json number_json(double number) {
  constexpr double exact = 9007199254740992;  // 2^53
  if (std::floor(number) == number && std::fabs(number) <= exact) return static_cast<std::int64_t>(number);
  return number;
}

// What a formula reads of a calculation; a heatmap is no value.
Scalar scalar_of(const query::Cell& cell) {
  if (const auto* truth = std::get_if<bool>(&cell)) return *truth;
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) return *whole;
  if (const auto* number = std::get_if<double>(&cell)) return *number;
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  return {};
}

query::Cell cell_of(const Scalar& scalar) {
  return std::visit([](const auto& value) { return query::Cell(value); }, scalar);
}

// `values`: of the row's calculations.
Scalar value_of(const Formula& formula, const std::vector<Scalar>& values) {
  std::vector<Scalar> arguments;
  for (const std::size_t calculation : formula.calculations) arguments.push_back(values[calculation]);
  return formula.expression.evaluate({arguments});
}

ordered_json scalar_json(const Scalar& scalar) {
  if (const auto* truth = std::get_if<bool>(&scalar)) return *truth;
  if (const auto* whole = std::get_if<std::int64_t>(&scalar)) return *whole;
  if (const auto* number = std::get_if<double>(&scalar)) return number_json(*number);
  if (const auto* text = std::get_if<std::string>(&scalar)) return *text;
  return nullptr;
}

ordered_json cell_json(const query::Cell& cell) {
  const auto* const heatmap = std::get_if<query::Heatmap>(&cell);  // where a bucket begins: how much [guess]
  if (heatmap == nullptr) return scalar_json(scalar_of(cell));
  ordered_json json = ordered_json::object();
  for (const auto& [bound, weight] : *heatmap) json[query::text_of(bound)] = number_json(weight);
  return json;
}

class Evaluation {
 public:
  Evaluation(const AskedResult& asked, QueryIndex& index) : asked_(asked), texts_(index.texts()) {
    spec_ = *read_spec(ordered_json::parse(asked.specification));  // it was read before it was stored
    spec_.set_times(asked.result.made_ns, spec_.question);
    query::Question& question = spec_.question;
    question.limit = limit();
    question.with_series = !asked.result.without_series;
    question.with_total = asked.result.with_total;
    question.with_other = asked.result.with_other;
    for (const Formula& formula : spec_.formulas) question.derivations.push_back(derivation_of(formula));
    fields_ = spec_.calculated_fields;
    for (const CalculatedField& derived : asked.derived_columns) {
      if (std::ranges::find(fields_, derived.name, &CalculatedField::name) == fields_.end()) fields_.push_back(derived);
    }
    if (asked.dataset.empty()) {
      datasets_ = index.all_of(asked.environment);
    } else if (const IndexedDataset* dataset = index.find(asked.environment, asked.dataset)) {
      datasets_.push_back(dataset);
    }
  }

  Answer finish() {
    const query::Result result = run(spec_.question);
    std::size_t rows = 0;
    for (const IndexedDataset* dataset : datasets_) rows += rows_of(*dataset);
    Answer answer{reply_of(result), {}};
    look_for_columns(answer.findings);
    if (result.in_range == 0 && rows > 0) {
      answer.findings.push_back(
          finding(rule::query_outside_range, "time_range",
                  fmt::format("{} events, none from {} to {}", rows, recording::rfc3339(spec_.question.start_ns),
                              recording::rfc3339(spec_.question.end_ns))));
    }
    return answer;
  }

 private:
  // Without series the rows may be many more. [docs: query data API]
  std::uint32_t limit() const {
    if (!asked_.result.without_series) return spec_.limit.value_or(default_limit);
    return asked_.result.limit != 0 ? asked_.result.limit : spec_.limit.value_or(most_rows);
  }

  // Of nothing there are 0.
  query::Cell shown(std::size_t calculation, const query::Cell& cell) const {
    const bool is_none = spec_.shown[calculation].is_count && std::holds_alternative<std::monostate>(cell);
    return is_none ? query::Cell(std::int64_t{0}) : cell;
  }
  std::vector<Scalar> values_of(const std::vector<query::Cell>& calculations) const {
    std::vector<Scalar> values;
    for (std::size_t i = 0; i < calculations.size(); ++i) values.push_back(scalar_of(shown(i, calculations[i])));
    return values;
  }
  query::Derivation derivation_of(const Formula& formula) const {
    return [this, &formula](const std::vector<query::Cell>& calculations) {
      return cell_of(value_of(formula, values_of(calculations)));
    };
  }

  std::size_t rows_of(const IndexedDataset& dataset) const { return dataset.table.rows_before(asked_.result.ordinal); }

  std::vector<query::Column> work_out_for(const IndexedDataset& dataset, Span span) const {
    const std::size_t rows = rows_of(dataset);
    auto columns = work_out(fields_, spec_.column_names, dataset.table, rows, span, texts_);
    columns.reserve(columns.size() + spec_.thinned.size());
    for (const Thinned& thinned : spec_.thinned) {
      columns.push_back(thin(thinned, {&dataset.table, rows, columns}, span, texts_));
    }
    return columns;
  }

  query::Result run(const query::Question& question) const {
    std::vector<std::vector<query::Column>> worked_out;  // the sources show them
    worked_out.reserve(datasets_.size());
    std::vector<query::Source> sources;
    for (const IndexedDataset* dataset : datasets_) {
      worked_out.push_back(work_out_for(*dataset, {question.start_ns, question.end_ns}));
      sources.push_back({&dataset->table, rows_of(*dataset), worked_out.back()});
    }
    return query::run(question, sources);
  }

  recording::Reply reply_of(const query::Result& result) const {
    ordered_json data = {{"series", series_json(result)}, {"results", rows_json(result)}};
    if (result.total) data["total_by_aggregate"] = row_json(*result.total);  // the names: [guess]
    if (result.other) data["other_by_aggregate"] = row_json(*result.other);
    if (spec_.compare_s) add_comparison(data);
    recording::Reply reply = json_reply(200, {{"query", query_json()},
                                              {"id", asked_.id},
                                              {"complete", true},
                                              {"data", std::move(data)},
                                              {"links", ordered_json::parse(asked_.links)}});
    reply.headers.emplace_back("Last-Modified", recording::http_date(asked_.result.made_ns));
    reply.headers.emplace_back("Cache-Control", "private, max-age=86400");
    return reply;
  }

  // The same question about a time that lies so far back. [guess: the members' names]
  void add_comparison(ordered_json& data) const {
    query::Question before = spec_.question;
    before.start_ns -= *spec_.compare_s * ns_per_s;
    before.end_ns -= *spec_.compare_s * ns_per_s;
    const query::Result result = run(before);
    data["compare_series"] = series_json(result);
    data["compare_results"] = rows_json(result);
  }

  ordered_json series_json(const query::Result& result) const {
    ordered_json series = ordered_json::array();
    for (const query::SeriesRow& row : result.series) {
      series.push_back(
          {{"time", time_json(row.time_ns)}, {"data", row_json({result.rows[row.row].breakdowns, row.calculations})}});
    }
    return series;
  }
  ordered_json rows_json(const query::Result& result) const {
    ordered_json rows = ordered_json::array();
    for (const query::ResultRow& row : result.rows) rows.push_back({{"data", row_json(row)}});
    return rows;
  }

  ordered_json row_json(const query::ResultRow& row) const {
    ordered_json json = ordered_json::object();
    for (std::size_t i = 0; i < row.calculations.size(); ++i) {
      json[spec_.shown[i].key] = cell_json(shown(i, row.calculations[i]));
    }
    const std::vector<Scalar> values = values_of(row.calculations);
    for (const Formula& formula : spec_.formulas) json[formula.name] = scalar_json(value_of(formula, values));
    for (std::size_t i = 0; i < row.breakdowns.size(); ++i) {
      json[spec_.question.breakdowns[i]] = cell_json(row.breakdowns[i]);
    }
    return json;
  }

  ordered_json query_json() const {
    ordered_json json = query_with_id(asked_.query_id, asked_.specification);
    json.erase("time_range");
    json["start_time"] = spec_.question.start_ns / ns_per_s;
    json["end_time"] = spec_.question.end_ns / ns_per_s;
    json["granularity"] = spec_.question.granularity_ns / ns_per_s;
    json["limit"] = spec_.question.limit;
    return json;
  }

  void look_for_columns(std::vector<Finding>& findings) const {
    std::vector<std::string_view> names;
    for (const IndexedDataset* dataset : datasets_) {
      for (const query::Column* column : dataset->table.columns()) names.push_back(column->name());
    }
    if (names.empty()) return;
    for (const CalculatedField& field : fields_) names.push_back(field.name);
    for (const std::string& asked : spec_.column_names) {
      if (std::ranges::find(names, asked) != names.end()) continue;
      const std::string_view near = nearest_name(asked, names);
      std::string detail = fmt::format("\"{}\"", asked);
      if (!near.empty()) detail += fmt::format("; there is \"{}\"", near);
      findings.push_back(finding(rule::query_unknown_column, "query", std::move(detail)));
    }
  }

  const AskedResult& asked_;
  query::Dictionary& texts_;
  QuerySpec spec_;
  std::vector<CalculatedField> fields_;  // the query's own before the dataset's
  std::vector<const IndexedDataset*> datasets_;
};

}  // namespace

Answer evaluate(const AskedResult& asked, QueryIndex& index) { return Evaluation(asked, index).finish(); }

ordered_json query_with_id(std::string_view id, const std::string& specification) {
  ordered_json json = {{"id", id}};
  json.update(ordered_json::parse(specification));
  return json;
}

}  // namespace understudy::honeycomb
