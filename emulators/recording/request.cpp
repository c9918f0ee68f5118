#include "recording/request.h"

#include "base/bytes.h"

namespace understudy::recording {
namespace {

// Takes what stands before `mark` off the front of `rest`, and the mark with it; all of it if there is no mark.
std::string_view take_until(std::string_view& rest, std::string_view mark) {
  const std::size_t at = rest.find(mark);
  const std::string_view taken = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + mark.size());
  return taken;
}

// One "name: value" line. A name may begin with ':' (HTTP/2's pseudo headers).
Header header_of(std::string_view line) {
  const std::size_t colon = line.find(':', 1);
  if (colon == std::string_view::npos) return {line, {}};
  return {line.substr(0, colon), trim(line.substr(colon + 1))};
}

}  // namespace

std::string_view name_of(Protocol protocol) {
  switch (protocol) {
    case Protocol::http1:
      return "http1";
    case Protocol::http2:
      return "http2";
    case Protocol::grpc:
      return "grpc";
    case Protocol::udp:
      return "udp";
  }
  return "unknown";
}

std::optional<std::string_view> Request::header(std::string_view name) const {
  for (const Header& one : headers) {
    if (equals_ignoring_case(one.name, name)) return one.value;
  }
  return std::nullopt;
}

std::string_view Request::path() const { return target.substr(0, target.find('?')); }

std::string_view Request::query() const {
  const std::size_t mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

void parse_head(Request& request) {
  request.method = {};
  request.target = {};
  request.headers.clear();
  std::string_view rest = request.head;
  if (request.protocol == Protocol::http1) {
    std::string_view line = take_until(rest, "\r\n");
    request.method = take_until(line, " ");
    request.target = take_until(line, " ");
  }
  while (!rest.empty()) {
    const std::string_view line = take_until(rest, "\r\n");
    if (line.empty()) break;
    const Header header = header_of(line);
    if (header.name == ":method") {
      request.method = header.value;
    } else if (header.name == ":path") {
      request.target = header.value;
    } else {
      request.headers.push_back(header);
    }
  }
}

}  // namespace understudy::recording
