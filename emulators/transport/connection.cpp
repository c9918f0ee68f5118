#include "transport/connection.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
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
using recording::Refusal;

// After the last reply the peer has this long to close first. Without it, bytes that were not read would make the
// kernel send RST, and the peer would lose the reply.
constexpr std::chrono::milliseconds linger_time{2000};
constexpr std::chrono::milliseconds trim_after{1000};
constexpr std::size_t sealed_at_once = 64 * 1024;  // of the output, before the kernel takes it

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
  if (tls_) {
    if (decrypting_) return;  // that goes on anyway
    decrypt();
  }
  if (!reading_ && !closed_ && !ending_ && !peer_ended_ && conversation_->wants_input()) read();
}

void Connection::read() {
  reading_ = true;
  const std::span<char> room = tls_ ? tls_->room() : conversation_->room();
  socket_.async_read_some(asio::buffer(room.data(), room.size()),
                          [self = shared_from_this()](const error_code& ec, std::size_t count) {
                            self->reading_ = false;
                            self->on_read(ec, count);
                          });
}

void Connection::on_read(const error_code& ec, std::size_t count) {
  if (closed_) return;
  if (tls_ && ec != asio::error::operation_aborted) return on_wire(ec, count);
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

void Connection::secure(std::string_view hello) {
  std::string error;
  tls_ = port_->tls->accept(error);
  if (!tls_) {
    report_tls(Refusal::Reason::tls_failed, error, hello);
    end();
    return send();
  }
  speak(make_http1(*this), {});
  expect_within(port_->limits.head_timeout);
  tls_->received(hello);
  decrypt();
}

void Connection::on_wire(const error_code& ec, std::size_t count) {
  if (ec && ec != asio::error::eof) return fail();
  wire_ended_ = wire_ended_ || ec == asio::error::eof;
  if (ending_) {
    peer_ended_ = wire_ended_;
    return linger();
  }
  bytes_read_ += count;
  last_read_ = core_.now;
  const bool shaking = tls_->stage() == TlsSession::Stage::handshake;
  tls_->received({tls_->room().data(), count});
  if (shaking && tls_->stage() == TlsSession::Stage::open) expect_within(port_->limits.idle_timeout);
  resume();
}

// Gives the conversation what the peer said, sends what the handshake says, and looks for the end of either.
void Connection::decrypt() {
  using Stage = TlsSession::Stage;
  decrypting_ = true;
  while (!closed_ && !ending_ && conversation_->wants_input()) {
    const std::size_t count = tls_->read(conversation_->room());
    if (count == 0) break;
    conversation_->received(count);
  }
  send();
  if (!closed_ && !ending_) {
    const Stage stage = tls_->stage();
    const bool all_read = stage == Stage::ended || (wire_ended_ && conversation_->wants_input());
    if (stage == Stage::failed) {
      give_up_tls();
    } else if (all_read && !peer_ended_) {
      peer_ended_ = true;
      report_tls_left();
      conversation_->peer_ended();
      send();
    }
  }
  decrypting_ = false;
}

// Where requests came before, what is under way is reported as cut off by the conversation.
void Connection::give_up_tls() {
  if (tls_->was_used()) return fail();
  report_tls(tls_->reason(), tls_->failure(), tls_->hello());
  end();
  send();
}

void Connection::report_tls_left() {
  if (!tls_ || tls_reported_ || tls_->was_used()) return;
  const bool shaking = tls_->stage() == TlsSession::Stage::handshake;
  report_tls(shaking ? Refusal::Reason::tls_failed : Refusal::Reason::tls_unused, tls_->left_words(), tls_->hello());
}

void Connection::report_tls(Refusal::Reason reason, std::string_view detail, std::string_view hello) {
  tls_reported_ = true;
  if (port_->handler == nullptr) return;
  recording::Request begun;
  begun.door = port_->door;
  begun.peer = peer_;
  begun.body = hello;
  port_->handler->fragment(begun, std::max<std::uint64_t>(bytes_read_, hello.size()), {reason, detail});
}

// Turns some of the output into records; false if OpenSSL fails.
bool Connection::seal() {
  std::array<iovec, 16> pieces;
  const std::size_t count = output_.gather(pieces);
  for (std::size_t i = 0; i < count && sealed_ < sealed_at_once; ++i) {
    const std::string_view piece(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
    const std::string_view part = piece.substr(0, sealed_at_once - sealed_);
    if (!tls_->write(part)) return false;
    sealed_ += part.size();
    if (part.size() < piece.size()) break;
  }
  return true;
}

// The pieces that the kernel is to take next.
std::size_t Connection::gather(std::span<iovec> to) {
  if (!tls_) return output_.gather(to);
  if (tls_->wire().empty() && !seal()) return 0;
  const std::string_view wire = tls_->wire();
  if (wire.empty()) return 0;
  to[0] = {const_cast<char*>(wire.data()), wire.size()};
  return 1;
}

// Of what was sealed, the replies count as left when the last byte of the seal is taken.
void Connection::taken(std::size_t count) {
  if (tls_) {
    tls_->wire_taken(count);
    if (!tls_->wire().empty()) return;
    count = std::exchange(sealed_, 0);
    if (count == 0) return;
  }
  output_.taken(count);
  report_left();
}

void Connection::send() {
  while (!writing_ && !closed_ && !all_sent()) {
    std::array<iovec, 16> pieces;
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = gather(pieces);
    if (message.msg_iovlen == 0) return fail();
    const ssize_t sent = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) return await_writable();
      return fail();
    }
    taken(static_cast<std::size_t>(sent));
  }
  if (ending_ && all_sent()) linger();
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
  if (closed_ || !all_sent()) return;
  if (tls_ && tls_->say_goodbye()) return send();  // and comes back here once that has left
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
    if (tls_ && tls_->stage() == TlsSession::Stage::handshake) {
      report_tls(Refusal::Reason::tls_failed, "the handshake did not come to its end", tls_->hello());
      end();
    } else {
      conversation_->timed_out();
    }
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
  if (heard) {
    report_tls_left();
    conversation_->broken();
  }
  close();
}

void Connection::abort() {
  tls_reported_ = true;  // it is not the client that leaves
  fail();
}

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
