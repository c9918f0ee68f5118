#include "transport/core.h"

#include <algorithm>
#include <utility>

#include "transport/connection.h"

namespace understudy::transport {

using std::chrono::milliseconds;

void Core::after(milliseconds delay, std::function<void()> work) {
  auto timer = std::make_shared<Timer>(io, delay);
  timer->async_wait([timer, work = std::move(work)](const boost::system::error_code& ec) {
    if (!ec) work();
  });
}

void Core::add(std::shared_ptr<Connection> connection) {
  connection->index = connections_.size();
  connections_.push_back(std::move(connection));
  if (sweeping_) return;
  now = Clock::now();
  sweep();
}

void Core::forget(Connection& connection) {
  const std::size_t at = connection.index;
  if (at >= connections_.size() || connections_[at].get() != &connection) return;
  std::swap(connections_[at], connections_.back());
  connections_[at]->index = at;
  connections_.pop_back();
}

void Core::regard(const Limits& limits) {
  const milliseconds least =
      std::min({limits.head_timeout, limits.body_timeout, limits.idle_timeout, limits.write_timeout});
  interval_ = std::min(interval_, std::max(milliseconds(5), least / 8));
}

void Core::sweep() {
  sweeping_ = !connections_.empty();
  if (!sweeping_) return;
  sweep_.expires_after(interval_);
  sweep_.async_wait([this](const boost::system::error_code& ec) {
    if (ec) return;
    now = Clock::now();
    // From the back: a connection that closes is taken out later, by a posted call.
    for (std::size_t i = connections_.size(); i-- > 0;) connections_[i]->sweep();
    sweep();
  });
}

}  // namespace understudy::transport
