#include "transport/http1_reply.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <utility>

#include "base/bytes.h"
#include "recording/moment.h"

namespace understudy::transport {
namespace {

// Ascending. 413 and 414 are worded as in RFC 9110's predecessors, as Go, nginx and AWS still write them.
constexpr std::pair<int, std::string_view> reasons[] = {
    {100, "Continue"},
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "Non-Authoritative Information"},
    {204, "No Content"},
    {205, "Reset Content"},
    {206, "Partial Content"},
    {207, "Multi-Status"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Request Entity Too Large"},
    {414, "Request URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Entity"},
    {424, "Failed Dependency"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {499, "Client Closed Request"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
};

void append_number(std::string& out, std::uint64_t number) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

// A line break in a value would end the header. Vendors' tables have none, but a fault's headers come from a person.
void append_value(std::string& out, std::string_view value) {
  const std::size_t from = out.size();
  out += value;
  for (std::size_t i = from; i < out.size(); ++i) {
    if (out[i] == '\r' || out[i] == '\n' || out[i] == '\0') out[i] = ' ';
  }
}

}  // namespace

std::string_view standard_reason(int status) {
  const auto* found = std::ranges::lower_bound(reasons, status, {}, &std::pair<int, std::string_view>::first);
  return found != std::end(reasons) && found->first == status ? found->second : std::string_view();
}

std::string_view date_now() {
  static std::time_t second = 0;
  static std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != second) {
    second = now;
    text = recording::http_date(static_cast<std::int64_t>(now) * 1'000'000'000);
  }
  return text;
}

bool has_body(int status, bool head_only) { return !head_only && status != 204 && status != 304 && status >= 200; }

void write_http1_head(std::string& out, const recording::Reply& reply, const Http1ReplyForm& form) {
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::uint64_t>(reply.status));
  out += ' ';
  append_value(out, reply.reason.empty() ? standard_reason(reply.status) : std::string_view(reply.reason));
  out += "\r\n";
  bool date = false;
  bool length = false;
  bool connection = false;
  for (const auto& [name, value] : reply.headers) {
    if (equals_ignoring_case(name, "Date")) date = true;
    if (equals_ignoring_case(name, "Content-Length")) length = true;
    if (equals_ignoring_case(name, "Connection")) connection = true;
    append_value(out, name);
    out += ": ";
    append_value(out, value);
    out += "\r\n";
  }
  if (!date) {
    out += "Date: ";
    out += date_now();
    out += "\r\n";
  }
  if (form.streaming) {
    if (!form.http10 && has_body(reply.status, form.head_only)) out += "Transfer-Encoding: chunked\r\n";
  } else if (!length && reply.status != 204 && reply.status != 304 && reply.status >= 200) {
    out += "Content-Length: ";
    append_number(out, reply.body.size());
    out += "\r\n";
  }
  if (!connection) {
    if (!form.keep_alive) {
      out += "Connection: close\r\n";
    } else if (form.http10) {
      out += "Connection: keep-alive\r\n";
    }
  }
  out += "\r\n";
}

}  // namespace understudy::transport
