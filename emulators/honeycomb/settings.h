// Switches for what no primary source settles about the hosted service. Each default is the likeliest answer. [guess]
#pragma once

#include <cstdint>
#include <expected>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "honeycomb/translator.h"

namespace understudy::honeycomb {

struct Settings {
  int preflight_status = 204;      // of OPTIONS: 200 or 204
  std::string allow_origin = "*";  // "*", or "echo": the request's own Origin
  std::string unknown_key_message = "unknown API key - check your credentials, region, and API URL";  // OTLP over HTTP
  std::string new_dataset_without_permission = "refuse";  // "refuse": 401; "drop": 200, its events are not stored
  std::uint64_t body_limit_bytes = 20 * 1024 * 1024;      // of an OTLP/HTTP body as sent
  int body_limit_status = 400;                            // beyond it: 400 (read in part, unparsable) or 413
  std::uint64_t grpc_message_limit_bytes = 15'000'000;    // of a gRPC message
  std::string not_found_body = "404 page not found\n";    // outside /1 and /2
  // The eleventh query result in a minute: "flag" notes what the service would have done, "enforce" answers 429.
  std::string query_result_quota = "flag";
  std::uint64_t query_results_per_minute = 10;  // depends on the plan
  std::string wrong_method_body = "Method Not Allowed\n";
  std::string preflight_allow_methods = "GET, POST, PUT, PATCH, DELETE, OPTIONS";
  std::string preflight_allow_headers = "echo";     // the headers that were asked for; or a list
  std::uint64_t preflight_max_age_seconds = 86400;  // 0: none is sent
  std::string response_headers;                     // for every reply, "Name: value", a line each
  int may_not_send_status = 401;                    // to a key without Send Events, over HTTP: 401 or 403
  int may_not_call_status = 401;                    // to a key that lacks the permission of a call: 401 or 403
  // What every request that sends is answered: "no", "rate_limited", "throttled", "denylisted", "overloaded",
  // "internal_error"; "too_many_columns": events and batches alone.
  std::string refuse_ingest = "no";
  std::string rate_limited_message = "Request dropped due to rate limiting.";  // OTLP's 429
  int overloaded_status = 503;                                                 // or 502, 504
  std::string refuse_management = "no";        // every call that manages: "no", "rate_limited", "denied"
  std::uint64_t partial_success_rejected = 0;  // with the message, a partial success in place of each success
  std::string partial_success_message;
  // "events": the event-based mapping; "native": points are counted and become no events, as time series keep them.
  std::string metrics_mapping = "events";

  std::string trace_translator = "direct";  // or "classic": which of the two makes events of spans

  Translator translator() const { return trace_translator == "classic" ? Translator::classic : Translator::direct; }

  std::vector<std::pair<std::string, std::string>> extra_headers() const;

  // A JSON object with the names above; what it lacks has its default. The error names the member and the mend.
  static std::expected<Settings, std::string> parse(const nlohmann::json& json);
  // A line for each that has not its default.
  std::string dump() const;
};

}  // namespace understudy::honeycomb
