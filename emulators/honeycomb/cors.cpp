#include "honeycomb/cors.h"

#include <string>
#include <string_view>

namespace understudy::honeycomb {
namespace {

constexpr std::string_view allowed_headers =
    "content-type, content-encoding, x-honeycomb-team, x-honeycomb-dataset, x-honeycomb-useragent, "
    "x-honeycomb-samplerate, x-honeycomb-event-time, x-hny-team, traceparent, tracestate, baggage";

}  // namespace

recording::Reply preflight(const recording::Request& request, const Settings& settings) {
  recording::Reply reply;
  reply.status = settings.preflight_status;
  reply.headers.emplace_back("Access-Control-Allow-Methods", settings.preflight_allow_methods);
  const bool echo = settings.preflight_allow_headers == "echo";
  reply.headers.emplace_back("Access-Control-Allow-Headers",
                             echo ? request.header("access-control-request-headers").value_or(allowed_headers)
                                  : std::string_view(settings.preflight_allow_headers));
  if (settings.preflight_max_age_seconds != 0) {
    reply.headers.emplace_back("Access-Control-Max-Age", std::to_string(settings.preflight_max_age_seconds));
  }
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
