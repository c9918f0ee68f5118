// Every reply of Honeycomb's doors, byte for byte.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "honeycomb/settings.h"
#include "recording/moment.h"
#include "recording/request.h"
#include "recording/vendor.h"

namespace understudy::honeycomb {

enum class OtlpError : std::uint8_t {
  unsupported_content_type,
  missing_key,
  missing_dataset,
  unknown_key,
  unparsable,
  too_large,
};

// What the caller speaks: the reply has the same form.
struct Speech {
  enum class Form : std::uint8_t { protobuf, json, grpc };
  Form form = Form::protobuf;
  std::string_view content_type;  // of the request, repeated exactly. [code: husky]
};

recording::Reply otlp_success(const Speech& speech);
// The message of an error as the table has it.
std::string_view message_of(OtlpError error);
// A google.rpc.Status that holds only the message, in the request's form; over gRPC status and message.
recording::Reply otlp_error(const Speech& speech, OtlpError error, std::string_view message);
inline recording::Reply otlp_error(const Speech& speech, OtlpError error) {
  return otlp_error(speech, error, message_of(error));
}
// 415 is the one OTLP error in plain text. [code: refinery]
recording::Reply unsupported_content_type();
// The same message under another HTTP status.
recording::Reply otlp_error(const Speech& speech, int http_status, std::string_view message);

// The transport writes gRPC's own headers.
recording::Reply grpc_error(int status, std::string message);  // trailers only
recording::Reply grpc_message(std::string message);

// Paths that nothing serves: Honeycomb's own API answers in its own forms, all else in plain text.
recording::Reply not_found(const recording::Request& request, const Settings& settings,
                           const recording::Entropy& entropy);
recording::Reply wrong_method(std::string_view allow, const Settings& settings);
// /1/*: {"error": message}
recording::Reply api_error(int status, std::string_view message);
// To a key that is not known, or may not do it. [docs: API; the latter: guess]
inline constexpr std::string_view api_unknown_key = "unknown API key - check your credentials";
recording::Reply json_text_reply(int status, std::string body);
// What Kinesis Firehose wants of an HTTP endpoint. [docs: Amazon Data Firehose, HTTP endpoint delivery]
recording::Reply firehose_reply(int status, std::string_view request_id, std::int64_t wall_ns,
                                std::string_view error_message);
// /2/*: JSON:API
recording::Reply management_error(int status, std::string_view code, std::string_view title, std::string_view detail,
                                  const recording::Entropy& entropy);
// /2/*: a key that is none
recording::Reply management_key_error(const recording::Entropy& entropy);

// For what never reaches decide.
recording::Reply refused_below(const recording::Refusal& refusal, recording::Protocol protocol);

}  // namespace understudy::honeycomb
