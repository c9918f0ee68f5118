// The transport's server for tests of the console: no sockets; the test is the io thread and moves the clock.
#include "tests/console/fake_server.h"

#include "transport/server.h"

namespace understudy::transport {

session::testing::ManualLoop* fake_loop = nullptr;

class Server::Impl {
 public:
  session::Loop loop = fake_loop->loop();
  std::uint16_t port = 40000;
};

Server::Server() : impl_(std::make_unique<Impl>()) {}
Server::~Server() = default;
std::expected<std::uint16_t, std::string> Server::listen(const Listen& listen, Handler&) {
  return listen.port != 0 ? listen.port : ++impl_->port;
}
void Server::close(Handler&) {}
void Server::run() {}
void Server::stop() {}
void Server::post(std::function<void()> work) { impl_->loop.post(std::move(work)); }
void Server::after(std::chrono::milliseconds delay, std::function<void()> work) {
  impl_->loop.after(delay, std::move(work));
}
void Server::drain(std::function<void()> done) { impl_->loop.drain(std::move(done)); }
std::size_t Server::udp_buffer_bytes(std::string_view) const { return 0; }

}  // namespace understudy::transport
