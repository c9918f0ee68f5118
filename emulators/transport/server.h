// Listening sockets and their threads. One Server carries all ports of a process: all TCP on the one io thread that
// runs `run()`, and one more thread for each UDP port that only fills slabs.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "transport/handler.h"
#include "transport/tls.h"

namespace understudy::transport {

struct Listen {
  std::string door{};      // passed on in every Request
  std::string address{};   // "" = loopback, 127.0.0.1 and ::1 both; else one address to bind
  std::uint16_t port = 0;  // 0: a free one (the same on both loopback addresses, and for TCP and UDP)
  bool tcp = true;
  bool udp = false;
  Limits limits{};
  std::shared_ptr<Tls> tls{};  // null: a ClientHello is refused
};

class Server {
 public:
  Server();
  ~Server();  // stops
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Opens a port; `handler` must outlive the server or `close()`. Returns the port number, or one line that names the
  // door, the address and port, and the mend. May be called before run() or on the io thread.
  std::expected<std::uint16_t, std::string> listen(const Listen& listen, Handler& handler);
  // Stops listening on all ports of a handler and closes its connections (on the io thread).
  void close(Handler& handler);

  void run();   // carries the sockets until stop()
  void stop();  // any thread: drains UDP sockets, lets replies that are under way leave (bounded), ends run()
  void post(std::function<void()> work);                                    // any thread; runs on the io thread
  void after(std::chrono::milliseconds delay, std::function<void()> work);  // io thread

  // Calls `done` on the io thread once everything that had reached a socket before this call was handed to its handler.
  void drain(std::function<void()> done);

  // Effective size of the receive buffer of a UDP door in bytes, 0 if there is none.
  std::size_t udp_buffer_bytes(std::string_view door) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy::transport
