#include "xray/decide.h"

#include <fmt/format.h>

#include "aws/authentication.h"
#include "aws/body.h"
#include "xray/datagram.h"
#include "xray/document.h"
#include "xray/doors.h"
#include "xray/effect.h"
#include "xray/index.h"
#include "xray/limits.h"
#include "xray/members.h"
#include "xray/operations.h"
#include "xray/otlp_traces.h"
#include "xray/rules.h"

namespace understudy::xray {
namespace {

// The daemon's own log line is the detail, as far as it has one.
recording::Finding daemon_finding(const Datagram& datagram, std::uint64_t bytes) {
  switch (datagram.kind) {
    case DatagramKind::missing_header:
      return found(id::datagram_missing_header, "datagram", fmt::format("Missing header: {}", datagram.header), 0,
                   bytes);
    case DatagramKind::missing_segment:
      return found(id::datagram_missing_segment, "datagram",
                   fmt::format("Missing header or segment: {}", datagram.header), 0, bytes);
    case DatagramKind::invalid_header:
      return found(id::datagram_invalid_header, "datagram header", fmt::format("Invalid header: {}", datagram.header),
                   0, datagram.header.size());
    case DatagramKind::empty:
    case DatagramKind::accepted:
      break;
  }
  return found(id::datagram_empty, "datagram", "");
}

// The first line of an HTTP request.
bool is_http(std::string_view line) {
  return line.ends_with(" HTTP/1.1\r") || line.ends_with(" HTTP/1.0\r") || line.ends_with(" HTTP/1.1");
}

// A line feed between two objects: one document each was meant.
bool holds_several(std::string_view document) {
  for (auto at = document.find("}\n{"); at != std::string_view::npos; at = document.find("}\n{", at + 1)) return true;
  return document.contains("\n{\"format\"");
}

void judge_document(const XrayState& state, const Datagram& datagram, const recording::Context& context,
                    recording::Decision& decision) {
  const auto offset = datagram.header.size() + 1;
  if (const auto otlp = otlp_body(datagram.document)) {
    decision.effect = datagram_otlp;
    decision.findings.push_back(found(id::datagram_otlp, "datagram", otlp->prefix, offset, datagram.document.size()));
    if (const auto request = export_request(*otlp); !request) {
      decision.findings.push_back(
          found(id::datagram_otlp_unreadable, "datagram", request.error(), offset, datagram.document.size()));
    }
    return;
  }
  const DocumentPlace place{"", offset};
  auto judgement = judge(datagram.document, context.moment.vendor_ns, place);
  decision.effect = judgement.refused ? datagram_unprocessed : datagram_taken;
  decision.findings = std::move(judgement.findings);
  if (!judgement.refused && state.sizes.may_exceed(datagram.document.size())) {
    const auto trace = trace_id_in(datagram.document);
    const auto before = state.sizes.of(TraceSizes::key(trace, nullptr));
    if (before + datagram.document.size() > largest_trace) {
      decision.effect = datagram_over_limit;
      decision.findings.push_back(found(id::trace_too_large, fmt::format("trace {}", trace),
                                        fmt::format("{} bytes so far", before), offset, datagram.document.size()));
    }
  }
  if (judgement.refused && judgement.refused->code == "ParseError" && holds_several(datagram.document)) {
    decision.findings.push_back(
        found(id::datagram_several_documents, "datagram", "", offset, datagram.document.size()));
  }
}

recording::Decision decide_datagram(const XrayState& state, const recording::Request& request,
                                    const recording::Context& context) {
  recording::Decision decision;
  decision.reply.silent = true;
  const auto datagram = read_datagram(request.body);
  if (datagram.kind == DatagramKind::accepted) {
    judge_document(state, datagram, context, decision);
    return decision;
  }
  if (datagram.kind != DatagramKind::empty) decision.effect = datagram_rejected;
  decision.findings.push_back(daemon_finding(datagram, request.body.size()));
  if (is_http(datagram.header)) {
    decision.findings.push_back(found(id::datagram_http, "datagram", datagram.header, 0, datagram.header.size()));
  }
  return decision;
}

// Who sent it. The daemon signs for its clients, with its own region and account; at the API every client signs.
std::optional<Answer> identify(const XrayState& state, const recording::Request& request,
                               const recording::Context& context, Scope& scope,
                               std::vector<recording::Finding>& findings) {
  if (request.door == daemon_door) {
    scope = state.daemon;
    return std::nullopt;
  }
  const aws::AuthenticationPolicy policy{.vendor = "xray", .service = "xray", .refusal_status = 403};
  auto who = aws::authenticate(request, state.accounts, context.moment.wall_ns, policy);
  findings = std::move(who.findings);
  scope = {who.identity.account, who.identity.region};
  if (!who.refused) return std::nullopt;
  Answer answer;
  answer.refused = std::move(who.refused);
  return answer;
}

// What no operation answers. Status and type are a safe choice, no recording at hand [guess].
Answer unknown(const recording::Request& request, const Operation* operation) {
  aws::Error error{"UnknownOperationException", "", 404, {}};
  const auto place = fmt::format("{} {}", request.method, request.path());
  return Answer::refusal(std::move(error), found(id::operation_unknown, place, operation ? operation->name : ""));
}

Answer answer_call(const XrayState& state, const recording::Request& request, const recording::Context& context,
                   std::vector<recording::Finding>& findings) {
  Scope scope;
  if (auto refused = identify(state, request, context, scope, findings)) return std::move(*refused);
  const auto* operation = find_operation(request.path());
  if (operation == nullptr || request.method != "POST") return unknown(request, operation);
  std::string storage;
  const auto body = aws::plain_body(request, storage, largest_plain_body);
  if (!body) return unreadable("header content-encoding", "the body cannot be decoded, or is too large when decoded");
  const Call call{request, *body, context, std::move(scope), request.door == daemon_door};
  return operation->answer(state, call);
}

void set_content_type(recording::Reply& reply, const std::string& type) {
  for (auto& [name, value] : reply.headers) {
    if (name == "Content-Type") value = type;
  }
}

recording::Reply reply_of(const Answer& answer, const recording::Entropy& entropy) {
  if (answer.refused) return aws::rest_json_error(*answer.refused, entropy);
  auto reply = aws::rest_json_reply(answer.body, entropy);
  if (!answer.content_type.empty()) set_content_type(reply, answer.content_type);
  return reply;
}

using LaterAnswer = std::function<Answer(TraceIndex&, const recording::Context&)>;

std::function<recording::Answer(recording::Index&, const recording::Context&)> from_index(
    LaterAnswer later, std::vector<recording::Finding> findings) {
  return [later = std::move(later), findings = std::move(findings)](recording::Index& index,
                                                                    const recording::Context& context) {
    auto answer = later(static_cast<TraceIndex&>(index), context);
    recording::Answer made{reply_of(answer, context.entropy), findings};
    std::ranges::move(answer.findings, std::back_inserter(made.findings));
    return made;
  };
}

}  // namespace

recording::Decision decide(const XrayState& state, const recording::Request& request,
                           const recording::Context& context) {
  if (request.protocol == recording::Protocol::udp) return decide_datagram(state, request, context);
  recording::Decision decision;
  auto answer = answer_call(state, request, context, decision.findings);
  std::ranges::move(answer.findings, std::back_inserter(decision.findings));
  if (answer.later) {
    decision.later = from_index(std::move(answer.later), std::exchange(decision.findings, {}));
    return decision;
  }
  decision.reply = reply_of(answer, context.entropy);
  decision.effect = std::move(answer.effect);
  decision.read = answer.read;
  return decision;
}

}  // namespace understudy::xray
