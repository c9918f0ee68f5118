// StartTraceRetrieval, ListRetrievedTraces, GetRetrievedTracesGraph, CancelTraceRetrieval: traces as Transaction Search
// keeps them, read by a job. The result is computed when it is asked for, over all that came until then.
#include <fmt/format.h>

#include <limits>

#include "xray/graph.h"
#include "xray/otel_spans.h"
#include "xray/rules.h"
#include "xray/scope.h"
#include "xray/traces_document.h"
#include "xray/traces_filter.h"
#include "xray/traces_request.h"

namespace understudy::xray {
namespace {

constexpr std::size_t most_ids = 100;             // of a job [code: API model]
constexpr std::size_t longest_token = 1020;       // [code: API model]
constexpr std::size_t most_traces = 5;            // of a page [code: API model]
constexpr std::size_t most_spans = 100;           // of a trace on a page [code: API model]
constexpr std::int64_t takes_ns = 2'000'000'000;  // from start to end of a job, by the session's clock [guess]
constexpr std::string_view complete = "COMPLETE";

// SCHEDULED is passed over: a job starts at once [guess].
std::string_view status_of(const Retrieval& job, const recording::Moment& now) {
  if (job.is_cancelled) return "CANCELLED";
  return now.vendor_ns - job.started_ns < takes_ns ? "RUNNING" : complete;
}

// Status and type are the model's [code], the text is not recorded [guess].
Answer refuse_unknown(std::string_view token) {
  return Answer::refusal({"ResourceNotFoundException", "Retrieval token does not exist", 404, {}},
                         found(id::retrieval_unknown, "RetrievalToken", token));
}

struct NamedJob {
  std::string token;
  const Retrieval* job;
};

// The job that RetrievalToken names, or the refusal.
std::expected<NamedJob, Answer> named_job(const XrayState& state, const Call& call, Members& members) {
  auto token = members.text("RetrievalToken", 0, longest_token, Need::required).value_or("");
  if (auto refused = members.refusal()) return std::unexpected(std::move(*refused));
  const auto& jobs = state.region(call.scope).resources.retrievals;
  const auto known = jobs.find(token);
  if (known == jobs.end()) return std::unexpected(refuse_unknown(token));
  return NamedJob{std::move(token), &known->second};
}

// The traces of a job that are there; what is not is a finding.
std::vector<const Trace*> traces_of(const Retrieval& job, const Sight& sight, TraceIndex& index,
                                    const recording::Context& context, Answer& answer) {
  std::vector<const Trace*> traces;
  for (const auto& id : job.trace_ids) {
    const auto* trace = index.find(sight.view(index), id);
    if (trace == nullptr || !is_kept(*trace, sight, context.moment)) {
      answer.findings.push_back(found(id::trace_unknown, "TraceIds", id));
      continue;
    }
    const auto& assembled = index.assembled(*trace);
    if (assembled.start_s <= job.end_s && assembled.end_s >= job.start_s) {  // both ends count [docs]
      traces.push_back(trace);
    } else {
      answer.findings.push_back(found(id::trace_unknown, "StartTime, EndTime", id + " lies outside of them"));
    }
  }
  return traces;
}

// Documents of a trace, 100 at most in each part: one with more stands on the list several times [guess].
struct Pages {
  std::size_t first = 0;  // of the parts, the one that the page begins with
  std::size_t seen = 0;
  nlohmann::json traces = nlohmann::json::array();

  bool add(const Trace& trace, const Assembled& assembled, nlohmann::json&& spans) {
    std::size_t at = 0;
    do {
      if (traces.size() == most_traces) return false;
      auto part = nlohmann::json::array();
      while (at < spans.size() && part.size() < most_spans) part.push_back(std::move(spans[at++]));
      if (seen++ < first) continue;
      traces.push_back({{"Duration", rounded_to_milliseconds(assembled.end_s - assembled.start_s)},
                        {"Id", std::string(trace.id)},
                        {"Spans", std::move(part)}});
    } while (at < spans.size());
    return true;
  }
};

Answer list(const Retrieval& job, const Sight& sight, bool as_spans, std::size_t first, TraceIndex& index,
            const recording::Context& context) {
  Answer answer;
  Pages page;
  page.first = first;
  nlohmann::json next;
  for (const auto* trace : traces_of(job, sight, index, context, answer)) {
    auto documents =
        as_spans ? spans_of(*trace, index, context.entries) : to_json(*trace, index, context.entries).at("Segments");
    if (page.add(*trace, index.assembled(*trace), std::move(documents))) continue;
    next = std::to_string(first + most_traces);
    break;
  }
  answer.body = nlohmann::json{{"NextToken", next},
                               {"RetrievalStatus", complete},
                               {"TraceFormat", as_spans ? "OTEL" : "XRAY"},
                               {"Traces", std::move(page.traces)}}
                    .dump();
  return answer;
}

// "When the status is not COMPLETE, the API will return an empty response" [docs: API model].
Answer not_yet(std::string_view status, std::string_view list, const nlohmann::json& more) {
  nlohmann::json body = {{"NextToken", nullptr}, {"RetrievalStatus", status}, {list, nlohmann::json::array()}};
  body.update(more);
  Answer answer;
  answer.body = body.dump();
  answer.read = true;
  return answer;
}

}  // namespace

Answer start_trace_retrieval(const XrayState& state, const Call& call) {
  constexpr auto any = std::numeric_limits<double>::max();
  const auto body = object_of(call);
  if (!body) return body.error();
  Members members(*body, "");
  const auto ids = trace_ids(members, most_ids);
  const auto start = members.number("StartTime", -any, any, Need::required);
  const auto end = members.number("EndTime", -any, any, Need::required);
  if (auto refused = members.refusal()) return *refused;
  if (*end < *start) {  // text [guess]
    return Answer::refusal(invalid_request("End time must be after start time"),
                           found(id::window_refused, "StartTime", fmt::format("{} to {}", *start, *end)));
  }
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  const auto token = call.context.entropy.text("retrieval token", 64, letters);
  Answer answer;
  answer.body = nlohmann::json{{"RetrievalToken", token}}.dump();
  answer.effect = scoped_effect("start_retrieval", call.scope,
                                {{"token", token}, {"trace_ids", ids}, {"start", *start}, {"end", *end}});
  if (state.region(call.scope).resources.destination.name != "CloudWatchLogs") {
    answer.findings.push_back(found(id::retrieval_destination, "region", call.scope.region));
  }
  return answer;
}

Answer list_retrieved_traces(const XrayState& state, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members members(*body, "");
  // Without a format: X-Ray's own [guess].
  const auto as_spans = members.choice("TraceFormat", {"XRAY", "OTEL"}, Need::optional) == "OTEL";
  const auto token = members.text("NextToken", 0, std::string::npos, Need::optional).value_or("");
  const auto named = named_job(state, call, members);
  if (!named) return named.error();
  const auto begin = page_begin(token);
  if (!begin) return refuse_token(token);
  const auto status = status_of(*named->job, call.context.moment);
  if (status != complete) return not_yet(status, "Traces", {{"TraceFormat", as_spans ? "OTEL" : "XRAY"}});
  return answered_later([job = *named->job, sight = sight_of(state, call), as_spans, first = *begin](
                            TraceIndex& index, const recording::Context& context) {
    return list(job, sight, as_spans, first, index, context);
  });
}

Answer get_retrieved_traces_graph(const XrayState& state, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members members(*body, "");
  const auto token = members.text("NextToken", 0, std::string::npos, Need::optional).value_or("");
  const auto named = named_job(state, call, members);
  if (!named) return named.error();
  if (!token.empty()) return refuse_token(token);
  const auto status = status_of(*named->job, call.context.moment);
  if (status != complete) return not_yet(status, "Services", nlohmann::json::object());
  return answered_later([job = *named->job, sight = sight_of(state, call)](TraceIndex& index,
                                                                           const recording::Context& context) {
    Answer answer;
    Graph graph(index, sight);
    for (const auto* trace : traces_of(job, sight, index, context, answer)) {
      const auto& assembled = index.assembled(*trace);
      for (const auto& segment : assembled.segments) graph.add(*trace, assembled, segment);
    }
    auto services = nlohmann::json::array();
    for (auto& service : graph.services()) {
      services.push_back({{"Links", nlohmann::json::array()}, {"Service", std::move(service)}});
    }
    answer.body =
        nlohmann::json{{"NextToken", nullptr}, {"RetrievalStatus", complete}, {"Services", std::move(services)}}.dump(
            -1, ' ', false, nlohmann::json::error_handler_t::replace);
    return answer;
  });
}

// A job that is done stays so [guess].
Answer cancel_trace_retrieval(const XrayState& state, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members members(*body, "");
  const auto named = named_job(state, call, members);
  if (!named) return named.error();
  Answer answer;
  if (status_of(*named->job, call.context.moment) == "RUNNING") {
    answer.effect = scoped_effect("cancel_retrieval", call.scope, {{"token", named->token}});
  }
  return answer;
}

}  // namespace understudy::xray
