// What came in through a door and what goes out: the two ends of an exchange.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace understudy::recording {

enum class Protocol : std::uint8_t { http1 = 0, http2 = 1, grpc = 2, udp = 3 };

std::string_view name_of(Protocol protocol);

struct Header {
  std::string_view name;
  std::string_view value;
};

// One request. All views point into memory of the caller and live as long as the call that passes the request.
// `body` is followed by at least 64 readable bytes, so that it may be parsed in place (simdjson).
struct Request {
  Protocol protocol = Protocol::http1;
  std::string_view door;    // the door's name, unique in the program
  std::string_view head;    // HTTP/1.1: request line and headers verbatim, with the closing empty line;
                            // HTTP/2 and gRPC: the header list, a line "name: value\r\n" each; UDP: empty
  std::string_view method;  // UDP: empty
  std::string_view target;  // path and query as sent
  std::vector<Header> headers;
  std::string_view body;         // after transfer coding, before content coding; gRPC: the message
  bool grpc_compressed = false;  // gRPC: the message's compressed flag
  std::string_view peer;         // address and port of the sender

  // The first header of that name, without case; nothing if absent.
  std::optional<std::string_view> header(std::string_view name) const;
  std::string_view path() const;   // target before '?'
  std::string_view query() const;  // target after '?', or empty
};

// Fills method, target and headers of a request from its head. The head was accepted by the transport before
// (or came from a journal that the transport wrote), so nothing is refused here.
void parse_head(Request& request);

// What a door answers. The transport adds Date and Content-Length where they are absent.
struct Reply {
  int status = 200;
  std::string reason{};  // empty: the standard phrase
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  std::optional<int> grpc_status{};  // gRPC only. 0: `body` is the message, empty or not; else trailers only
  std::string grpc_message{};
  bool close = false;   // close the connection after this reply
  bool silent = false;  // UDP: there is no reply at all
};

}  // namespace understudy::recording
