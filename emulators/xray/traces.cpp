// BatchGetTraces.
#include <fmt/format.h>

#include <algorithm>

#include "xray/index.h"
#include "xray/members.h"
#include "xray/rules.h"
#include "xray/scope.h"
#include "xray/traces_document.h"
#include "xray/traces_request.h"

namespace understudy::xray {
namespace {

constexpr std::size_t most_ids = 5;  // [docs]

}  // namespace

Answer batch_get_traces(const XrayState& state, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members members(*body, "");
  const auto ids = trace_ids(members, most_ids);
  (void)members.text("NextToken", 0, std::string::npos, Need::optional);
  if (auto refused = members.refusal()) return *refused;
  const auto seen = sight_of(state, call);
  return answered_later([ids, seen](TraceIndex& index, const recording::Context& context) {
    Answer answer;
    auto traces = nlohmann::json::array();
    for (const auto& id : ids) {
      const auto* trace = index.find(seen.view(index), id);
      const bool is_there = trace != nullptr && is_kept(*trace, seen, context.moment);
      if (is_there) traces.push_back(to_json(*trace, index, context.entries));
      if (!is_there) answer.findings.push_back(found(id::trace_unknown, "TraceIds", id));
    }
    // A trace that is not there is in neither list: UnprocessedTraceIds is for what failed [guess].
    answer.body =
        nlohmann::json{
            {"NextToken", nullptr}, {"Traces", std::move(traces)}, {"UnprocessedTraceIds", nlohmann::json::array()}}
            .dump();
    return answer;
  });
}

}  // namespace understudy::xray
