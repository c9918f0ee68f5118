// Honeycomb's ports and paths: which operation a request asks for.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "otlp/signal.h"
#include "recording/vendor.h"

namespace understudy::honeycomb {

// Either protocol is served on either port: the hosted service has one port for both.
std::span<const recording::Door> doors();
inline constexpr std::string_view http_door = "honeycomb_http";
inline constexpr std::string_view grpc_door = "honeycomb_grpc";

enum class Operation : std::uint8_t {
  export_otlp,   // of `signal`
  profiles,      // OTLP's fourth signal, which is still in development
  auth,          // GET /1/auth
  auth_v2,       // GET /2/auth
  events,        // POST /1/events/{dataset}
  batch,         // POST /1/batch/{dataset}
  kinesis,       // POST /1/kinesis_events/{dataset}
  markers,       // GET and POST /1/markers/{dataset}, PUT and DELETE /1/markers/{dataset}/{id}
  preflight,     // OPTIONS of /v1/*, /1/* and /2/*
  health_check,  // grpc.health.v1.Health/Check
  health_watch,  // grpc.health.v1.Health/Watch
  wrong_method,  // a path that is served, by another method
  unknown,       // neither HTTP path nor gRPC method
};

struct Route {
  Operation operation = Operation::unknown;
  otlp::Signal signal = otlp::Signal::traces;
  std::string_view allow;  // wrong_method: the methods that are served
  // Segments of the path as sent: an encoded slash is decoded after routing. [code: libhoney-go, refinery]
  std::string_view dataset = {};
  std::string_view id = {};
};

Route route(const recording::Request& request);

// Whether "GET, POST" holds the method.
bool is_among(std::string_view method, std::string_view methods);

// Paths of Honeycomb's own API, as against OTLP's.
enum class Api : std::uint8_t { none, v1, v2 };
Api api_of(std::string_view path);

// "/v1/traces"; and of a path that ends in one.
std::string_view path_of(otlp::Signal signal);
std::optional<otlp::Signal> signal_at_end(std::string_view path);
// The events that a signal carries: "spans", "log records", "data points".
std::string_view items_of(otlp::Signal signal);

}  // namespace understudy::honeycomb
