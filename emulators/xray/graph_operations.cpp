// GetServiceGraph and GetTraceGraph.
#include <fmt/format.h>

#include "xray/filter_match.h"
#include "xray/graph.h"
#include "xray/graph_group.h"
#include "xray/limits.h"
#include "xray/members.h"
#include "xray/rules.h"
#include "xray/traces_filter.h"
#include "xray/traces_request.h"

namespace understudy::xray {
namespace {

constexpr std::size_t most_ids = 100;  // of GetTraceGraph [guess]

struct Query {
  Window window;
  GroupQuery group;
  std::size_t first = 0;  // of the page, among the services
  Sight sight;
};

// A segment counts when it ended within the window [guess].
Answer service_graph(const Query& query, TraceIndex& index, const recording::Context& context) {
  const auto view = query.sight.view(index);
  FilterMatcher matcher(query.group.filter, index, query.sight.scope.account);
  Graph graph(index, query.sight);
  std::size_t before_group = 0;
  for (std::size_t i = 0; i < index.size(); ++i) {
    const auto& trace = index.trace(i);
    if (!view.sees(trace) || !is_kept(trace, query.sight, context.moment)) continue;
    const auto& assembled = index.assembled(trace);
    if (assembled.end_s < query.window.start_s || assembled.start_s >= query.window.end_s) continue;
    if (!query.group.is_all && !matcher.matches(trace)) continue;
    if (trace.first_entry <= query.group.since) {
      ++before_group;
      continue;
    }
    for (const auto& segment : assembled.segments) {
      if (query.window.holds(trace.entities[segment.entity].end_s)) graph.add(trace, assembled, segment);
    }
  }
  Answer answer;
  if (before_group > 0) {
    answer.findings.push_back(found(id::group_after_traces, "GroupName", fmt::format("{} traces", before_group)));
  }
  auto services = graph.services();
  auto next = cut_page(services, query.first);
  // The range of what was found, not that of the request [snapshot].
  answer.body = nlohmann::json{{"ContainsOldGroupVersions", query.group.changed_within(query.window)},
                               {"EndTime", graph.empty() ? query.window.end_s : graph.end_s()},
                               {"NextToken", std::move(next)},
                               {"Services", std::move(services)},
                               {"StartTime", graph.empty() ? query.window.start_s : graph.start_s()}}
                    .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return answer;
}

}  // namespace

Answer get_service_graph(const XrayState& state, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members members(*body, "");
  const auto token = members.text("NextToken", 0, std::string::npos, Need::optional).value_or("");
  const auto window = window_of(members, longest_graph_window_s);
  if (!window) return window.error();
  const auto begin = page_begin(token);
  if (!begin) return refuse_token(token);
  auto group = group_of(state, call, members);
  if (!group) return group.error();
  Query query{*window, std::move(*group), *begin, sight_of(state, call)};
  return answered_later([query = std::move(query)](TraceIndex& index, const recording::Context& context) {
    return service_graph(query, index, context);
  });
}

Answer get_trace_graph(const XrayState& state, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members members(*body, "");
  const auto ids = trace_ids(members, most_ids);
  const auto token = members.text("NextToken", 0, std::string::npos, Need::optional).value_or("");
  if (auto refused = members.refusal()) return *refused;
  const auto begin = page_begin(token);
  if (!begin) return refuse_token(token);
  return answered_later(
      [ids, first = *begin, seen = sight_of(state, call)](TraceIndex& index, const recording::Context& context) {
        Graph graph(index, seen);
        Answer answer;
        for (const auto& id : ids) {
          const auto* trace = index.find(seen.view(index), id);
          if (trace == nullptr || !is_kept(*trace, seen, context.moment)) {
            answer.findings.push_back(found(id::trace_unknown, "TraceIds", id));
            continue;
          }
          const auto& assembled = index.assembled(*trace);
          for (const auto& segment : assembled.segments) graph.add(*trace, assembled, segment);
        }
        auto services = graph.services();
        auto next = cut_page(services, first);
        answer.body = nlohmann::json{{"NextToken", std::move(next)}, {"Services", std::move(services)}}.dump(
            -1, ' ', false, nlohmann::json::error_handler_t::replace);
        return answer;
      });
}

}  // namespace understudy::xray
