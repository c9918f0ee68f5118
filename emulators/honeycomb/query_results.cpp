#include "honeycomb/query_results.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "base/near_miss.h"
#include "base/percent.h"
#include "honeycomb/query_index.h"
#include "honeycomb/query_spec.h"
#include "honeycomb/replies.h"
#include "honeycomb/rules.h"
#include "query/run.h"

namespace understudy::honeycomb {
namespace {

using nlohmann::ordered_json;
using recording::Answer;
using recording::Decision;
using recording::Finding;

constexpr std::uint64_t results_a_minute = 10;  // [docs: query data API]
constexpr std::uint32_t default_limit = 100;
constexpr std::uint32_t most_rows = 10'000;  // without series
constexpr std::int64_t oldest_ns = std::int64_t{7} * 86400 * 1'000'000'000;
constexpr std::int64_t ns_per_s = 1'000'000'000;

// ---- queries

Decision refuse_spec(const SpecError& error) {
  const std::string_view id = error.not_built ? rule::query_not_built : rule::query_invalid;
  return refuse(api_error(400, "invalid Query data"), finding(id, error.place, error.detail));
}

// What was sent, less what stands for itself. [docs: API; which defaults are shown: guess]
ordered_json echo_of(const ordered_json& sent) {
  ordered_json echo = sent;
  for (const char* name : {"id", "query_annotation_id"}) echo.erase(name);
  for (auto member = echo.begin(); member != echo.end();) {
    member = member->is_null() ? echo.erase(member) : std::next(member);
  }
  if (echo.value("filter_combination", ordered_json()) == "AND") echo.erase("filter_combination");
  if (!echo.contains("calculations") || echo["calculations"].empty()) {
    echo["calculations"] = ordered_json::array({{{"op", "COUNT"}}});
  }
  const bool timed = echo.contains("start_time") || echo.contains("end_time") || echo.contains("time_range");
  if (!timed) echo["time_range"] = 7200;
  return echo;
}

ordered_json with_id(std::string_view id, const std::string& specification) {
  ordered_json json = {{"id", id}};
  json.update(ordered_json::parse(specification));
  return json;
}

std::expected<const StoredQuery*, Decision> named_query(const Call& call, std::string_view dataset,
                                                        std::string_view id) {
  const StoredQuery* const query = call.state.queries.find_query(call.environment(), id);
  if (query == nullptr || query->dataset != dataset) return std::unexpected(not_found("Query", call));
  return query;
}

// ---- results

ordered_json links_of(const Call& call, std::string_view id) {
  const std::string url =
      fmt::format("https://ui.honeycomb.io/{}/datasets/{}/result/{}", call.account.team.slug, call.dataset, id);
  return {{"query_url", url}, {"graph_image_url", url + "/snapshot"}};
}

// Whole numbers without a fraction, as Go writes them.
ordered_json number_json(double number) {
  constexpr double exact = 9007199254740992;  // 2^53
  if (std::floor(number) == number && std::fabs(number) <= exact) return static_cast<std::int64_t>(number);
  return number;
}

ordered_json cell_json(const query::Cell& cell) {
  if (const auto* truth = std::get_if<bool>(&cell)) return *truth;
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) return *integer;
  if (const auto* number = std::get_if<double>(&cell)) return number_json(*number);
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  if (const auto* heatmap = std::get_if<query::Heatmap>(&cell)) {  // where a bucket begins: how much [guess]
    ordered_json json = ordered_json::object();
    for (const auto& [bound, weight] : *heatmap) json[query::text_of(bound)] = number_json(weight);
    return json;
  }
  return nullptr;
}

// All that a result is made of, kept until somebody asks.
struct Asked {
  std::string environment;
  std::string dataset;  // empty: all
  std::string id;
  std::string query_id;
  std::string specification;
  StoredResult result;
  ordered_json links;
};

class Evaluation {
 public:
  Evaluation(const Asked& asked, const QueryIndex& index) : asked_(asked) {
    specification_ = ordered_json::parse(asked.specification);
    spec_ = *read_spec(specification_);  // it was read before it was stored
    spec_.set_times(asked.result.made_ns, spec_.question);
    query::Question& question = spec_.question;
    question.limit = limit();
    question.with_series = !asked.result.without_series;
    question.with_total = asked.result.with_total;
    question.with_other = asked.result.with_other;
    if (asked.dataset.empty()) {
      datasets_ = index.all_of(asked.environment);
    } else if (const IndexedDataset* dataset = index.find(asked.environment, asked.dataset)) {
      datasets_.push_back(dataset);
    }
  }

  Answer finish() {
    std::vector<query::Source> sources;
    std::size_t rows = 0;
    for (const IndexedDataset* dataset : datasets_) {
      sources.push_back({&dataset->table, dataset->table.rows_before(asked_.result.ordinal)});
      rows += sources.back().rows;
    }
    const query::Result result = query::run(spec_.question, sources);
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

  recording::Reply reply_of(const query::Result& result) const {
    ordered_json data = {{"series", ordered_json::array()}, {"results", ordered_json::array()}};
    for (const query::SeriesRow& row : result.series) {
      data["series"].push_back(
          {{"time", time_json(row.time_ns)}, {"data", row_json({result.rows[row.row].breakdowns, row.calculations})}});
    }
    for (const query::ResultRow& row : result.rows) data["results"].push_back({{"data", row_json(row)}});
    if (result.total) data["total_by_aggregate"] = row_json(*result.total);  // the names: [guess]
    if (result.other) data["other_by_aggregate"] = row_json(*result.other);
    recording::Reply reply = json_reply(200, {{"query", query_json()},
                                              {"id", asked_.id},
                                              {"complete", true},
                                              {"data", std::move(data)},
                                              {"links", asked_.links}});
    reply.headers.emplace_back("Last-Modified", recording::http_date(asked_.result.made_ns));
    reply.headers.emplace_back("Cache-Control", "private, max-age=86400");
    return reply;
  }

  ordered_json row_json(const query::ResultRow& row) const {
    ordered_json json = ordered_json::object();
    for (std::size_t i = 0; i < row.calculations.size(); ++i) {
      json[key_of(spec_.question.calculations[i])] = cell_json(row.calculations[i]);
    }
    for (std::size_t i = 0; i < row.breakdowns.size(); ++i) {
      json[spec_.question.breakdowns[i]] = cell_json(row.breakdowns[i]);
    }
    return json;
  }

  ordered_json query_json() const {
    ordered_json json = with_id(asked_.query_id, asked_.specification);
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
    for (const std::string& asked : spec_.column_names) {
      if (std::ranges::find(names, asked) != names.end()) continue;
      const std::string_view near = nearest_name(asked, names);
      std::string detail = fmt::format("\"{}\"", asked);
      if (!near.empty()) detail += fmt::format("; there is \"{}\"", near);
      findings.push_back(finding(rule::query_unknown_column, "query", std::move(detail)));
    }
  }

  const Asked& asked_;
  ordered_json specification_;
  QuerySpec spec_;
  std::vector<const IndexedDataset*> datasets_;
};

struct Options {
  std::string query_id;
  ResultMade made;
};

std::expected<Options, Decision> read_options(const ordered_json& body) {
  Options options;
  auto query_id = text_member(body, "query_id");
  if (!query_id) return std::unexpected(query_id.error());
  if (!*query_id) return std::unexpected(refuse_member("query_id", "is missing"));
  options.query_id = std::move(**query_id);
  const auto no_series = bool_member(body, "disable_series");
  const auto no_total = bool_member(body, "disable_total_by_aggregate");
  const auto no_other = bool_member(body, "disable_other_by_aggregate");
  for (const auto* each : {&no_series, &no_total, &no_other}) {
    if (!*each) return std::unexpected(each->error());
  }
  options.made.set_without_series(no_series->value_or(false));
  options.made.set_with_total(!no_total->value_or(true));
  options.made.set_with_other(!no_other->value_or(true));
  const auto limit = body.find("limit");
  if (limit == body.end() || limit->is_null()) return options;
  if (!limit->is_number_integer() || *limit < 1 || *limit > most_rows) {
    return std::unexpected(refuse_member("limit", "must be from 1 to 10000"));
  }
  if (!options.made.without_series()) return std::unexpected(refuse_member("limit", "needs disable_series"));
  options.made.set_limit(limit->get<std::uint32_t>());
  return options;
}

// The eleventh in a minute. It is answered as ever unless the session enforces quotas.
void look_at_quota(const Call& call, Decision& decision) {
  const std::uint64_t made = call.state.queries.results_in_minute(call.environment(), call.now_ns());
  if (made < results_a_minute) return;
  const bool enforced = call.state.settings.query_result_quota == "enforce";
  if (enforced) {
    decision = answer(problem(Problem::rate_limited, "Rate Limited", "This endpoint allows 10 requests per minute."));
  }
  if (enforced || made == results_a_minute) {  // one finding a minute where it is only noted
    decision.findings.push_back(finding(rule::query_too_many, "request", fmt::format("{} in this minute", made + 1)));
  }
}

}  // namespace

Decision create_query(const Call& call) {
  const auto dataset = find_dataset_or_all(call);
  if (!dataset) return dataset.error();
  const auto body = read_body(call);
  if (!body) return body.error();
  const auto spec = read_spec(*body);
  if (!spec) return refuse_spec(spec.error());
  const std::string specification = echo_of(*body).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  QueryEffect effect;
  effect.set_dataset(*dataset);
  effect.mutable_query()->set_id(call.context.entropy.text("query id", 11, base58));
  effect.mutable_query()->set_specification(specification);
  Decision decision = answer_with(json_reply(200, with_id(effect.query().id(), specification)), call, effect);
  for (const std::string& name : spec->unknown_members) {
    decision.findings.push_back(finding(rule::query_unknown_member, name, "no member of a query"));
  }
  return decision;
}

Decision get_query(const Call& call) {
  const auto dataset = find_dataset_or_all(call);
  if (!dataset) return dataset.error();
  const auto query = named_query(call, *dataset, call.id);
  if (!query) return query.error();
  return read(json_reply(200, with_id(call.id, (*query)->specification)));
}

Decision create_result(const Call& call) {
  const auto dataset = find_dataset_or_all(call);
  if (!dataset) return dataset.error();
  const auto body = read_body(call);
  if (!body) return body.error();
  auto options = read_options(*body);
  if (!options) return options.error();
  const auto query = named_query(call, *dataset, options->query_id);
  if (!query) return query.error();
  const ordered_json specification = ordered_json::parse((*query)->specification);
  auto spec = read_spec(specification);
  if (!spec) return refuse_spec(spec.error());
  spec->set_times(call.now_ns(), spec->question);
  if (spec->question.end_ns - spec->question.start_ns > oldest_ns + 3600 * ns_per_s ||
      spec->question.start_ns < call.now_ns() - oldest_ns - 3600 * ns_per_s) {  // [docs; the words: guess]
    return refuse_spec({"start_time", "results are made of the last 7 days only"});
  }
  const std::string id = call.context.entropy.text("result id", 11, base58);
  QueryEffect effect;
  effect.set_dataset(*dataset);
  *effect.mutable_result() = std::move(options->made);
  effect.mutable_result()->set_id(id);
  effect.mutable_result()->set_query_id(options->query_id);
  recording::Reply reply = json_reply(201, {{"query", with_id(options->query_id, (*query)->specification)},
                                            {"id", id},
                                            {"complete", false},
                                            {"links", links_of(call, id)}});
  reply.headers.emplace_back("Location", fmt::format("/1/query_results/{}/{}", percent_encode(call.dataset), id));
  Decision decision = answer_with(std::move(reply), call, effect);
  look_at_quota(call, decision);
  return decision;
}

Decision get_result(const Call& call) {
  const auto dataset = find_dataset_or_all(call);
  if (!dataset) return dataset.error();
  const StoredResult* const result = call.state.queries.find_result(call.environment(), call.id);
  if (result == nullptr || result->dataset != *dataset) return not_found("Query result", call);
  const StoredQuery* const query = call.state.queries.find_query(call.environment(), result->query_id);
  if (query == nullptr) return not_found("Query result", call);
  Decision decision;
  decision.later = [asked = Asked{call.environment(), *dataset, call.id, result->query_id, query->specification,
                                  *result, links_of(call, call.id)}](recording::Index& index,
                                                                     const recording::Context&) {
    return Evaluation(asked, static_cast<QueryIndex&>(index)).finish();
  };
  return decision;
}

}  // namespace understudy::honeycomb
