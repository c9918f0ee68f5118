#include "transport/server.h"

#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <iterator>
#include <mutex>
#include <utility>
#include <vector>

#include "transport/connection.h"
#include "transport/core.h"
#include "transport/sockets.h"
#include "transport/udp.h"

namespace understudy::transport {
namespace {

using boost::system::error_code;
using std::chrono::milliseconds;

constexpr milliseconds stop_time{2000};    // for replies that are under way
constexpr milliseconds drain_time{2000};   // for bytes that had come; more than enough unless the machine stands still
constexpr milliseconds accept_pause{50};   // after an error, most likely too many open files
constexpr std::size_t beyond_limit = 256;  // connections that may be open only to be told that they are too many

// A socket that listens.
struct Listener {
  Listener(Core& core, std::shared_ptr<Port> of, int family, int fd)
      : port(std::move(of)), acceptor(core.io, family == AF_INET6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), fd) {}

  // How many connections wait to be accepted.
  std::uint64_t backlog() {
    tcp_info info{};
    socklen_t size = sizeof info;
    if (getsockopt(acceptor.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return 0;
    return info.tcpi_unacked;  // of a listening socket: the length of its accept queue
  }

  const std::shared_ptr<Port> port;
  Acceptor acceptor;
  std::uint64_t accepted = 0;
};

int family_of(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return address.ss_family;
}

}  // namespace

class Server::Impl {
 public:
  ~Impl();
  std::expected<std::uint16_t, std::string> listen(const Listen& listen, Handler& handler);
  void close(Handler& handler);
  void run();
  void stop();
  void drain(std::function<void()> done);
  std::size_t udp_buffer_bytes(std::string_view door) const;

  Core core;

 private:
  // What a call of drain() still waits for.
  struct Drain {
    struct Arrived {
      std::shared_ptr<Connection> connection;
      std::uint64_t bytes;
    };
    struct Queued {
      std::shared_ptr<Listener> listener;
      std::uint64_t accepted;
    };
    std::vector<Arrived> arrived;
    std::vector<Queued> queued;
    std::size_t udp_ports = 0;
    bool tcp_done = false;
    Clock::time_point until;
    std::function<void()> done;
  };
  struct OpenUdp {
    std::shared_ptr<Port> port;
    std::unique_ptr<UdpPort> udp;
  };

  void accept(const std::shared_ptr<Listener>& listener);
  void accepted(const std::shared_ptr<Listener>& listener, Socket&& socket);
  void drain_round(const std::shared_ptr<Drain>& drain);
  void drained(const std::shared_ptr<Drain>& drain);
  void shut_down();
  void end_when_empty(Clock::time_point until);

  std::vector<std::shared_ptr<Listener>> listeners_;
  std::vector<OpenUdp> udp_;
  std::vector<std::shared_ptr<Drain>> drains_;
  asio::executor_work_guard<Executor> work_{core.io.get_executor()};

  std::mutex mutex_;
  std::condition_variable left_;
  bool running_ = false;
  bool stop_asked_ = false;
};

std::expected<std::uint16_t, std::string> Server::Impl::listen(const Listen& listen, Handler& handler) {
  auto sockets = open_sockets(listen);
  if (!sockets) return std::unexpected(std::move(sockets.error()));
  auto port = std::make_shared<Port>(
      Port{.door = listen.door, .limits = listen.limits, .handler = &handler, .tls = listen.tls});
  core.regard(listen.limits);
  for (Descriptor& fd : sockets->tcp) {
    const int family = family_of(fd.get());
    auto listener = std::make_shared<Listener>(core, port, family, fd.release());
    listener->acceptor.non_blocking(true);
    listeners_.push_back(listener);
    accept(listener);
  }
  if (!sockets->udp.empty()) {
    udp_.push_back({port, std::make_unique<UdpPort>(core, port, std::move(sockets->udp))});
  }
  return sockets->port;
}

void Server::Impl::accept(const std::shared_ptr<Listener>& listener) {
  listener->acceptor.async_accept([this, listener](const error_code& ec, Socket socket) {
    if (ec == asio::error::operation_aborted || !listener->acceptor.is_open()) return;
    if (ec) return core.after(accept_pause, [this, listener] { accept(listener); });
    accepted(listener, std::move(socket));
    if (listener->acceptor.is_open()) accept(listener);
  });
}

void Server::Impl::accepted(const std::shared_ptr<Listener>& listener, Socket&& socket) {
  ++listener->accepted;
  const std::shared_ptr<Port>& port = listener->port;
  const bool too_many = port->connections >= port->limits.connections;
  if (port->connections >= port->limits.connections + beyond_limit) return;
  auto connection = std::make_shared<Connection>(core, port, std::move(socket));
  core.add(connection);
  if (too_many) return connection->turn_away();
  for (const auto& drain : drains_) drain->arrived.push_back({connection, connection->arrival_target()});
  connection->start();
}

void Server::Impl::close(Handler& handler) {
  const auto is_of = [&handler](const std::shared_ptr<Port>& port) { return port->handler == &handler; };
  for (const auto& listener : listeners_) {
    error_code ignored;
    if (is_of(listener->port)) listener->acceptor.close(ignored);
  }
  // A copy, as the handler may react to what is closed.
  const std::vector<std::shared_ptr<Connection>> open = core.connections();
  for (const auto& connection : open) {
    if (is_of(connection->port())) connection->abort();
  }
  std::vector<std::shared_ptr<Port>> ports;
  for (const auto& listener : listeners_) {
    if (is_of(listener->port)) ports.push_back(listener->port);
  }
  for (const OpenUdp& one : udp_) {
    if (is_of(one.port)) ports.push_back(one.port);
  }
  std::erase_if(listeners_, [&](const auto& listener) { return is_of(listener->port); });
  const auto closing = std::ranges::partition(udp_, [&](const OpenUdp& one) { return !is_of(one.port); });
  std::vector<OpenUdp> udp(std::make_move_iterator(closing.begin()), std::make_move_iterator(closing.end()));
  udp_.erase(closing.begin(), closing.end());
  for (const OpenUdp& one : udp) one.udp->close();
  for (const auto& port : ports) port->handler = nullptr;
}

void Server::Impl::run() {
  {
    const std::lock_guard lock(mutex_);
    running_ = true;
  }
  core.io.run();
  const std::lock_guard lock(mutex_);
  running_ = false;
  left_.notify_all();
}

void Server::Impl::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(stop_asked_, true)) return;
  }
  asio::post(core.io, [this] { drain([this] { shut_down(); }); });
}

void Server::Impl::shut_down() {
  core.stopping = true;
  for (const auto& listener : listeners_) {
    error_code ignored;
    listener->acceptor.close(ignored);
  }
  const std::vector<std::shared_ptr<Connection>> open = core.connections();
  for (const auto& connection : open) connection->shut_down();
  end_when_empty(Clock::now() + stop_time);
}

void Server::Impl::end_when_empty(Clock::time_point until) {
  if (!core.connections().empty() && Clock::now() < until) {
    return core.after(milliseconds(1), [this, until] { end_when_empty(until); });
  }
  const std::vector<std::shared_ptr<Connection>> late = core.connections();
  for (const auto& connection : late) connection->abort();
  for (const OpenUdp& one : udp_) one.udp->close();
  udp_.clear();
  work_.reset();
  core.io.stop();
}

void Server::Impl::drain(std::function<void()> done) {
  auto drain = std::make_shared<Drain>();
  drain->done = std::move(done);
  drain->until = Clock::now() + drain_time;
  for (const auto& connection : core.connections())
    drain->arrived.push_back({connection, connection->arrival_target()});
  for (const auto& listener : listeners_) drain->queued.push_back({listener, listener->accepted + listener->backlog()});
  drains_.push_back(drain);
  drain->udp_ports = udp_.size();
  for (const OpenUdp& one : udp_) {
    one.udp->drain([this, drain] {
      --drain->udp_ports;
      drained(drain);
    });
  }
  drain_round(drain);
}

// Once around the event loop for each call: it reads and accepts what is ready.
void Server::Impl::drain_round(const std::shared_ptr<Drain>& drain) {
  std::erase_if(drain->queued, [](const Drain::Queued& one) {
    return !one.listener->acceptor.is_open() || one.listener->accepted >= one.accepted;
  });
  std::erase_if(drain->arrived, [](const Drain::Arrived& one) { return !one.connection->has_unread(one.bytes); });
  if ((drain->queued.empty() && drain->arrived.empty()) || Clock::now() > drain->until) {
    drain->tcp_done = true;
    return drained(drain);
  }
  asio::post(core.io, [this, drain] { drain_round(drain); });
}

void Server::Impl::drained(const std::shared_ptr<Drain>& drain) {
  if (!drain->tcp_done || drain->udp_ports > 0) return;
  std::erase(drains_, drain);
  drain->done();
}

std::size_t Server::Impl::udp_buffer_bytes(std::string_view door) const {
  for (const OpenUdp& one : udp_) {
    if (one.port->door == door) return one.udp->buffer_bytes();
  }
  return 0;
}

Server::Impl::~Impl() {
  std::unique_lock lock(mutex_);
  if (running_) {
    lock.unlock();
    stop();
    lock.lock();
    left_.wait(lock, [this] { return !running_; });
  }
  // Whoever still holds a Responder finds nobody to report to.
  for (const auto& connection : core.connections()) connection->port()->handler = nullptr;
  for (const auto& listener : listeners_) listener->port->handler = nullptr;
  for (const OpenUdp& one : udp_) one.port->handler = nullptr;
}

Server::Server() : impl_(std::make_unique<Impl>()) {}
Server::~Server() = default;

std::expected<std::uint16_t, std::string> Server::listen(const Listen& listen, Handler& handler) {
  return impl_->listen(listen, handler);
}
void Server::close(Handler& handler) { impl_->close(handler); }
void Server::run() { impl_->run(); }
void Server::stop() { impl_->stop(); }
void Server::post(std::function<void()> work) { asio::post(impl_->core.io, std::move(work)); }
void Server::after(milliseconds delay, std::function<void()> work) { impl_->core.after(delay, std::move(work)); }
void Server::drain(std::function<void()> done) { impl_->drain(std::move(done)); }
std::size_t Server::udp_buffer_bytes(std::string_view door) const { return impl_->udp_buffer_bytes(door); }

}  // namespace understudy::transport
