#include "honeycomb/query_results.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/percent.h"
#include "honeycomb/config_objects.h"
#include "honeycomb/query_evaluation.h"
#include "honeycomb/query_index.h"
#include "honeycomb/query_spec.h"
#include "honeycomb/replies.h"
#include "honeycomb/rules.h"

namespace understudy::honeycomb {
namespace {

using nlohmann::ordered_json;
using recording::Decision;

constexpr std::int64_t oldest_ns = std::int64_t{7} * 86400 * 1'000'000'000;
constexpr std::int64_t ns_per_s = 1'000'000'000;

// ---- queries

Decision refuse_spec(const SpecError& error) {
  return refuse(api_error(400, "invalid Query data"), finding(rule::query_invalid, error.place, error.detail));
}

// Points that are kept as time series are no events, and cannot be counted. [docs: Honeycomb docs, metrics]
bool holds_metrics_alone(const Call& call, std::string_view dataset) {
  if (call.state.settings.metrics_mapping != "native") return false;
  const Dataset* const found = call.state.find_dataset(call.environment(), dataset);
  if (found == nullptr || found->counts.data_points == 0) return false;
  return found->counts == Counts{.data_points = found->counts.data_points};
}

std::optional<SpecError> refused_of_metrics(const ordered_json& query) {
  constexpr std::string_view of_events[] = {"COUNT", "CONCURRENCY", "RATE_AVG", "RATE_SUM", "RATE_MAX"};
  const auto calculations = query.find("calculations");
  if (calculations == query.end()) return std::nullopt;
  std::size_t index = 0;
  for (const ordered_json& calculation : *calculations) {
    const auto& op = calculation["op"].get_ref<const std::string&>();
    if (std::ranges::find(of_events, op) != std::end(of_events)) {
      return SpecError{fmt::format("calculations[{}].op", index), fmt::format("{} is for datasets of events", op)};
    }
    ++index;
  }
  return std::nullopt;
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

// More than the plan allows in a minute. It is answered as ever unless the session enforces quotas.
void look_at_quota(const Call& call, Decision& decision) {
  const std::uint64_t made = call.state.queries.results_in_minute(call.environment(), call.now_ns());
  const std::uint64_t limit = call.state.settings.query_results_per_minute;
  if (made < limit) return;
  const bool enforced = call.state.settings.query_result_quota == "enforce";
  if (enforced) {
    decision = answer(problem(Problem::rate_limited, "Rate Limited",
                              fmt::format("This endpoint allows {} requests per minute.", limit)));
  }
  if (enforced || made == limit) {  // one finding a minute where it is only noted
    decision.findings.push_back(finding(rule::query_too_many, "request", fmt::format("{} in this minute", made + 1)));
  }
}

}  // namespace

Decision create_query(const Call& call) {
  const auto dataset = find_dataset_or_all(call);
  if (!dataset) return dataset.error();
  const auto body = read_body(call.request);
  if (!body) return body.error();
  const auto spec = read_spec(*body);
  if (!spec) return refuse_spec(spec.error());
  if (holds_metrics_alone(call, *dataset)) {
    if (const auto refused = refused_of_metrics(*body)) return refuse_spec(*refused);
  }
  const std::string specification = echo_of(*body).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  QueryEffect effect;
  effect.set_dataset(*dataset);
  effect.mutable_query()->set_id(call.context.entropy.text("query id", 11, base58));
  effect.mutable_query()->set_specification(specification);
  Decision decision = answer_with(json_reply(200, query_with_id(effect.query().id(), specification)), call, effect);
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
  return read(json_reply(200, query_with_id(call.id, (*query)->specification)));
}

Decision create_result(const Call& call) {
  const auto dataset = find_dataset_or_all(call);
  if (!dataset) return dataset.error();
  const auto body = read_body(call.request);
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
  ordered_json asked = query_with_id(options->query_id, (*query)->specification);
  // [docs: query data API, whose examples are all without series]
  if (effect.result().without_series()) {
    asked["limit"] = effect.result().limit() != 0 ? effect.result().limit() : spec->limit.value_or(most_rows);
  }
  recording::Reply reply =
      json_reply(201, {{"query", std::move(asked)}, {"id", id}, {"complete", false}, {"links", links_of(call, id)}});
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
  AskedResult of_result{call.environment(),
                        *dataset,
                        call.id,
                        result->query_id,
                        query->specification,
                        links_of(call, call.id).dump(),
                        *result,
                        derived_columns_of(call.state, call.environment(), *dataset)};
  decision.later = [asked = std::move(of_result)](recording::Index& index, const recording::Context&) {
    return evaluate(asked, static_cast<QueryIndex&>(index));
  };
  return decision;
}

}  // namespace understudy::honeycomb
