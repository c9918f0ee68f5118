// GetTraceSummaries.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/bytes.h"
#include "xray/filter_match.h"
#include "xray/rules.h"
#include "xray/summaries_json.h"
#include "xray/traces_filter.h"
#include "xray/traces_request.h"

namespace understudy::xray {
namespace {

constexpr std::int64_t longest_window_s = std::int64_t{24} * 3600;  // commonly stated [guess]
constexpr std::size_t page_size = 100;                              // [guess]

// Which time of a trace must lie in the window [docs]: that within its id, of anything that happened, or of the end.
enum class TimeRange { trace_id, event, service };

struct Query {
  Window window;
  TimeRange range = TimeRange::trace_id;
  double sampled = 1;  // share of the traces that are looked at
  Filter filter;
  Sight sight;
  std::string after;  // "<time in microseconds>/<trace id>" of the last trace of the page before
};

struct Candidate {
  std::int64_t time_us;
  const Trace* trace;
};

bool comes_before(const Candidate& left, const Candidate& right) {
  return left.time_us != right.time_us ? left.time_us > right.time_us : left.trace->id > right.trace->id;
}

std::int64_t microseconds(double seconds) { return static_cast<std::int64_t>(seconds * 1e6); }

// The time that the window is held against; nothing if the trace is outside of it.
std::optional<std::int64_t> time_in(const Query& query, const Trace& trace, TraceIndex& index) {
  if (query.range == TimeRange::trace_id) {
    if (!query.window.holds(static_cast<double>(trace.epoch_s))) return std::nullopt;
    return trace.epoch_s * 1'000'000;
  }
  const auto& assembled = index.assembled(trace);
  if (query.range == TimeRange::service) {
    if (!query.window.holds(assembled.end_s)) return std::nullopt;
    return microseconds(assembled.end_s);
  }
  const bool overlaps = assembled.start_s < query.window.end_s && assembled.end_s >= query.window.start_s;
  if (!overlaps) return std::nullopt;
  return microseconds(std::max(assembled.start_s, query.window.start_s));
}

// The same traces are sampled each time: the random part of their id decides.
bool is_sampled(const Query& query, const Trace& trace) {
  if (query.sampled >= 1) return true;
  std::uint32_t drawn = 0;
  (void)std::from_chars(trace.id.data() + trace.id.size() - 8, trace.id.data() + trace.id.size(), drawn, 16);
  return drawn < query.sampled * 4294967296.0;
}

// The most recent first [docs].
std::vector<Candidate> candidates(const Query& query, TraceIndex& index, const recording::Moment& moment) {
  const auto view = query.sight.view(index);
  std::vector<Candidate> all;
  for (std::size_t i = 0; i < index.size(); ++i) {
    const auto& trace = index.trace(i);
    if (!view.sees(trace) || !is_kept(trace, query.sight, moment) || !is_sampled(query, trace)) continue;
    if (const auto time = time_in(query, trace, index)) all.push_back({*time, &trace});
  }
  std::ranges::sort(all, comes_before);
  return all;
}

// After the trace that a page ended with.
std::vector<Candidate>::const_iterator first_of_page(const Query& query, const std::vector<Candidate>& all) {
  if (query.after.empty()) return all.begin();
  Trace last;
  const auto slash = query.after.find('/');
  last.id = std::string_view(query.after).substr(slash + 1);
  std::int64_t time_us = 0;
  (void)std::from_chars(query.after.data(), query.after.data() + slash, time_us);
  return std::ranges::upper_bound(all, Candidate{time_us, &last}, comes_before);
}

Answer page(const Query& query, TraceIndex& index, const recording::Context& context) {
  const auto all = candidates(query, index, context.moment);
  FilterMatcher matcher(query.filter, index, query.sight.scope.account);
  auto summaries = nlohmann::json::array();
  std::int64_t processed = 0;
  nlohmann::json next;
  const Candidate* last = nullptr;
  for (auto at = first_of_page(query, all); at != all.end(); ++at) {
    const auto& trace = *at->trace;
    const bool is_wanted = index.assembled(trace).root != nowhere && matcher.matches(trace);
    if (is_wanted && summaries.size() == page_size) {
      next = fmt::format("{}/{}", last->time_us, last->trace->id);
      break;
    }
    ++processed;
    last = &*at;
    if (!is_wanted) continue;
    auto summary = summary_of(trace, index);
    if (query.range != TimeRange::trace_id) summary["MatchedEventTime"] = static_cast<double>(at->time_us) / 1e6;
    summaries.push_back(std::move(summary));
  }
  const auto oldest = last == nullptr ? query.window.start_s : static_cast<double>(last->time_us) / 1e6;
  Answer answer;
  answer.body = nlohmann::json{
      {"ApproximateTime", next.is_null() ? query.window.start_s : oldest},
      {"NextToken", next},
      {"TraceSummaries", std::move(summaries)},
      {"TracesProcessedCount",
       processed}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return answer;
}

std::optional<TimeRange> time_range(std::string_view name) {
  if (name == "TraceId") return TimeRange::trace_id;
  if (name == "Event") return TimeRange::event;
  if (name == "Service") return TimeRange::service;
  return std::nullopt;
}

void read_range(Members& members, Query& query) {
  const auto name = members.text("TimeRangeType", 0, std::string::npos, Need::optional);
  if (!name) return;
  if (const auto range = time_range(*name)) {
    query.range = *range;
  } else {
    members.violation("TimeRangeType", *name, aws::constraint::one_of("TraceId, Event, Service"));
  }
}

// Sampling without a strategy, or PartialScan, may look at all traces: there are never too many here [guess].
void read_sampling(Members& members, Query& query) {
  const auto sampling = members.boolean("Sampling");
  const auto* given = members.object("SamplingStrategy", Need::optional);
  if (given == nullptr) return;
  auto strategy = members.within(*given, "SamplingStrategy");
  const auto name = strategy.text("Name", 0, std::string::npos, Need::optional);
  const auto value = strategy.number("Value", 0, 1, Need::optional);
  if (name && *name != "PartialScan" && *name != "FixedRate") {
    strategy.violation("Name", *name, aws::constraint::one_of("PartialScan, FixedRate"));
  }
  if (sampling.value_or(false) && name == "FixedRate") query.sampled = value.value_or(1);
}

bool is_token(std::string_view token) {
  const auto slash = token.find('/');
  return slash != std::string_view::npos && slash > 0 && slash < 20 &&
         token.substr(0, slash).find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Answer get_trace_summaries(const XrayState& state, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members members(*body, "");
  Query query;
  read_range(members, query);
  read_sampling(members, query);
  const auto expression = members.text("FilterExpression", 0, 2000, Need::optional);
  query.after = members.text("NextToken", 0, std::string::npos, Need::optional).value_or("");
  const auto window = window_of(members, longest_window_s);
  if (!window) return window.error();
  query.window = *window;
  if (!query.after.empty() && !is_token(query.after)) return refuse_token(query.after);
  auto filter = filter_of(state, call.scope, expression.value_or(""));
  if (!filter) return filter.error();
  query.filter = std::move(*filter);
  query.sight = sight_of(state, call);
  return answered_later([query = std::move(query)](TraceIndex& index, const recording::Context& context) {
    return page(query, index, context);
  });
}

}  // namespace understudy::xray
