// Records as they are recorded, as server-sent events: "id: <record id>", "event: record", "data: <record JSON>".
#pragma once

#include <cstdint>
#include <memory>

#include "session/followers.h"
#include "session/reader.h"
#include "session/waiting.h"
#include "transport/handler.h"

namespace understudy::console {

// Where a stream begins: with this record of this entry.
struct StreamStart {
  std::uint64_t entry = 0;
  std::uint32_t index = 0;
};

class Streams {
 public:
  Streams(session::Loop loop, session::QueryThread& query, session::Followers& followers)
      : loop_(std::move(loop)), query_(query), followers_(followers) {}

  // io thread. Goes on until the peer leaves; what a slow peer has not taken is not read ahead.
  void begin(std::shared_ptr<const session::Session> session, session::Selection selection, StreamStart start,
             std::shared_ptr<transport::Stream> stream);

 private:
  struct Run;
  void send(const std::shared_ptr<Run>& run, std::string text);
  void keep_alive(const std::weak_ptr<Run>& run);

  session::Loop loop_;
  session::QueryThread& query_;
  session::Followers& followers_;
};

}  // namespace understudy::console
