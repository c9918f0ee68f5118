// Telemetry as SDKs send it, small and by hand: no SDK is needed to test what records it.
#pragma once

#include <arpa/inet.h>
#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "understudy/understudy.h"

namespace understudy {

using nlohmann::json;

inline std::int64_t now_ns() {
  return std::chrono::system_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

inline json attributes(const json& values) {
  json list = json::array();
  for (const auto& [key, value] : values.items()) {
    const char* type = value.is_string()           ? "stringValue"
                       : value.is_boolean()        ? "boolValue"
                       : value.is_number_integer() ? "intValue"
                                                   : "doubleValue";
    list.push_back({{"key", key}, {"value", {{type, value}}}});
  }
  return list;
}

struct SentSpan {
  std::string name = "home";
  std::string id = "00f067aa0ba902b7";
  std::string parent = {};
  json attributes = json::object();
  int kind = 1;    // internal
  int status = 0;  // unset
  json events = json::array();
  json links = json::array();
  std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  std::int64_t duration_ns = 5'000'000;
};

inline json otlp_span(const SentSpan& span) {
  const std::int64_t start = now_ns();
  json sent = {{"name", span.name},
               {"traceId", span.trace},
               {"spanId", span.id},
               {"kind", span.kind},
               {"startTimeUnixNano", std::to_string(start)},
               {"endTimeUnixNano", std::to_string(start + span.duration_ns)},
               {"attributes", attributes(span.attributes)},
               {"status", {{"code", span.status}}}};
  if (!span.parent.empty()) sent["parentSpanId"] = span.parent;
  for (const json& event : span.events) {
    sent["events"].push_back({{"name", event["name"]},
                              {"timeUnixNano", std::to_string(start)},
                              {"attributes", attributes(event.value("attributes", json::object()))}});
  }
  for (const json& link : span.links) {
    sent["links"].push_back({{"traceId", link["trace"]},
                             {"spanId", link["span"]},
                             {"attributes", attributes(link.value("attributes", json::object()))}});
  }
  return sent;
}

inline int post_otlp(const Understudy& vendors, const json& spans, const std::string& key = "understudyHoneycombKey") {
  httplib::Client client(vendors.honeycomb().url());
  const json body = {{"resourceSpans",
                      {{{"resource", {{"attributes", attributes({{"service.name", "backend-flask"}})}}},
                        {"scopeSpans", {{{"scope", {{"name", "home.activities"}}}, {"spans", spans}}}}}}}};
  const auto reply = client.Post("/v1/traces", {{"x-honeycomb-team", key}}, body.dump(), "application/json");
  return reply ? reply->status : 0;
}

inline int send_span(const Understudy& vendors, const SentSpan& span) {
  return post_otlp(vendors, json::array({otlp_span(span)}));
}

inline void send_segment(const Understudy& vendors, const json& document) {
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(vendors.ports().xray);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const std::string datagram = "{\"format\":\"json\",\"version\":1}\n" + document.dump();
  sendto(fd, datagram.data(), datagram.size(), 0, reinterpret_cast<sockaddr*>(&to), sizeof to);
  close(fd);
}

// A segment that started just now.
inline json segment(const std::string& name, const json& more = json::object()) {
  const double start = static_cast<double>(now_ns()) / 1e9;
  char trace[64];
  std::snprintf(trace, sizeof trace, "1-%08x-a006649127e371903a2de979", static_cast<unsigned>(start));
  json made = {{"name", name},
               {"id", "70de5b6f19ff9a0a"},
               {"trace_id", trace},
               {"start_time", start},
               {"end_time", start + 0.25}};
  made.update(more);
  return made;
}

// Unsigned but well-shaped: every signature is accepted while no accounts are given.
inline int call_logs(const Understudy& vendors, const std::string& operation, const json& body) {
  httplib::Client client(vendors.cloudwatch_logs().url());
  const httplib::Headers headers = {
      {"X-Amz-Target", "Logs_20140328." + operation},
      {"X-Amz-Date", "20300101T000000Z"},
      {"Authorization",
       "AWS4-HMAC-SHA256 Credential=AKIAUNDERSTUDYLOCAL0/20300101/us-east-1/logs/aws4_request, "
       "SignedHeaders=host;x-amz-date;x-amz-target, Signature=" +
           std::string(64, 'a')}};
  const auto reply = client.Post("/", headers, body.dump(), "application/x-amz-json-1.1");
  return reply ? reply->status : 0;
}

inline int send_log(const Understudy& vendors, const std::vector<std::string>& messages) {
  call_logs(vendors, "CreateLogGroup", {{"logGroupName", "cruddur"}});
  call_logs(vendors, "CreateLogStream", {{"logGroupName", "cruddur"}, {"logStreamName", "backend"}});
  json events = json::array();
  for (const std::string& message : messages) {
    events.push_back({{"timestamp", now_ns() / 1'000'000}, {"message", message}});
  }
  return call_logs(vendors, "PutLogEvents",
                   {{"logGroupName", "cruddur"}, {"logStreamName", "backend"}, {"logEvents", events}});
}

inline int send_item(const Understudy& vendors, const json& body, const std::string& level = "error",
                     const json& more = json::object()) {
  httplib::Client client(vendors.rollbar().url());
  json data = {
      {"environment", "production"}, {"level", level}, {"body", body}, {"timestamp", now_ns() / 1'000'000'000}};
  data.update(more);
  const json item = {{"access_token", "00000000000000000000000000000000"}, {"data", data}};
  const auto reply = client.Post("/api/1/item/", item.dump(), "application/json");
  return reply ? reply->status : 0;
}

}  // namespace understudy
