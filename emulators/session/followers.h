// Who wants to know of new entries: waits and streams. Each is asked to look once for every published batch, on the
// query thread, and reads on from its own cursor. While nobody follows, publishing costs one relaxed load.
#pragma once

#include <atomic>
#include <functional>
#include <list>

#include "session/query_thread.h"

namespace understudy::session {

class Followers {
 public:
  enum class Next {
    wait,   // for the next batch
    again,  // there is more to read: after the others had their turn
    done,   // forget this follower
  };
  using Look = std::function<Next()>;  // on the query thread; must not throw

  explicit Followers(QueryThread& query) : query_(query) {}

  // Any thread. The first look comes at once, so what was published before is seen too.
  void follow(Look look);
  // Called after entries were published.
  void published() {
    if (count_.load(std::memory_order_relaxed) > 0) wake();
  }
  // Any thread: lets everyone look again.
  void wake();

 private:
  void look();

  QueryThread& query_;
  std::atomic<std::size_t> count_{0};
  std::atomic<bool> scheduled_{false};
  std::list<Look> looks_;  // query thread only
};

}  // namespace understudy::session
