#pragma once

#include <mutex>
#include <string>

#include "backend/telemetry/courier.h"

namespace cruddur::telemetry {

/// Sends segment documents to the daemon by UDP, from the thread that finished them, so that a document is out before
/// the response is. UDP promises nothing; but where the kernel reports that nobody listens (an ICMP answer, which on
/// one host comes at once), the document waits in a queue and is sent again until the daemon is there.
class XrayEmitter {
 public:
  /// The host is resolved with the first document, and again as long as that fails: the daemon's container may start
  /// later than this one.
  XrayEmitter(std::string host, int port, CourierLimits limits = default_limits());

  void send(const std::string& document);
  bool stop(Deadline deadline) { return courier_.stop(deadline); }

  static CourierLimits default_limits();
  /// UDP over IPv4 carries no more; the daemon reads 64 KB.
  static constexpr std::size_t largest_document = 65507;

 private:
  bool transmit(const std::string& datagram);
  bool is_connected();

  const std::string host_;
  const int port_;
  std::mutex mutex_;  // of the socket
  struct Socket {
    ~Socket();
    int descriptor = -1;
  } socket_;
  Courier<std::string> courier_;
};

}  // namespace cruddur::telemetry
