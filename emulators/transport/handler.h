// What the transport asks of the house above it, and what the house may ask of a connection.
//
// Threads: everything here runs on the io thread, but for DatagramSink, which the UDP thread fills.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "recording/entry.h"
#include "recording/request.h"
#include "recording/vendor.h"

namespace understudy::transport {

// What leaves: the reply as bytes to write, and what a scripted fault wants of the connection.
struct Outgoing {
  recording::Reply reply{};
  std::uint64_t ordinal = 0;  // of the exchange; reported back through Handler::left
  bool recorded = false;      // whether `ordinal` counts
  std::chrono::milliseconds delay{0};
  bool reset = false;                // TCP: close with RST, nothing written; HTTP/2: RST_STREAM
  std::optional<std::size_t> cut{};  // so many bytes of the body are written, and then it ends: TCP with FIN, HTTP/2
                                     // with RST_STREAM
};

// A reply that is written piece by piece (server-sent events, event streams, a gRPC message a piece). Close by
// destroying it.
// How it left is reported through Handler::left as of any reply: when its last byte was taken, or as the peer is gone.
class Stream {
 public:
  virtual ~Stream() = default;
  // False once the peer is gone or too slow (more than the limit waits already); nothing is written then.
  virtual bool write(std::string_view piece) = 0;
};

// Where a request's answer goes: exactly one of the two, now or later, on the io thread. A Responder that outlives its
// connection is harmless: the outcome is then peer_gone.
class Responder {
 public:
  virtual ~Responder() = default;
  virtual void reply(Outgoing&& outgoing) = 0;
  // Begins with this reply; what a fault wants of it does not count. Null where there can be no stream (the peer is
  // gone); reply() may still be called then.
  virtual std::shared_ptr<Stream> stream(Outgoing&& head) = 0;
};

struct Datagram {
  std::string_view bytes;  // followed by at least 64 readable bytes
  std::string_view peer;
};

class Handler {
 public:
  virtual ~Handler() = default;
  // A whole request. The request's views are valid during the call only.
  virtual void request(const recording::Request& request, std::shared_ptr<Responder> responder) = 0;
  // A request that never became whole: what came of it (head and the first 64 KB), how many bytes in all, and why.
  // Returns the reply to send before closing, if the protocol allows one. What gRPC's library answers by itself (a
  // message too large, no message, two) gets the library's status and words, unless this reply has a grpc_status.
  virtual recording::Reply fragment(const recording::Request& partial, std::uint64_t total_bytes,
                                    const recording::Refusal& refusal) = 0;
  // How a reply left.
  virtual void left(std::uint64_t ordinal, recording::Outcome outcome) = 0;
  // A batch from the UDP thread, in order of arrival, and how many datagrams the kernel dropped since the last batch.
  virtual void datagrams(std::string_view door, std::span<const Datagram> batch, std::uint64_t dropped) = 0;
};

// Numbers that a connection is held to. Each has a test.
struct Limits {
  std::size_t head_bytes = 64 * 1024;
  std::size_t body_bytes = 64 * 1024 * 1024;
  std::size_t connections = 16 * 1024;
  std::size_t pipelined_bytes = 1024 * 1024;       // of replies waiting for a slow reader before reading stops
  std::chrono::milliseconds head_timeout{15000};   // from the first byte of a head to its end
  std::chrono::milliseconds body_timeout{60000};   // without a single byte of an unfinished body
  std::chrono::milliseconds idle_timeout{300000};  // keep-alive without a request
  std::chrono::milliseconds write_timeout{60000};  // without the peer taking a single byte
};

}  // namespace understudy::transport
