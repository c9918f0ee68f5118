// What the parts of a server share: the event loop, a coarse clock, the open connections. Private to this folder.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "transport/handler.h"
#include "transport/tls.h"

namespace understudy::transport {

namespace asio = boost::asio;

// The executor's type is spelled out: the type-erased one costs 8 % of a request.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using Clock = std::chrono::steady_clock;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;

class Connection;

// What the connections of a listening port have in common. They keep it; the server clears `handler` when it closes it.
struct Port {
  std::string door;
  Limits limits;
  Handler* handler = nullptr;
  std::shared_ptr<Tls> tls{};
  std::size_t connections = 0;

  void left(std::uint64_t ordinal, recording::Outcome outcome) const {
    if (handler != nullptr) handler->left(ordinal, outcome);
  }
  void left(const Outgoing& outgoing, recording::Outcome outcome) const {
    if (outgoing.recorded) left(outgoing.ordinal, outcome);
  }
};

class Core {
 public:
  Core() : sweep_(io) {}

  asio::io_context io{1};
  Clock::time_point now = Clock::now();  // as old as the last sweep at most
  bool stopping = false;
  std::uint64_t accepted = 0;

  void after(std::chrono::milliseconds delay, std::function<void()> work);
  void add(std::shared_ptr<Connection> connection);
  void forget(Connection& connection);
  const std::vector<std::shared_ptr<Connection>>& connections() const { return connections_; }
  // Sweeps are frequent enough for these limits.
  void regard(const Limits& limits);
  std::chrono::milliseconds sweep_interval() const { return interval_; }

 private:
  void sweep();

  std::vector<std::shared_ptr<Connection>> connections_;
  Timer sweep_;  // the one timer of all connections; runs while there are any
  bool sweeping_ = false;
  std::chrono::milliseconds interval_{1000};
};

}  // namespace understudy::transport
