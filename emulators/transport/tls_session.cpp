#include "transport/tls_session.h"

#include <fmt/format.h>
#include <openssl/ssl.h>

#include <algorithm>

#include "tls/openssl.h"

namespace understudy::transport {
namespace {

using Reason = recording::Refusal::Reason;

constexpr std::size_t shown_bytes = 64 * 1024;
// OpenSSL numbers the reason "the peer sent alert N" so. [code: openssl/sslerr.h, SSL_AD_REASON_OFFSET]
constexpr int alert_reasons = 1000;

std::string_view asked_name(const SSL* ssl) {
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  return name != nullptr ? name : "";
}

std::string for_name(const SSL* ssl) {
  const std::string_view name = asked_name(ssl);
  return name.empty() ? "of a client that named no server" : fmt::format("for the server name \"{}\"", name);
}

// Whether the alert is what a client says that does not trust the certificate.
bool is_distrust(int alert) {
  return alert == SSL_AD_UNKNOWN_CA || alert == SSL_AD_BAD_CERTIFICATE || alert == SSL_AD_CERTIFICATE_UNKNOWN ||
         alert == SSL_AD_UNSUPPORTED_CERTIFICATE || alert == SSL_AD_CERTIFICATE_EXPIRED;
}

}  // namespace

TlsSession::TlsSession(ssl_st* owned) : ssl_(owned), input_(new char[input_bytes]) {
  SSL_set_bio(ssl_, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_app_data(ssl_, this);
  SSL_set_accept_state(ssl_);
}

TlsSession::~TlsSession() { SSL_free(ssl_); }

void TlsSession::received(std::string_view bytes) {
  if (hello_.size() < shown_bytes && stage_ == Stage::handshake) {
    hello_.append(bytes.substr(0, shown_bytes - hello_.size()));
  }
  BIO_write(SSL_get_rbio(ssl_), bytes.data(), static_cast<int>(bytes.size()));
  if (stage_ == Stage::handshake) shake_hands();
}

void TlsSession::shake_hands() {
  ERR_clear_error();
  const int done = SSL_do_handshake(ssl_);
  if (done != 1) return failed(SSL_get_error(ssl_, done));
  stage_ = Stage::open;
}

std::size_t TlsSession::read(std::span<char> to) {
  if (stage_ != Stage::open || to.empty()) return 0;
  ERR_clear_error();
  std::size_t count = 0;
  const int done = SSL_read_ex(ssl_, to.data(), to.size(), &count);
  if (done != 1) {
    failed(SSL_get_error(ssl_, done));
    return 0;
  }
  used_ = true;
  return count;
}

void TlsSession::failed(int ssl_error) {
  if (ssl_error == SSL_ERROR_WANT_READ || ssl_error == SSL_ERROR_WANT_WRITE) return;
  if (ssl_error == SSL_ERROR_ZERO_RETURN) {
    stage_ = Stage::ended;
    return;
  }
  const bool shaking = stage_ == Stage::handshake;
  stage_ = Stage::failed;
  const unsigned long code = ERR_peek_error();
  const int alert = ERR_GET_REASON(code) - alert_reasons;
  const std::string words = tls::openssl_error();
  if (!failure_.empty()) return;  // refuse_name() knew better
  if (alert >= 0 && alert < 256) {
    failure_ = fmt::format("the client ended the {} {} with the alert \"{}\"{}", shaking ? "handshake" : "connection",
                           for_name(ssl_), SSL_alert_desc_string_long(alert),
                           is_distrust(alert) ? ": it does not trust the certificate" : "");
  } else {
    failure_ = fmt::format("the {} {} failed: {}", shaking ? "handshake" : "connection", for_name(ssl_), words);
  }
}

void TlsSession::refuse_name(std::string_view name) {
  reason_ = Reason::tls_unknown_host;
  failure_ = fmt::format("the handshake asks for the server name \"{}\"", name);
}

std::string TlsSession::left_words() const {
  if (stage_ != Stage::handshake) return fmt::format("the client left after the handshake {}", for_name(ssl_));
  // Node.js 20 over TLS 1.3 ends so when it does not trust the certificate: without an alert. [run]
  return fmt::format("the client left during the handshake {}, maybe as it does not trust the certificate",
                     for_name(ssl_));
}

bool TlsSession::write(std::string_view plain) {
  if (plain.empty()) return true;
  ERR_clear_error();
  std::size_t count = 0;
  return SSL_write_ex(ssl_, plain.data(), plain.size(), &count) == 1;
}

bool TlsSession::say_goodbye() {
  if (said_goodbye_ || stage_ == Stage::handshake || stage_ == Stage::failed) return false;
  said_goodbye_ = true;
  ERR_clear_error();
  SSL_shutdown(ssl_);
  return true;
}

std::string_view TlsSession::wire() const {
  char* data = nullptr;
  const long size = BIO_get_mem_data(SSL_get_wbio(ssl_), &data);
  return std::string_view(data, static_cast<std::size_t>(size)).substr(wire_offset_);
}

// The bytes are dropped when all are taken, as a memory BIO moves what is left with each partial read.
void TlsSession::wire_taken(std::size_t count) {
  wire_offset_ += count;
  char* data = nullptr;
  if (static_cast<long>(wire_offset_) < BIO_get_mem_data(SSL_get_wbio(ssl_), &data)) return;
  BIO_reset(SSL_get_wbio(ssl_));
  wire_offset_ = 0;
}

}  // namespace understudy::transport
