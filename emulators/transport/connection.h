// One TCP connection: its socket, what waits to be written, its time-outs, its end. What is spoken over it is a
// Conversation's matter. Private to this folder; io thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "transport/core.h"
#include "transport/output_queue.h"
#include "transport/tls_session.h"

namespace understudy::transport {

class Connection;

// What is spoken over a connection. Created with it, told of each of its events; may close it at any time.
class Conversation {
 public:
  virtual ~Conversation() = default;
  virtual void begin(std::string_view) {}        // takes over a connection with the bytes that came already
  virtual std::span<char> room() = 0;            // where to read to
  virtual void received(std::size_t count) = 0;  // that many bytes were read to room()
  virtual bool wants_input() const = 0;          // false: leave the bytes in the kernel
  virtual void peer_ended() = 0;                 // the peer sends no more; it may still read
  virtual void taken() = 0;                      // the peer took bytes that had waited: go on with what was held back
  virtual void timed_out() = 0;                  // what Connection::expect() named did not come
  virtual void shut_down() = 0;                  // take no more requests; end when what is under way has left
  virtual void broken() = 0;                     // the connection is gone: report requests that never became whole
  virtual bool oversized() const { return false; }  // holds memory that an idle connection does not need
  virtual void trim() {}                            // gives it back; room() is asked again
};

std::unique_ptr<Conversation> make_http1(Connection& connection);
std::unique_ptr<Conversation> make_http2(Connection& connection);

class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Core& core, std::shared_ptr<Port> port, Socket&& socket);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start();
  // One connection too many: says so and closes.
  void turn_away();
  void sweep();
  void shut_down();
  void abort();  // closes at once
  // Whether bytes that had come before `target` was taken from arrival_target() are still in the kernel although this
  // connection is reading.
  bool has_unread(std::uint64_t target) const;
  std::uint64_t arrival_target();

  // For the conversation.
  Core& core() { return core_; }
  const std::shared_ptr<Port>& port() const { return port_; }
  std::string_view peer() const { return peer_; }
  OutputQueue& output() { return output_; }
  void send();   // gives the kernel as much of the output as it takes
  void end();    // takes no more input; closes once the output has left
  void reset();  // closes with RST, output and all
  bool ending() const { return ending_ || closed_; }
  void resume();  // reads on if the conversation wants input
  void expect_within(std::chrono::milliseconds time) { deadline_ = core_.now + time + core_.sweep_interval(); }
  void expect_nothing() { deadline_ = Clock::time_point::max(); }
  void speak(std::unique_ptr<Conversation> conversation, std::string_view bytes);  // from now on
  void secure(std::string_view hello);  // from now on TLS, which began with these bytes; the conversation starts anew
  bool secure() const { return tls_ != nullptr; }

  std::size_t index = 0;  // in Core

 private:
  void read();
  void on_read(const boost::system::error_code& ec, std::size_t count);
  void on_wire(const boost::system::error_code& ec, std::size_t count);
  void decrypt();
  void report_tls(recording::Refusal::Reason reason, std::string_view detail, std::string_view hello);
  void report_tls_left();
  void give_up_tls();
  bool seal();
  std::size_t gather(std::span<iovec> to);
  void taken(std::size_t count);
  bool all_sent() const { return output_.empty() && (!tls_ || tls_->wire().empty()); }
  void linger();
  void on_linger(const boost::system::error_code& ec);
  void await_writable();
  void report_left();
  void fail();
  void close();

  Core& core_;
  const std::shared_ptr<Port> port_;
  Socket socket_;
  std::string peer_;
  OutputQueue output_;
  std::unique_ptr<Conversation> conversation_;
  std::unique_ptr<Conversation> former_;  // the one that found out what is spoken
  std::unique_ptr<TlsSession> tls_;       // null: plain
  std::size_t sealed_ = 0;                // of the output's bytes, those that are in the wire's
  Clock::time_point deadline_ = Clock::time_point::max();
  Clock::time_point write_deadline_ = Clock::time_point::max();
  Clock::time_point last_read_;
  std::uint64_t bytes_read_ = 0;
  bool reading_ = false;
  bool writing_ = false;  // the kernel's buffer is full
  bool peer_ended_ = false;
  bool ending_ = false;
  bool lingering_ = false;
  bool closed_ = false;
  bool decrypting_ = false;
  bool wire_ended_ = false;    // TLS: TCP's end came
  bool tls_reported_ = false;  // a fragment says what became of the handshake
};

}  // namespace understudy::transport
