// Baseline of scripts/bench: the least that a server can do with an HTTP request. It reads head and body by
// Content-Length, discards them and answers 200 without a body. Prints its port; one thread, epoll, no parsing beyond
// the search for the end of the head and the length.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace {

constexpr std::string_view reply = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
constexpr std::size_t buffer_bytes = 64 * 1024;

struct Connection {
  int fd;
  std::size_t filled = 0;     // of the head
  std::size_t body_left = 0;  // of the body
  char head[8192] = {};
};

char buffer[buffer_bytes];

// Takes `bytes` in; returns false when the peer must be dropped.
bool take(Connection& connection, std::string_view bytes) {
  while (!bytes.empty()) {
    if (connection.body_left == 0) {
      const std::size_t room = sizeof connection.head - connection.filled;
      const std::size_t count = bytes.size() < room ? bytes.size() : room;
      bytes.copy(connection.head + connection.filled, count);
      const std::string_view head(connection.head, connection.filled + count);
      const std::size_t end = head.find("\r\n\r\n");
      if (end == std::string_view::npos) {
        connection.filled += count;
        return connection.filled < sizeof connection.head;
      }
      bytes.remove_prefix(end + 4 - connection.filled);
      connection.filled = 0;
      const std::size_t length = head.find("ontent-Length: ");
      connection.body_left = length < end ? std::strtoul(head.data() + length + 15, nullptr, 10) : 0;
    }
    const std::size_t skipped = bytes.size() < connection.body_left ? bytes.size() : connection.body_left;
    bytes.remove_prefix(skipped);
    connection.body_left -= skipped;
    if (connection.body_left == 0 && send(connection.fd, reply.data(), reply.size(), MSG_NOSIGNAL) < 0) return false;
  }
  return true;
}

void serve(int poll, Connection* connection) {
  const ssize_t count = recv(connection->fd, buffer, sizeof buffer, 0);
  if (count > 0 && take(*connection, {buffer, static_cast<std::size_t>(count)})) return;
  epoll_ctl(poll, EPOLL_CTL_DEL, connection->fd, nullptr);
  close(connection->fd);
  delete connection;
}

}  // namespace

int main() {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener, 1024) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return 1;
  }
  std::printf("%d\n", ntohs(address.sin_port));
  std::fflush(stdout);
  const int poll = epoll_create1(0);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = nullptr;
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  std::vector<epoll_event> events(256);
  while (true) {
    const int ready = epoll_wait(poll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < ready; ++i) {
      if (events[i].data.ptr != nullptr) {
        serve(poll, static_cast<Connection*>(events[i].data.ptr));
        continue;
      }
      const int fd = accept(listener, nullptr, nullptr);
      const int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      event.data.ptr = new Connection{.fd = fd};
      epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
    }
  }
}
