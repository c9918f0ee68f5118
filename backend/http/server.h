#pragma once

#include <expected>
#include <memory>
#include <string>

#include "backend/http/application.h"

namespace cruddur {

/// HTTP/1.1 on one port, a thread a request, each connection closed after its response: as the development server that
/// the seeds deployed.
class Server {
 public:
  /// The application must outlive the server.
  explicit Server(const Application& application);
  ~Server();

  /// Port 0 takes a free one. Returns the port.
  std::expected<int, std::string> bind(const std::string& host, int port);
  /// Serves until `stop`, then until every request begun has been answered.
  void serve();
  void stop();

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace cruddur
