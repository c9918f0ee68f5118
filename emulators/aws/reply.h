// Replies in the two JSON protocols of AWS: awsJson 1.1 (CloudWatch Logs) and restJson 1 (X-Ray).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "recording/moment.h"
#include "recording/request.h"

namespace understudy::aws {

// An error as both protocols know it.
struct Error {
  std::string type;     // without a namespace: "ResourceNotFoundException"
  std::string message;  // empty: the member is left out
  int status = 400;
  // Members after the message, values as JSON text: {"resourceName", "\"arn:...\""}.
  std::vector<std::pair<std::string, std::string>> members;
};

// "x-amzn-RequestId" of the reply to this entry.
std::string request_id(const recording::Entropy& entropy);

// 200, application/x-amz-json-1.1. Empty text: the empty body of an operation that returns nothing.
recording::Reply json_reply(std::string body, const recording::Entropy& entropy);
// {"__type":"X","message":"..."}: compact, type first, lower-case message. Fluent Bit compares the whole __type and
// reads lower-case "message" only.
recording::Reply json_error(const Error& error, const recording::Entropy& entropy);

// 200, application/json.
recording::Reply rest_json_reply(std::string body, const recording::Entropy& entropy);
// The type in x-amzn-ErrorType and again as __type, the text as Message: that satisfies every client's reader.
recording::Reply rest_json_error(const Error& error, const recording::Entropy& entropy);

// Appends `text` as a JSON string: quotes, backslash and control characters escaped, UTF-8 kept. Damaged UTF-8 becomes
// U+FFFD, so that the reply always is JSON.
void append_json_string(std::string& into, std::string_view text);

}  // namespace understudy::aws
