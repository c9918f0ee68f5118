#include "honeycomb/decide.h"

#include <fmt/format.h>

#include <utility>

#include "honeycomb/auth.h"
#include "honeycomb/caller.h"
#include "honeycomb/cors.h"
#include "honeycomb/decide_events.h"
#include "honeycomb/decide_markers.h"
#include "honeycomb/decide_otlp.h"
#include "honeycomb/doors.h"
#include "honeycomb/grpc_errors.h"
#include "honeycomb/key_diagnosis.h"
#include "honeycomb/path_diagnosis.h"
#include "honeycomb/query_api.h"
#include "honeycomb/replies.h"
#include "honeycomb/rules.h"
#include "honeycomb/set_refusals.h"

namespace understudy::honeycomb {
namespace {

using recording::Context;
using recording::Decision;
using recording::Finding;
using recording::Protocol;
using recording::Request;

Decision answer(recording::Reply reply) {
  Decision decision;
  decision.reply = std::move(reply);
  return decision;
}

Decision answer(recording::Reply reply, Finding finding) {
  Decision decision = answer(std::move(reply));
  decision.findings.push_back(std::move(finding));
  return decision;
}

// [docs: API] An absent key is answered as an unknown one. [guess]
Decision decide_auth(const HoneycombState& state, const Request& request) {
  const std::string_view key = key_of(request).key;
  if (key.empty()) return answer(api_error(401, api_unknown_key), diagnose_missing_key(request));
  const Account* const account = account_of(state, request);
  if (account == nullptr) return answer(api_error(401, api_unknown_key), diagnose_key(state, request));
  Decision decision = answer(describe_key(key, *account));
  decision.read = true;
  return decision;
}

// A management key goes in Authorization, as "Bearer id:secret". [docs: API]
Decision decide_auth_v2(const HoneycombState& state, const Request& request, const Context& context) {
  constexpr std::string_view scheme = "Bearer ";
  std::string_view key = request.header("authorization").value_or("");
  if (key.starts_with(scheme)) key.remove_prefix(scheme.size());
  const Account* const account = state.accounts.find_management(key);
  if (account == nullptr) {
    return answer(management_key_error(context.entropy),
                  finding(rule::management_key_wrong, "header authorization", masked(key)));
  }
  if (auto refused = refused_call(state.settings, request, context)) {
    return answer(std::move(refused->reply), std::move(refused->finding));
  }
  Decision decision = answer(describe_management_key(key, *account));
  decision.read = true;
  return decision;
}

// A browser names beforehand each header of the page's: where the key's is not among them, none will come. For a beacon
// that is all there is to see, as it takes cookies along and is not sent after an answer for every origin.
Decision decide_preflight(const HoneycombState& state, const Request& request) {
  Decision decision = answer(preflight(request, state.settings));
  const auto announced = request.header("access-control-request-headers");
  if (!announced || !request.path().starts_with("/v1/")) return decision;
  const bool has_key =
      announced->find("x-honeycomb-team") != announced->npos || announced->find("x-hny-team") != announced->npos;
  if (!has_key) decision.findings.push_back(diagnose_missing_key(request));
  return decision;
}

Decision decide_unknown(const HoneycombState& state, const Request& request, const Context& context) {
  if (auto decision = decide_query_api(state, request, context)) return std::move(*decision);
  auto reply = request.protocol == Protocol::grpc ? unknown_method(request.path())
                                                  : not_found(request, state.settings, context.entropy);
  return answer(std::move(reply), diagnose_path(request));
}

Decision decide_route(const HoneycombState& state, const Request& request, const Context& context) {
  const Route asked = route(request);
  switch (asked.operation) {
    case Operation::export_otlp:
      return decide_otlp(state, request, asked.signal);
    case Operation::profiles:
      return decide_profiles(state, request);
    case Operation::auth:
      return decide_auth(state, request);
    case Operation::auth_v2:
      return decide_auth_v2(state, request, context);
    case Operation::events:
      return decide_events(state, request, context, EventsForm::single, asked.dataset);
    case Operation::batch:
      return decide_events(state, request, context, EventsForm::batch, asked.dataset);
    case Operation::kinesis:
      return decide_events(state, request, context, EventsForm::kinesis, asked.dataset);
    case Operation::markers:
      return decide_markers(state, request, context, asked.dataset, asked.id);
    case Operation::preflight:
      return decide_preflight(state, request);
    case Operation::health_check:
    case Operation::health_watch: {
      Decision decision = answer(grpc_message("\x08\x01"));  // HealthCheckResponse{status: SERVING}
      decision.read = true;
      return decision;
    }
    case Operation::wrong_method:
      return answer(wrong_method(asked.allow, state.settings),
                    finding(rule::method_wrong, "method", fmt::format("{} {}", request.method, request.path())));
    case Operation::unknown:
      break;
  }
  return decide_unknown(state, request, context);
}

// Honeycomb itself has one port for both, so the other one's protocol is served.
std::optional<Finding> port_finding(const Request& request) {
  const bool grpc = request.protocol == Protocol::grpc;
  if (grpc && request.door == http_door) return finding(rule::port_grpc_on_http, "port", std::string(request.path()));
  if (grpc || request.door != grpc_door || request.method != "POST") return std::nullopt;
  return finding(rule::port_http_on_grpc, "port", fmt::format("{} {}", request.method, request.path()));
}

// What every reply over HTTP has.
void add_common_headers(recording::Reply& reply, const Request& request, const Settings& settings) {
  allow_origin(reply, request, settings);
  if (settings.response_headers.empty()) return;
  for (auto& header : settings.extra_headers()) reply.headers.push_back(std::move(header));
}

// The request is gone when the reply is made: what its head decides is worked out before.
Decision complete_later(Decision decision, const Request& request, const Settings& settings) {
  recording::Reply common;
  add_common_headers(common, request, settings);
  decision.later = [inner = std::move(decision.later), headers = std::move(common.headers),
                    port = port_finding(request)](recording::Index& index, const Context& context) {
    recording::Answer answer = inner(index, context);
    answer.reply.headers.insert(answer.reply.headers.end(), headers.begin(), headers.end());
    if (port) answer.findings.push_back(*port);
    return answer;
  };
  return decision;
}

}  // namespace

Decision decide(const HoneycombState& state, const Request& request, const Context& context) {
  Decision decision = decide_route(state, request, context);
  if (decision.later) return complete_later(std::move(decision), request, state.settings);
  if (request.protocol != Protocol::grpc) add_common_headers(decision.reply, request, state.settings);
  if (auto found = port_finding(request)) decision.findings.push_back(std::move(*found));
  return decision;
}

}  // namespace understudy::honeycomb
