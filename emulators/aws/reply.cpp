#include "aws/reply.h"

#include <fmt/format.h>

namespace understudy::aws {
namespace {

// The length of the well-formed UTF-8 sequence at the front of `text` (not empty), or 0.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const auto first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = first == 0xED && byte(1) >= 0xA0;
    return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && byte(1) < 0x90;
    const bool beyond = first == 0xF4 && byte(1) >= 0x90;
    return continues(1) && continues(2) && continues(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

recording::Reply reply(int status, std::string_view content_type, std::string body, const recording::Entropy& entropy) {
  recording::Reply made;
  made.status = status;
  made.headers = {{"x-amzn-RequestId", request_id(entropy)}, {"Content-Type", std::string(content_type)}};
  made.body = std::move(body);
  return made;
}

std::string error_body(const Error& error, std::string_view message_member) {
  std::string body = R"({"__type":)";
  append_json_string(body, error.type);
  if (!error.message.empty()) {
    body += fmt::format(R"(,"{}":)", message_member);
    append_json_string(body, error.message);
  }
  for (const auto& [name, value] : error.members) body += fmt::format(R"(,"{}":{})", name, value);
  body += '}';
  return body;
}

}  // namespace

std::string request_id(const recording::Entropy& entropy) { return entropy.uuid("request id"); }

recording::Reply json_reply(std::string body, const recording::Entropy& entropy) {
  return reply(200, "application/x-amz-json-1.1", std::move(body), entropy);
}

recording::Reply json_error(const Error& error, const recording::Entropy& entropy) {
  return reply(error.status, "application/x-amz-json-1.1", error_body(error, "message"), entropy);
}

recording::Reply rest_json_reply(std::string body, const recording::Entropy& entropy) {
  return reply(200, "application/json", std::move(body), entropy);
}

recording::Reply rest_json_error(const Error& error, const recording::Entropy& entropy) {
  auto made = reply(error.status, "application/json", error_body(error, "Message"), entropy);
  made.headers.emplace_back("x-amzn-ErrorType", error.type);
  return made;
}

void append_json_string(std::string& into, std::string_view text) {
  into += '"';
  while (!text.empty()) {
    const auto length = sequence_length(text);
    const char c = text.front();
    if (length > 1) {
      into.append(text.substr(0, length));
    } else if (length == 0) {
      into += "\xEF\xBF\xBD";
    } else if (c == '"' || c == '\\') {
      into += '\\';
      into += c;
    } else if (c == '\n') {
      into += "\\n";
    } else if (c == '\r') {
      into += "\\r";
    } else if (c == '\t') {
      into += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      into += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      into += c;
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  into += '"';
}

}  // namespace understudy::aws
