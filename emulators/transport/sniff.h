// Which protocol the first bytes of a connection speak.
#pragma once

#include <string_view>

namespace understudy::transport {

enum class Spoken { need_more, http1, http2, tls };

// The one place that TLS enters by: a ClientHello is the record type 22 and the version's 3.
inline Spoken sniff(std::string_view bytes) {
  constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";  // RFC 9113 section 3.4
  if (bytes.empty()) return Spoken::need_more;
  if (bytes[0] == '\x16') {
    if (bytes.size() == 1) return Spoken::need_more;
    return bytes[1] == '\x03' ? Spoken::tls : Spoken::http1;
  }
  if (bytes.starts_with(preface)) return Spoken::http2;
  return preface.starts_with(bytes) ? Spoken::need_more : Spoken::http1;
}

}  // namespace understudy::transport
