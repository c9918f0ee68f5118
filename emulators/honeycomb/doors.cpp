#include "honeycomb/doors.h"

namespace understudy::honeycomb {
namespace {

using otlp::Signal;

// The transport's own bound: as much as the OTLP specification advises a server to take. Honeycomb's limits are
// smaller and are held in decide, where the reply can have the request's form. [docs: OTLP specification]
constexpr std::size_t max_body_bytes = 64 * 1024 * 1024;
constexpr recording::Door door_table[] = {
    {.name = http_door, .default_port = 4318, .tcp = true, .udp = false, .max_body_bytes = max_body_bytes},
    {.name = grpc_door, .default_port = 4317, .tcp = true, .udp = false, .max_body_bytes = max_body_bytes},
};

struct HttpRow {
  std::string_view path;
  std::string_view method;
  Operation operation;
  Signal signal;
};
constexpr HttpRow http_rows[] = {
    {"/v1/traces", "POST", Operation::export_otlp, Signal::traces},            // [code: refinery route.go]
    {"/v1/traces/", "POST", Operation::export_otlp, Signal::traces},           // [code: refinery route.go]
    {"/v1/logs", "POST", Operation::export_otlp, Signal::logs},                // [code: refinery route.go]
    {"/v1/logs/", "POST", Operation::export_otlp, Signal::logs},               // [code: refinery route.go]
    {"/v1/metrics", "POST", Operation::export_otlp, Signal::metrics},          // [docs: OTLP specification]
    {"/v1/metrics/", "POST", Operation::export_otlp, Signal::metrics},         // [guess]
    {"/v1development/profiles", "POST", Operation::profiles, Signal::traces},  // [code: husky otlp/profiles.go]
    {"/1/auth", "GET", Operation::auth, Signal::traces},                       // [docs: API]
    {"/2/auth", "GET", Operation::auth_v2, Signal::traces},                    // [docs: API]
};

// "/1/events/{dataset}", and with `id` "/1/markers/{dataset}/{id}".
struct DatasetRow {
  std::string_view prefix;
  bool id;
  std::string_view methods;  // with ", " between
  Operation operation;
};
constexpr DatasetRow dataset_rows[] = {
    {"/1/events/", false, "POST", Operation::events},           // [docs: API]
    {"/1/batch/", false, "POST", Operation::batch},             // [docs: API]
    {"/1/kinesis_events/", false, "POST", Operation::kinesis},  // [docs: API]
    {"/1/markers/", false, "GET, POST", Operation::markers},    // [docs: API]
    {"/1/markers/", true, "PUT, DELETE", Operation::markers},   // [docs: API]
};

std::optional<Route> dataset_route(std::string_view path, std::string_view method) {
  for (const DatasetRow& row : dataset_rows) {
    if (!path.starts_with(row.prefix)) continue;
    const std::string_view rest = path.substr(row.prefix.size());
    const std::size_t slash = rest.find('/');
    const std::string_view dataset = rest.substr(0, slash);
    const std::string_view id = slash == rest.npos ? std::string_view() : rest.substr(slash + 1);
    if (dataset.empty() || row.id != (slash != rest.npos) || (row.id && id.empty()) || id.find('/') != id.npos)
      continue;
    if (is_among(method, row.methods)) return Route{row.operation, Signal::traces, {}, dataset, id};
    return Route{Operation::wrong_method, Signal::traces, row.methods, {}, {}};
  }
  return std::nullopt;
}

struct GrpcRow {
  std::string_view path;
  Operation operation;
  Signal signal;
};
constexpr GrpcRow grpc_rows[] = {
    {"/opentelemetry.proto.collector.trace.v1.TraceService/Export", Operation::export_otlp, Signal::traces},
    {"/opentelemetry.proto.collector.logs.v1.LogsService/Export", Operation::export_otlp, Signal::logs},
    {"/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", Operation::export_otlp, Signal::metrics},
    // [code: husky otlp/profiles.go]
    {"/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export", Operation::profiles,
     Signal::traces},
    {"/grpc.health.v1.Health/Check", Operation::health_check, Signal::traces},  // [code: refinery] [guess: API]
    {"/grpc.health.v1.Health/Watch", Operation::health_watch, Signal::traces},  // likewise
};

constexpr Signal all_signals[] = {Signal::traces, Signal::logs, Signal::metrics};

}  // namespace

std::span<const recording::Door> doors() { return door_table; }

Route route(const recording::Request& request) {
  const std::string_view path = request.path();
  if (request.protocol == recording::Protocol::grpc) {
    for (const GrpcRow& row : grpc_rows) {
      if (row.path == path) return {row.operation, row.signal, {}};
    }
    return {};
  }
  if (request.method == "OPTIONS" && (path.starts_with("/v1/") || api_of(path) != Api::none)) {
    return {Operation::preflight, Signal::traces, {}};
  }
  for (const HttpRow& row : http_rows) {
    if (row.path != path) continue;
    if (row.method == request.method) return {row.operation, row.signal, {}};
    return {Operation::wrong_method, row.signal, row.method};
  }
  return dataset_route(path, request.method).value_or(Route{});
}

bool is_among(std::string_view method, std::string_view methods) {
  const std::size_t at = methods.find(method);
  return at != methods.npos && !method.empty() && (at == 0 || methods[at - 1] == ' ') &&
         (at + method.size() == methods.size() || methods[at + method.size()] == ',');
}

Api api_of(std::string_view path) {
  if (path.starts_with("/1/")) return Api::v1;
  if (path.starts_with("/2/")) return Api::v2;
  return Api::none;
}

std::string_view path_of(Signal signal) {
  switch (signal) {
    case Signal::traces:
      return "/v1/traces";
    case Signal::logs:
      return "/v1/logs";
    case Signal::metrics:
      return "/v1/metrics";
  }
  return {};
}

std::optional<Signal> signal_at_end(std::string_view path) {
  if (path.ends_with('/')) path.remove_suffix(1);
  for (const Signal signal : all_signals) {
    if (path.ends_with(path_of(signal))) return signal;
  }
  return std::nullopt;
}

std::string_view items_of(Signal signal) {
  switch (signal) {
    case Signal::traces:
      return "spans";
    case Signal::logs:
      return "log records";
    case Signal::metrics:
      return "data points";
  }
  return {};
}

}  // namespace understudy::honeycomb
