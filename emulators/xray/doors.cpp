#include "xray/doors.h"

#include "aws/authorization.h"
#include "aws/environment.h"
#include "aws/reply.h"
#include "xray/limits.h"
#include "xray/operations.h"

namespace understudy::xray {
namespace {

constexpr recording::Door all_doors[] = {
    {.name = daemon_door, .default_port = 2000, .tcp = true, .udp = true, .max_body_bytes = largest_plain_body},
    aws::door,
};

// As the daemon's front, Go's net/http, words it [code: golang/go net/http/server.go].
recording::Reply plain(int status, std::string body) {
  recording::Reply reply;
  reply.status = status;
  reply.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
  reply.body = std::move(body);
  reply.close = true;
  return reply;
}

recording::Reply json(int status, std::string_view type, std::string_view message) {
  recording::Reply reply;
  reply.status = status;
  reply.headers = {{"Content-Type", "application/json"}, {"x-amzn-ErrorType", std::string(type)}};
  aws::append_json_string(reply.body = R"({"__type":)", type);
  aws::append_json_string(reply.body += R"(,"Message":)", message);
  reply.body += '}';
  reply.close = true;
  return reply;
}

}  // namespace

std::span<const recording::Door> doors() { return all_doors; }

bool claims(const recording::Request& request) {
  if (request.door == daemon_door) return true;
  if (request.header("x-amz-target")) return false;  // X-Ray has no targets: its operations are paths
  const auto authorization = aws::authorization_of(request);
  if (!authorization.service.empty()) return authorization.service == "xray";
  return find_operation(request.path()) != nullptr;
}

// The daemon replaces whatever signature a client sent, so on its door no key says whose request it is.
std::optional<std::string> credential(const recording::Request& request) {
  if (request.door == daemon_door) return std::nullopt;
  const auto key = aws::authorization_of(request).access_key_id;
  if (key.empty()) return std::nullopt;
  return std::string(key);
}

recording::Reply refuse(const recording::Refusal& refusal, recording::Protocol protocol) {
  if (protocol == recording::Protocol::udp) {
    recording::Reply nothing;
    nothing.silent = true;
    return nothing;
  }
  using Reason = recording::Refusal::Reason;
  switch (refusal.reason) {
    case Reason::bad_head:
    case Reason::tls_on_plain_port:
    case Reason::tls_failed:
    case Reason::tls_unknown_host:
    case Reason::tls_unused:
    case Reason::cut:
      return plain(400, "400 Bad Request");
    case Reason::head_too_large:
      return plain(431, "431 Request Header Fields Too Large");
    case Reason::timeout:
      return plain(408, "408 Request Timeout");
    case Reason::body_too_large:
      return json(413, "RequestEntityTooLargeException", "Request Entity Too Large");  // [guess]
    case Reason::overloaded:
      return json(429, "ThrottledException", "Rate exceeded");  // status and type [code: API model]; text [guess]
    case Reason::unknown_session:
      return json(400, "InvalidRequestException", refusal.detail);  // no rule of X-Ray's: sessions are ours
  }
  return plain(500, "");
}

}  // namespace understudy::xray
