#include "rollbar/replies.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rollbar/token.h"

namespace understudy::rollbar {

namespace {

using recording::Refusal;
using recording::Reply;

// Status lines and headers of recorded answers carry this front.
// [snapshot: terraform-provider-rollbar, update_project_teams.yaml; rollbar.js #322]
constexpr std::string_view nginx = "nginx/1.17.9";
constexpr const char* json_type = "application/json; charset=utf-8";

void append_quoted(std::string& json, std::string_view text) {
  const auto is_plain = [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; };
  if (std::all_of(text.begin(), text.end(), is_plain)) {
    json += '"';
    json += text;
    json += '"';
  } else {
    json += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
}

// `before`, the text in quotes, `after`. Without a formatter: this is the answer to every item.
std::string json_around(std::string_view before, std::string_view text, std::string_view after) {
  std::string json;
  json.reserve(before.size() + text.size() + after.size() + 2);
  json += before;
  append_quoted(json, text);
  json += after;
  return json;
}

Reply with_front(int status, std::string content_type, std::string body, const std::optional<RateHeaders>& rate) {
  Reply reply;
  reply.status = status;
  reply.body = std::move(body);
  auto& headers = reply.headers;
  headers.reserve(12);
  headers.emplace_back("Server", nginx);
  if (!content_type.empty()) headers.emplace_back("Content-Type", std::move(content_type));
  headers.emplace_back("Access-Control-Allow-Origin", "*");
  headers.emplace_back("Access-Control-Allow-Credentials", "true");
  if (rate) {
    headers.emplace_back("X-Rate-Limit-Limit", fmt::to_string(rate->limit));
    headers.emplace_back("X-Rate-Limit-Remaining", fmt::to_string(rate->remaining));
    headers.emplace_back("X-Rate-Limit-Reset", fmt::to_string(rate->reset));
    headers.emplace_back("X-Rate-Limit-Remaining-Seconds", fmt::to_string(rate->remaining_seconds));
  }
  headers.emplace_back("X-Response-Time", "1ms");  // the form is recorded; a reply must not depend on a stopwatch
  headers.emplace_back("Via", "1.1 google");
  headers.emplace_back("Alt-Svc", "clear");
  return reply;
}

std::string nginx_page(std::string_view title, std::string_view heading, std::string_view more) {
  return fmt::format(
      "<html>\r\n<head><title>{}</title></head>\r\n<body>\r\n<center><h1>{}</h1></center>\r\n{}"
      "<hr><center>{}</center>\r\n</body>\r\n</html>\r\n",
      title, heading, more, nginx);
}

Reply html(int status, std::string_view title) {
  Reply reply;
  reply.status = status;
  reply.headers = {{"Server", std::string(nginx)}, {"Content-Type", "text/html"}};
  reply.body = nginx_page(title, title, "");
  reply.close = true;
  return reply;
}

}  // namespace

// Two spaces of indentation, no line feed at the end: {"err": 0} is 14 bytes long in the recordings.
// [snapshot: terraform-provider-rollbar; rollbar.js #322; rollbar-gem #971]
Reply accepted(std::string_view uuid, const RateHeaders& rate) {
  return with_front(
      200, json_type,
      json_around("{\n  \"err\": 0,\n  \"result\": {\n    \"id\": null,\n    \"uuid\": ", uuid, "\n  }\n}"), rate);
}

Reply accepted_batch(const std::vector<std::string>& uuids, const RateHeaders& rate) {
  auto result = nlohmann::ordered_json::array();
  for (const std::string& uuid : uuids) result.push_back({{"id", nullptr}, {"uuid", uuid}});
  return succeeded(std::move(result), rate, false);
}

Reply failed(int status, std::string_view message, const std::optional<RateHeaders>& rate) {
  return with_front(status, json_type, json_around("{\n  \"err\": 1,\n  \"message\": ", message, "\n}"), rate);
}

void ask_for_replay(Reply& reply) {
  reply.headers.emplace_back("Rollbar-Replay-Enabled", "true");
  reply.headers.emplace_back("Rollbar-Replay-RateLimit-Remaining", "100");
  reply.headers.emplace_back("Access-Control-Expose-Headers",
                             "Rollbar-Replay-Enabled, Rollbar-Replay-RateLimit-Remaining");
}

// A GET carries an ETag, a signed 32-bit number in quotes; nothing else does. [snapshot: terraform-provider-rollbar]
// How the service computes it is not known: this is the FNV-1a hash of the body.
Reply answered(int status, const nlohmann::ordered_json& json, const std::optional<RateHeaders>& rate, bool is_get) {
  Reply reply =
      with_front(status, json_type, json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace), rate);
  if (is_get) {
    const auto hash = static_cast<std::int32_t>(fingerprint(reply.body));
    reply.headers.emplace_back("ETag", fmt::format("\"{}\"", hash));
  }
  return reply;
}

Reply succeeded(nlohmann::ordered_json result, const std::optional<RateHeaders>& rate, bool is_get) {
  return answered(200, {{"err", 0}, {"result", std::move(result)}}, rate, is_get);
}

// [snapshot: terraform-provider-rollbar, notification/read_deleted.json]
Reply not_found() { return failed(404, "Not found"); }

// [docs: status/ping]; its content type is not on record [guess].
Reply pong() { return with_front(200, "text/plain", "pong", {}); }

// [snapshot: rollbar.js #961]; the status is not on record [guess]. The requested headers are granted whatever they
// are: rollbar.js in fetch mode asks for one named "signal".
Reply preflight(const recording::Request& request) {
  Reply reply = with_front(204, "", "", {});
  reply.headers.emplace_back("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE");
  if (const auto wanted = request.header("access-control-request-headers")) {
    reply.headers.emplace_back("Access-Control-Allow-Headers", *wanted);
  }
  return reply;
}

Reply refused(const Refusal& refusal) {
  Reply reply;
  switch (refusal.reason) {
    case Refusal::Reason::bad_head:
    case Refusal::Reason::tls_on_plain_port:
    case Refusal::Reason::tls_failed:
    case Refusal::Reason::tls_unknown_host:
    case Refusal::Reason::tls_unused:
    case Refusal::Reason::cut:
      return html(400, "400 Bad Request");
    case Refusal::Reason::head_too_large:  // nginx has no 431 [code: nginx, ngx_http_special_response.c]
      reply = html(400, "400 Bad Request");
      reply.body = nginx_page("400 Request Header Or Cookie Too Large", "400 Bad Request",
                              "<center>Request Header Or Cookie Too Large</center>\r\n");
      return reply;
    case Refusal::Reason::timeout:
      return html(408, "408 Request Time-out");
    case Refusal::Reason::overloaded:
      return html(503, "503 Service Temporarily Unavailable");
    case Refusal::Reason::body_too_large:
      reply = failed(413, text::too_large);
      reply.close = true;
      return reply;
    case Refusal::Reason::unknown_session:
      return not_found();
  }
  return html(400, "400 Bad Request");
}

namespace text {

// [snapshot: rollbar-php #421]
std::string token_not_found(std::string_view token) { return fmt::format("access token not found: {}", token); }

// That it is refused is documented, its wording is not on record. [guess]
std::string token_disabled(std::string_view token) { return fmt::format("access token is disabled: {}", token); }

// [snapshot: rollbar.js #322, 138 bytes]
std::string scope_missing(std::string_view required, std::string_view present) {
  return fmt::format("insufficient privileges: {} scope is required but the access token only has {}.", required,
                     present);
}

// [snapshot: rollbar-gem #446, paraphrased by a maintainer]
std::string over_rate_limit(std::string_view token) { return fmt::format("Over rate limit. Access token: {}", token); }

// [docs: IP Blocklist]
std::string address_blocked(std::string_view address) {
  return fmt::format("Your IP address ({}) has been blocked.", address);
}

}  // namespace text

}  // namespace understudy::rollbar
