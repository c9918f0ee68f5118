// TLS on the ports that speak plain HTTP too: what a server shows to whoever begins with a ClientHello.
//
// Nothing of OpenSSL is touched before the first ClientHello. Io thread only, but for the constructor.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace understudy::transport {

struct TlsSettings {
  std::string ca_certificate;      // PEM; signs the certificates that are shown
  std::string ca_key;              // PEM
  std::vector<std::string> hosts;  // that may be asked for by name, beside the local names; lower case
};

class TlsSession;

class Tls {
 public:
  explicit Tls(TlsSettings settings);
  ~Tls();
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;

  // For one connection; null if OpenSSL fails, with the reason in `error`.
  std::unique_ptr<TlsSession> accept(std::string& error);

  class Contexts;

 private:
  TlsSettings settings_;
  std::unique_ptr<Contexts> contexts_;
};

}  // namespace understudy::transport
