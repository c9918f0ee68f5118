// One connection's TLS, over memory: the connection moves the bytes. Private to this folder; io thread only.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "recording/vendor.h"

struct ssl_st;

namespace understudy::transport {

class TlsSession {
 public:
  enum class Stage {
    handshake,
    open,
    ended,  // the peer said that it sends no more
    failed  // failure() says why; an alert may wait in wire()
  };

  explicit TlsSession(ssl_st* owned);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  std::span<char> room() { return {input_.get(), input_bytes}; }  // where to read the wire to
  void received(std::string_view bytes);                          // from the wire
  std::size_t read(std::span<char> to);                           // what the peer said; 0: nothing more yet
  // Takes plain bytes; false if OpenSSL fails.
  bool write(std::string_view plain);
  bool say_goodbye();  // close_notify; false if it was said before, or there is nothing to say it in

  std::string_view wire() const;  // for the peer
  void wire_taken(std::size_t count);

  Stage stage() const { return stage_; }
  bool was_used() const { return used_; }  // the peer said something
  // Why the handshake failed, or what it means that the peer left it now.
  recording::Refusal::Reason reason() const { return reason_; }
  const std::string& failure() const { return failure_; }
  std::string left_words() const;
  std::string_view hello() const { return hello_; }  // the first bytes that came

  void refuse_name(std::string_view name);  // from OpenSSL's callback

 private:
  static constexpr std::size_t input_bytes = 32 * 1024;

  void shake_hands();
  void failed(int ssl_error);

  ssl_st* ssl_;
  std::unique_ptr<char[]> input_;
  std::string hello_;
  std::string failure_;
  std::size_t wire_offset_ = 0;
  recording::Refusal::Reason reason_ = recording::Refusal::Reason::tls_failed;
  Stage stage_ = Stage::handshake;
  bool used_ = false;
  bool said_goodbye_ = false;
};

}  // namespace understudy::transport
