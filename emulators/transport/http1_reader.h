// Bytes in, whole HTTP/1.1 requests out: no socket, no clock. Head and chunk syntax are Beast's to judge; the body is
// read straight into the place where the request is handed out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "recording/request.h"
#include "recording/vendor.h"
#include "transport/handler.h"

namespace understudy::transport {

class Http1Reader {
 public:
  enum class Step {
    need_more,      // everything that came is taken; read on
    send_continue,  // the peer waits for "100 Continue" before it sends the body; call next() again
    request,        // request() is whole; consume() it before next()
    refused         // refusal() says why; nothing more can be read
  };

  explicit Http1Reader(const Limits& limits);
  ~Http1Reader();

  // Where to read to, never empty. Moves what request() points to.
  std::span<char> room();
  void commit(std::size_t count);

  Step next();
  void consume();

  recording::Request& request() { return request_; }
  // What came so far of a request that was refused or is under way: head and the first 64 KB of its body.
  const recording::Request& partial();
  bool keep_alive() const { return keep_alive_; }
  bool http10() const { return http10_; }
  recording::Refusal refusal() const { return {reason_, detail_}; }
  std::uint64_t total_bytes() const { return raw_dropped_ + (end_ - begin_); }  // of the request under way

  bool empty() const { return phase_ == Phase::between && begin_ == end_; }
  bool in_body() const { return phase_ == Phase::body || phase_ == Phase::chunks; }
  // What came and was not taken yet; all that came before the first next().
  std::string_view unread() const { return {buffer_ + begin_, end_ - begin_}; }
  std::size_t capacity() const { return capacity_; }
  // Gives memory back that a large body took. Only between requests, while room() is not being read to.
  void trim();

 private:
  class Parser;
  enum class Phase { between, head, body, chunks, whole, refused };

  Step read_head();
  Step accept_head();
  Step read_body();
  Step read_chunks();
  Step hand_out();
  Step refuse(recording::Refusal::Reason reason, std::string_view detail);
  void reserve(std::size_t room);

  const Limits& limits_;
  // buffer_: [begin_, end_) came and was not consumed. A request's head stands at begin_, its body right behind. Chunks
  // are joined in place: body_size_ bytes behind the head are body, the framing between is dropped.
  char* buffer_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t parsed_ = 0;     // of the request's bytes, how many the parser took
  std::size_t head_size_ = 0;  // 0: the head is not whole
  std::size_t body_size_ = 0;
  std::uint64_t raw_dropped_ = 0;  // framing bytes that were dropped
  Phase phase_ = Phase::between;
  bool chunked_ = false;
  bool keep_alive_ = true;
  bool http10_ = false;
  recording::Refusal::Reason reason_{};
  std::string detail_;
  recording::Request request_;
  std::unique_ptr<Parser> parser_;
};

}  // namespace understudy::transport
