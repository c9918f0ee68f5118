// GetTimeSeriesServiceStatistics.
#include <algorithm>
#include <cmath>
#include <map>

#include "xray/filter_match.h"
#include "xray/graph.h"
#include "xray/graph_group.h"
#include "xray/limits.h"
#include "xray/rules.h"
#include "xray/traces_filter.h"

namespace understudy::xray {
namespace {

constexpr std::int64_t default_period_s = 60;  // [guess]
constexpr std::int64_t longest_period_s = 86'400;

struct Query {
  Window window;
  GroupQuery group;
  Filter selector;  // one service(...) or edge(...); everything: the calls of clients
  std::int64_t period_s = default_period_s;
  bool with_forecast = false;
  std::size_t first = 0;  // of the page, among the periods
  Sight sight;
};

// What the faults of the periods before let expect: two standard deviations around their mean. X-Ray's own way is not
// known [guess].
class Forecast {
 public:
  nlohmann::json bounds() const {
    const auto mean = count_ == 0 ? 0 : sum_ / count_;
    const auto deviation = count_ == 0 ? 0 : std::sqrt(std::max(0.0, squares_ / count_ - mean * mean));
    return {{"FaultCountHigh", static_cast<std::int64_t>(std::ceil(mean + 2 * deviation))},
            {"FaultCountLow", static_cast<std::int64_t>(std::floor(std::max(0.0, mean - 2 * deviation)))}};
  }
  void add(std::int64_t faults) {
    const auto value = static_cast<double>(faults);
    ++count_;
    sum_ += value;
    squares_ += value * value;
  }

 private:
  double count_ = 0;
  double sum_ = 0;
  double squares_ = 0;
};

// What the selector asks for, by the second at which each period begins; periods without any are left out [guess].
std::map<std::int64_t, Statistics> series_of(const Query& query, TraceIndex& index, const recording::Moment& moment) {
  const auto view = query.sight.view(index);
  const auto& account = query.sight.scope.account;
  FilterMatcher group(query.group.filter, index, account);
  FilterMatcher selector(query.selector, index, account);
  const bool is_of_clients = query.selector.kind == FilterKind::everything;
  std::map<std::int64_t, Statistics> series;
  for (std::size_t i = 0; i < index.size(); ++i) {
    const auto& trace = index.trace(i);
    if (!view.sees(trace) || !is_kept(trace, query.sight, moment) || trace.first_entry <= query.group.since) continue;
    const auto& assembled = index.assembled(trace);
    if (assembled.end_s < query.window.start_s || assembled.start_s >= query.window.end_s) continue;
    if (!query.group.is_all && !group.matches(trace)) continue;
    for (const auto& segment : assembled.segments) {
      const bool is_edge = query.selector.kind == FilterKind::edge && segment.via != nowhere;
      const auto& entity = trace.entities[is_edge ? segment.via : segment.entity];
      if (!query.window.holds(entity.end_s) || entity.has(is_open)) continue;
      if (is_of_clients ? segment.parent != nowhere : !selector.matches(trace, segment)) continue;
      const auto second = static_cast<std::int64_t>(std::floor(entity.end_s));
      series[second - second % query.period_s].add(entity);
    }
  }
  return series;
}

Answer statistics(const Query& query, TraceIndex& index, const recording::Context& context) {
  auto series = nlohmann::json::array();
  const auto* kind = query.selector.kind == FilterKind::service ? "ServiceSummaryStatistics" : "EdgeSummaryStatistics";
  Forecast forecast;
  for (const auto& [second, counted] : series_of(query, index, context.moment)) {
    series.push_back({{"Timestamp", static_cast<double>(second)},
                      {kind, summary_statistics(counted)},
                      {"ResponseTimeHistogram", to_json(counted.histogram)}});
    if (!query.with_forecast) continue;
    series.back()["ServiceForecastStatistics"] = forecast.bounds();
    forecast.add(counted.faults);
  }
  auto next = cut_page(series, query.first);
  Answer answer;
  answer.body = nlohmann::json{{"ContainsOldGroupVersions", query.group.changed_within(query.window)},
                               {"NextToken", std::move(next)},
                               {"TimeSeriesServiceStatistics", std::move(series)}}
                    .dump();
  return answer;
}

}  // namespace

Answer get_time_series_service_statistics(const XrayState& state, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members members(*body, "");
  Query query;
  const auto expression = members.text("EntitySelectorExpression", 1, 500, Need::optional);  // [code: API model]
  const auto token = members.text("NextToken", 0, std::string::npos, Need::optional).value_or("");
  query.period_s = members.integer("Period", 1, longest_period_s, Need::optional).value_or(default_period_s);
  query.with_forecast = members.boolean("ForecastStatistics").value_or(false);
  const auto window = window_of(members, longest_graph_window_s);
  if (!window) return window.error();
  query.window = *window;
  const auto begin = page_begin(token);
  if (!begin) return refuse_token(token);
  query.first = *begin;
  if (query.with_forecast && !expression) {  // [docs]; the text is a [guess]
    return Answer::refusal(invalid_request("ForecastStatistics requires an EntitySelectorExpression"),
                           found(id::forecast_without_selector, "EntitySelectorExpression", "absent"));
  }
  auto selector = filter_of(state, call.scope, expression.value_or(""), "EntitySelectorExpression");
  if (!selector) return selector.error();
  query.selector = std::move(*selector);
  const auto kind = query.selector.kind;
  if (kind != FilterKind::everything && kind != FilterKind::service && kind != FilterKind::edge) {
    return Answer::refusal(invalid_request("Invalid entity selector expression: expected service(...) or edge(...)"),
                           found(id::filter_unreadable, "EntitySelectorExpression", *expression));
  }
  auto group = group_of(state, call, members);
  if (!group) return group.error();
  query.group = std::move(*group);
  query.sight = sight_of(state, call);
  return answered_later([query = std::move(query)](TraceIndex& index, const recording::Context& context) {
    return statistics(query, index, context);
  });
}

}  // namespace understudy::xray
