#include "session/followers.h"

namespace understudy::session {

void Followers::follow(Look look) {
  count_.fetch_add(1);
  query_.post_urgent([this, look = std::move(look)]() mutable {
    looks_.push_back(std::move(look));
    wake();
  });
}

void Followers::wake() {
  if (!scheduled_.exchange(true)) query_.post_urgent([this] { this->look(); });
}

void Followers::look() {
  scheduled_.exchange(false);  // before reading: what is published from here on schedules the next look
  bool again = false;
  for (auto at = looks_.begin(); at != looks_.end();) {
    const Next next = (*at)();
    again |= next == Next::again;
    if (next == Next::done) {
      at = looks_.erase(at);
      count_.fetch_sub(1);
    } else {
      ++at;
    }
  }
  if (again && !scheduled_.exchange(true)) query_.post([this] { this->look(); });
}

}  // namespace understudy::session
