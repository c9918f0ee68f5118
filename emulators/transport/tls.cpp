#include "transport/tls.h"

#include <fmt/format.h>
#include <openssl/ssl.h>

#include <map>
#include <utility>

#include "tls/certificate.h"
#include "tls/host_names.h"
#include "transport/tls_session.h"

namespace understudy::transport {
namespace {

constexpr std::string_view protocols("\x02h2\x08http/1.1", 12);  // in the order of preference

int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in, unsigned in_size,
                    void*) {
  unsigned char* chosen = nullptr;
  const int found = SSL_select_next_proto(&chosen, out_size, reinterpret_cast<const unsigned char*>(protocols.data()),
                                          static_cast<unsigned>(protocols.size()), in, in_size);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

// The one context of a server, and a certificate for each name that was asked for.
class Tls::Contexts {
 public:
  explicit Contexts(const TlsSettings& settings) : hosts_(settings.hosts) {
    authority_ = tls::certificate_from(settings.ca_certificate);
    authority_key_ = tls::key_from(settings.ca_key);
    key_ = tls::make_key();
    context_.reset(SSL_CTX_new(TLS_server_method()));
    if (!authority_ || !authority_key_ || !key_ || !context_) return;
    SSL_CTX* context = context_.get();
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
    SSL_CTX_set_tlsext_servername_callback(context, choose_certificate);
    SSL_CTX_set_tlsext_servername_arg(context, this);
    // For who names nobody, as is right for an address.
    X509* local = certificate_for("");
    ready_ = local != nullptr && SSL_CTX_use_certificate(context, local) == 1 &&
             SSL_CTX_use_PrivateKey(context, key_.get()) == 1;
  }

  bool ready() const { return ready_; }
  SSL* accept() { return SSL_new(context_.get()); }

 private:
  static int choose_certificate(SSL* ssl, int* alert, void* self) {
    const char* asked = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    if (asked == nullptr) return SSL_TLSEXT_ERR_OK;
    auto* contexts = static_cast<Contexts*>(self);
    const std::string name = tls::normal_host(asked);
    if (!tls::is_served(name, contexts->hosts_)) {
      static_cast<TlsSession*>(SSL_get_app_data(ssl))->refuse_name(asked);
      *alert = SSL_AD_UNRECOGNIZED_NAME;
      return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    X509* certificate = contexts->certificate_for(tls::is_local(name) ? "" : name);
    if (certificate == nullptr || SSL_use_certificate(ssl, certificate) != 1) {
      *alert = SSL_AD_INTERNAL_ERROR;
      return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    return SSL_TLSEXT_ERR_OK;
  }

  // No more than there are hosts: other names never come here. "" is for the local names and addresses alone.
  X509* certificate_for(const std::string& host) {
    tls::Certificate& certificate = certificates_[host];
    if (certificate) return certificate.get();
    std::vector<std::string> names;
    if (!host.empty()) names.push_back(host);
    names.insert(names.end(), tls::local_names.begin(), tls::local_names.end());
    names.insert(names.end(), tls::local_addresses.begin(), tls::local_addresses.end());
    certificate = tls::issue(*authority_, *authority_key_, *key_, names);
    return certificate.get();
  }

  const std::vector<std::string>& hosts_;
  tls::Certificate authority_;
  tls::Key authority_key_;
  tls::Key key_;
  std::unique_ptr<SSL_CTX, tls::FreeWith<SSL_CTX_free>> context_;
  std::map<std::string, tls::Certificate> certificates_;
  bool ready_ = false;
};

Tls::Tls(TlsSettings settings) : settings_(std::move(settings)) {}
Tls::~Tls() = default;

std::unique_ptr<TlsSession> Tls::accept(std::string& error) {
  if (!contexts_) contexts_ = std::make_unique<Contexts>(settings_);
  SSL* ssl = contexts_->ready() ? contexts_->accept() : nullptr;
  if (ssl == nullptr) {
    error = fmt::format("no TLS context could be made: {}", tls::openssl_error());
    contexts_.reset();
    return nullptr;
  }
  return std::make_unique<TlsSession>(ssl);
}

}  // namespace understudy::transport
