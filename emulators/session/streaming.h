// A reply that goes on: pieces that a vendor makes of later entries, written until it has no more, the peer leaves, or
// the session is reset or removed. Its exchange was recorded when it began; how it left is the transport's to report.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "session/query_thread.h"
#include "session/session.h"
#include "transport/handler.h"

namespace understudy::session {

class Streaming : public std::enable_shared_from_this<Streaming> {
 public:
  Streaming(const std::shared_ptr<Session>& session, std::size_t vendor, std::uint64_t ordinal,
            std::shared_ptr<recording::Continuation> goes_on, std::shared_ptr<transport::Stream> stream);

  using After = std::function<void(std::chrono::milliseconds, std::function<void()>)>;
  // io thread. Pieces are made on `query`, or at once where it is null. Both are used while `alive` is.
  void begin(After after, QueryThread* query, std::weak_ptr<bool> alive);

 private:
  void await_piece();
  void make_piece();
  void read_on(const recording::Journal& journal, std::uint64_t end, const recording::Moment& moment);
  void write();

  const std::weak_ptr<Session> session_;  // a session that is removed does not wait for its streams
  const std::size_t vendor_;
  const std::uint64_t ordinal_;
  std::uint64_t next_;  // the entry to read
  std::shared_ptr<recording::Continuation> goes_on_;
  std::shared_ptr<transport::Stream> stream_;
  recording::Continuation::Piece piece_;
  After after_;
  QueryThread* query_ = nullptr;
  std::weak_ptr<bool> alive_;
};

}  // namespace understudy::session
