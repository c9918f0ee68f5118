#include "transport/connection.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <utility>

#include "transport/http1_reply.h"

namespace understudy::transport {
namespace {

using boost::system::error_code;
using recording::Outcome;

// After the last reply the peer has this long to close first. Without it, bytes that were not read would make the
// kernel send RST, and the peer would lose the reply.
constexpr std::chrono::milliseconds linger_time{2000};
constexpr std::chrono::milliseconds trim_after{1000};

std::string name_of(const Socket& socket) {
  error_code ec;
  const auto end = socket.remote_endpoint(ec);
  if (ec) return "gone";
  const std::string address = end.address().to_string();
  return end.address().is_v6() ? fmt::format("[{}]:{}", address, end.port())
                               : fmt::format("{}:{}", address, end.port());
}

}  // namespace

Connection::Connection(Core& core, std::shared_ptr<Port> port, Socket&& socket)
    : core_(core), port_(std::move(port)), socket_(std::move(socket)), last_read_(core.now) {
  ++port_->connections;
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
  peer_ = name_of(socket_);
  conversation_ = make_http1(*this);
}

Connection::~Connection() { --port_->connections; }

void Connection::start() {
  expect_within(port_->limits.idle_timeout);
  read();
}

void Connection::turn_away() {
  recording::Request nothing;
  nothing.door = port_->door;
  nothing.peer = peer_;
  const recording::Reply reply = port_->handler->fragment(
      nothing, 0, {recording::Refusal::Reason::overloaded, "the door has as many connections as it takes"});
  if (!reply.silent) {
    std::string head;
    write_http1_head(head, reply, {.keep_alive = false});
    output_.append(head + reply.body);
  }
  end();
  send();
}

void Connection::speak(std::unique_ptr<Conversation> conversation, std::string_view bytes) {
  former_ = std::move(conversation_);  // its code runs below this call
  conversation_ = std::move(conversation);
  conversation_->begin(bytes);
}

void Connection::resume() {
  if (!reading_ && !closed_ && !ending_ && !peer_ended_ && conversation_->wants_input()) read();
}

void Connection::read() {
  reading_ = true;
  const std::span<char> room = conversation_->room();
  socket_.async_read_some(asio::buffer(room.data(), room.size()),
                          [self = shared_from_this()](const error_code& ec, std::size_t count) {
                            self->reading_ = false;
                            self->on_read(ec, count);
                          });
}

void Connection::on_read(const error_code& ec, std::size_t count) {
  if (closed_) return;
  if (ec == asio::error::eof) peer_ended_ = true;
  if (ending_) return ec && !peer_ended_ ? fail() : linger();
  if (ec == asio::error::operation_aborted) {  // by sweep()
    conversation_->trim();
  } else if (ec == asio::error::eof) {
    conversation_->peer_ended();
  } else if (ec) {
    return fail();
  } else {
    bytes_read_ += count;
    last_read_ = core_.now;
    conversation_->received(count);
  }
  resume();
}

void Connection::send() {
  while (!writing_ && !closed_ && !output_.empty()) {
    std::array<iovec, 16> pieces;
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = output_.gather(pieces);
    const ssize_t sent = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) return await_writable();
      return fail();
    }
    output_.taken(static_cast<std::size_t>(sent));
    report_left();
  }
  if (ending_ && output_.empty()) linger();
}

void Connection::report_left() {
  std::uint64_t ordinal = 0;
  while (output_.next_left(ordinal)) port_->left(ordinal, Outcome::written);
}

void Connection::await_writable() {
  writing_ = true;
  write_deadline_ = core_.now + port_->limits.write_timeout + core_.sweep_interval();
  socket_.async_wait(Socket::wait_write, [self = shared_from_this()](const error_code& ec) {
    self->writing_ = false;
    self->write_deadline_ = Clock::time_point::max();
    if (self->closed_) return;
    if (ec) return self->fail();
    self->send();
    if (self->ending()) return;
    self->conversation_->taken();
    self->resume();
  });
}

void Connection::end() {
  if (ending_ || closed_) return;
  ending_ = true;
  expect_nothing();
}

// Everything was said: no more is sent, and what still comes is thrown away until the peer closes.
void Connection::linger() {
  if (closed_ || !output_.empty()) return;
  if (!lingering_) {
    lingering_ = true;
    error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    deadline_ = core_.now + linger_time;
  }
  if (peer_ended_ || core_.stopping) return close();
  if (reading_) return;
  reading_ = true;
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](const error_code& ec) {
    self->reading_ = false;
    self->on_linger(ec);
  });
}

void Connection::on_linger(const error_code& ec) {
  if (closed_) return;
  if (ec) return close();
  static std::array<char, 64 * 1024> nowhere;
  for (int rounds = 0; rounds < 16; ++rounds) {
    const ssize_t count = ::recv(socket_.native_handle(), nowhere.data(), nowhere.size(), MSG_DONTWAIT);
    if (count > 0) continue;
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) break;
    return close();
  }
  linger();
}

void Connection::sweep() {
  if (closed_) return;
  if (core_.now >= write_deadline_) return fail();
  if (core_.now >= deadline_) {
    if (ending_) return close();
    expect_nothing();
    conversation_->timed_out();
    send();
    return;
  }
  if (reading_ && !ending_ && !writing_ && core_.now - last_read_ > trim_after && conversation_->oversized()) {
    error_code ignored;
    socket_.cancel(ignored);
  }
}

void Connection::shut_down() {
  if (closed_) return;
  if (!ending_) conversation_->shut_down();
  send();
  if (lingering_) close();
}

void Connection::reset() {
  if (closed_) return;
  error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  close();
}

void Connection::fail() {
  if (closed_) return;
  const bool heard = !ending_;
  ending_ = true;
  if (heard) conversation_->broken();
  close();
}

void Connection::abort() { fail(); }

void Connection::close() {
  if (closed_) return;
  closed_ = true;
  error_code ignored;
  socket_.close(ignored);
  std::uint64_t ordinal = 0;
  while (output_.next_lost(ordinal)) port_->left(ordinal, Outcome::peer_gone);
  // Later, as callers up the stack still use this object.
  asio::post(core_.io, [self = shared_from_this()] { self->core_.forget(*self); });
}

std::uint64_t Connection::arrival_target() {
  int waiting = 0;
  if (closed_ || ending_ || ::ioctl(socket_.native_handle(), FIONREAD, &waiting) != 0) return 0;
  return bytes_read_ + static_cast<std::uint64_t>(waiting);
}

bool Connection::has_unread(std::uint64_t target) const {
  return !closed_ && !ending_ && reading_ && bytes_read_ < target;
}

}  // namespace understudy::transport
