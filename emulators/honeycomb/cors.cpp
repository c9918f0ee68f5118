#include "honeycomb/cors.h"

#include <string_view>

namespace understudy::honeycomb {
namespace {

constexpr std::string_view allowed_methods = "GET, POST, PUT, PATCH, DELETE, OPTIONS";
constexpr std::string_view allowed_headers =
    "content-type, content-encoding, x-honeycomb-team, x-honeycomb-dataset, x-honeycomb-useragent, "
    "x-honeycomb-samplerate, x-honeycomb-event-time, x-hny-team, traceparent, tracestate, baggage";
constexpr std::string_view max_age_seconds = "86400";

}  // namespace

recording::Reply preflight(const recording::Request& request, const Settings& settings) {
  recording::Reply reply;
  reply.status = settings.preflight_status;
  reply.headers.emplace_back("Access-Control-Allow-Methods", allowed_methods);
  reply.headers.emplace_back("Access-Control-Allow-Headers",
                             request.header("access-control-request-headers").value_or(allowed_headers));
  reply.headers.emplace_back("Access-Control-Max-Age", max_age_seconds);
  return reply;
}

void allow_origin(recording::Reply& reply, const recording::Request& request, const Settings& settings) {
  const auto origin = request.header("origin");
  if (settings.allow_origin == "echo" && origin) {
    reply.headers.emplace_back("Access-Control-Allow-Origin", *origin);
    reply.headers.emplace_back("Vary", "Origin");
    return;
  }
  reply.headers.emplace_back("Access-Control-Allow-Origin", "*");
}

}  // namespace understudy::honeycomb
