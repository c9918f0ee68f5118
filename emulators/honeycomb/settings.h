// Switches for what no primary source settles about the hosted service. Each default is the likeliest answer. [guess]
#pragma once

#include <cstdint>
#include <expected>
#include <nlohmann/json_fwd.hpp>
#include <string>

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
  std::string wrong_method_body = "Method Not Allowed\n";

  std::string trace_translator = "direct";  // or "classic": which of the two makes events of spans

  Translator translator() const { return trace_translator == "classic" ? Translator::classic : Translator::direct; }

  // A JSON object with the names above; what it lacks has its default. The error names the member and the mend.
  static std::expected<Settings, std::string> parse(const nlohmann::json& json);
  // A line for each that has not its default.
  std::string dump() const;
};

}  // namespace understudy::honeycomb
