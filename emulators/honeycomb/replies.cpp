#include "honeycomb/replies.h"

#include <fmt/format.h>

#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "honeycomb/doors.h"
#include "honeycomb/grpc_errors.h"
#include "otlp/status.pb.h"

namespace understudy::honeycomb {
namespace {

using recording::Protocol;
using recording::Refusal;
using recording::Reply;

struct ErrorRow {
  OtlpError error;
  int http_status;
  int grpc_status;
  std::string_view message;
};
constexpr ErrorRow error_rows[] = {
    // [code: husky otlp/errors.go]
    {OtlpError::unsupported_content_type, 415, grpc_unimplemented,
     "unsupported content-type, valid types are: application/protobuf, application/x-protobuf, application/json"},
    // [code: husky otlp/errors.go] [snapshot: backend logs of 2025, HTTP protobuf]
    {OtlpError::missing_key, 401, grpc_unauthenticated, "missing 'x-honeycomb-team' header"},
    // [code: husky otlp/errors.go] [snapshot: honeycombio/happy-o11ydays issue 1]
    {OtlpError::missing_dataset, 401, grpc_unauthenticated, "missing 'x-honeycomb-dataset' header"},
    // [snapshot: honeycombio/example-greeting-service PR 872, gRPC; backend logs of 2025, HTTP protobuf]
    {OtlpError::unknown_key, 401, grpc_unauthenticated,
     "unknown API key - check your credentials, region, and API URL"},
    // [code: husky otlp/errors.go; refinery answers it without the detail]
    {OtlpError::unparsable, 400, grpc_internal, "failed to parse OTLP request body"},
    // Husky reads the first 20 MiB and fails to parse them. [code: husky]
    {OtlpError::too_large, 400, grpc_resource_exhausted, "failed to parse OTLP request body"},
};

const ErrorRow& row_of(OtlpError error) { return error_rows[static_cast<std::size_t>(error)]; }

Reply with_body(int status, std::string_view content_type, std::string body) {
  Reply reply;
  reply.status = status;
  reply.headers.emplace_back("Content-Type", content_type);
  reply.body = std::move(body);
  return reply;
}

Reply text(int status, std::string body) { return with_body(status, "text/plain; charset=utf-8", std::move(body)); }

std::string to_text(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

Reply otlp_success(const Speech& speech) {
  if (speech.form == Speech::Form::grpc) return grpc_message({});
  return with_body(200, speech.content_type, speech.form == Speech::Form::json ? "{}" : "");
}

std::string_view message_of(OtlpError error) { return row_of(error).message; }

Reply otlp_error(const Speech& speech, OtlpError error, std::string_view message) {
  const ErrorRow& row = row_of(error);
  if (speech.form == Speech::Form::grpc) return grpc_error(row.grpc_status, std::string(message));
  return otlp_error(speech, row.http_status, message);
}

Reply otlp_error(const Speech& speech, int http_status, std::string_view message) {
  if (speech.form == Speech::Form::json) {
    // protojson writes no empty member.
    return with_body(http_status, speech.content_type, message.empty() ? "{}" : to_text({{"message", message}}));
  }
  google::rpc::Status status;
  status.set_message(std::string(message));
  return with_body(http_status, speech.content_type, status.SerializeAsString());
}

Reply unsupported_content_type() {
  const ErrorRow& row = row_of(OtlpError::unsupported_content_type);
  return with_body(row.http_status, "text/plain", std::string(row.message));
}

Reply grpc_error(int status, std::string message) {
  Reply reply;
  reply.grpc_status = status;
  reply.grpc_message = std::move(message);
  return reply;
}

Reply grpc_message(std::string message) {
  Reply reply;
  reply.grpc_status = grpc_ok;
  reply.body = std::move(message);
  return reply;
}

Reply not_found(const recording::Request& request, const Settings& settings, const recording::Entropy& entropy) {
  switch (api_of(request.path())) {
    case Api::v1:
      return api_error(404, "not found");  // the form: [docs: API]; the words: [guess]
    case Api::v2:                          // the form and title: [docs: API]; the code: [guess]
      return management_error(404, "not-found", "The requested resource cannot be found.", {}, entropy);
    case Api::none:
      break;
  }
  return text(404, settings.not_found_body);  // [guess]
}

Reply wrong_method(std::string_view allow, const Settings& settings) {
  Reply reply = text(405, settings.wrong_method_body);  // [guess]
  reply.headers.emplace_back("Allow", allow);
  return reply;
}

Reply api_error(int status, std::string_view message) {
  return with_body(status, "application/json", to_text({{"error", message}}));
}

Reply json_text_reply(int status, std::string body) { return with_body(status, "application/json", std::move(body)); }

Reply firehose_reply(int status, std::string_view request_id, std::int64_t wall_ns, std::string_view error_message) {
  constexpr std::int64_t millisecond_ns = 1'000'000;
  nlohmann::ordered_json body = {{"requestId", request_id}, {"timestamp", wall_ns / millisecond_ns}};
  if (!error_message.empty()) body["errorMessage"] = error_message;
  return json_text_reply(status, to_text(body));
}

Reply management_error(int status, std::string_view code, std::string_view title, std::string_view detail,
                       const recording::Entropy& entropy) {
  nlohmann::ordered_json error = {
      {"id", entropy.hex("error id", 32)}, {"status", std::to_string(status)}, {"code", code}, {"title", title}};
  if (!detail.empty()) error["detail"] = detail;
  return with_body(status, "application/vnd.api+json",
                   to_text({{"errors", nlohmann::ordered_json::array({std::move(error)})}}));
}

// [snapshot: terraform-provider-honeycombio's client tests]
Reply management_key_error(const recording::Entropy& entropy) {
  return with_body(401, "application/vnd.api+json",
                   to_text({{"errors",
                             {{{"id", entropy.hex("error id", 32)},
                               {"status", "401"},
                               {"code", "unauthenticated/invalid-key"},
                               {"title", "invalid API key"},
                               {"source", {{"header", "Authorization"}}}}}}}));
}

namespace {

// What stands before the hosted service answers these, and nothing of it was recorded: all of it is [guess].
struct RefusalRow {
  Refusal::Reason reason;
  int http_status;
  int grpc_status;
  std::string_view body;
};
constexpr RefusalRow refusal_rows[] = {
    {Refusal::Reason::bad_head, 400, grpc_internal, "400 Bad Request"},
    {Refusal::Reason::head_too_large, 431, grpc_internal, "431 Request Header Fields Too Large"},
    {Refusal::Reason::body_too_large, 413, grpc_resource_exhausted, "413 Request Entity Too Large"},
    {Refusal::Reason::timeout, 408, grpc_unavailable, "408 Request Timeout"},
    {Refusal::Reason::overloaded, 503, grpc_unavailable, "503 Service Unavailable"},
    {Refusal::Reason::tls_on_plain_port, 400, grpc_unavailable, "400 Bad Request"},
    // The session is chosen by a header of ours, so the words are ours too.
    {Refusal::Reason::unknown_session, 404, grpc_unavailable, "404 Not Found"},
};

}  // namespace

Reply refused_below(const Refusal& refusal, Protocol protocol) {
  for (const RefusalRow& row : refusal_rows) {
    if (row.reason != refusal.reason) continue;
    std::string body(row.body);
    if (row.reason == Refusal::Reason::unknown_session) body += fmt::format(": {}", refusal.detail);
    if (protocol == Protocol::grpc) return grpc_error(row.grpc_status, std::move(body));
    Reply reply = text(row.http_status, body + "\n");
    // A browser hides an answer without this header, and shows a CORS failure instead.
    reply.headers.emplace_back("Access-Control-Allow-Origin", "*");
    reply.close = row.reason != Refusal::Reason::overloaded && row.reason != Refusal::Reason::unknown_session;
    return reply;
  }
  return text(500, {});
}

}  // namespace understudy::honeycomb
