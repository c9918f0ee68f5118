// Load generator of scripts/bench: keep-alive HTTP connections that each send one prepared request again and again.
//
//   load http PORT REQUEST_FILE CONNECTIONS REQUESTS [IDLE [DRIPPING]]
//     REQUEST_FILE holds head and body as they go over the wire. IDLE connections send nothing, DRIPPING ones a byte of
//     a head now and then. Prints {"requests","seconds","p50_us","p99_us","statuses":{}} as JSON.
//   load udp PORT DATAGRAM_FILE COUNT PER_SECOND     prints {"sent","refused","seconds"}; where the datagram has a
//                                                    trace id, each has another one
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "load: %s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

std::string contents(const char* path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

sockaddr_in loopback(const char* port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port)));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int connect_to(const char* port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = loopback(port);
  if (fd < 0 || connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("connect");
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

// One connection: where it is in sending its request and in reading the reply.
struct Connection {
  int fd = -1;
  std::size_t sent = 0;
  std::string reply;
  Clock::time_point begun;

  // True once the whole request is in the kernel.
  bool send_some(const std::string& request) {
    while (sent < request.size()) {
      const ssize_t count = send(fd, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
      if (count < 0 && errno == EAGAIN) return false;
      if (count <= 0) fail("send");
      sent += static_cast<std::size_t>(count);
    }
    return true;
  }

  // True once a whole reply is there.
  bool read_some() {
    char buffer[16384];
    while (true) {
      const ssize_t count = recv(fd, buffer, sizeof buffer, 0);
      if (count < 0 && errno == EAGAIN) return false;
      if (count == 0) errno = ECONNRESET;
      if (count <= 0) fail("recv");
      reply.append(buffer, static_cast<std::size_t>(count));
      if (whole()) return true;
    }
  }

  bool whole() const {
    const std::size_t end = reply.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    std::size_t length = 0;
    for (const char* name : {"Content-Length: ", "content-length: "}) {
      if (const std::size_t at = reply.find(name); at < end) length = std::strtoul(&reply[at + 16], nullptr, 10);
    }
    return reply.size() >= end + 4 + length;
  }
};

int http(char** arguments, int count) {
  const char* port = arguments[0];
  const std::string request = contents(arguments[1]);
  std::vector<Connection> connections(std::strtoul(arguments[2], nullptr, 10));
  const std::size_t wanted = std::strtoul(arguments[3], nullptr, 10);
  std::vector<int> others;
  for (long i = 0; i < (count > 4 ? std::atol(arguments[4]) : 0); ++i) others.push_back(connect_to(port));
  const std::size_t idle = others.size();
  for (long i = 0; i < (count > 5 ? std::atol(arguments[5]) : 0); ++i) others.push_back(connect_to(port));

  const int poll = epoll_create1(0);
  for (Connection& connection : connections) {
    connection.fd = connect_to(port);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.ptr = &connection;
    epoll_ctl(poll, EPOLL_CTL_ADD, connection.fd, &event);
  }
  std::map<int, std::size_t> statuses;
  std::vector<double> latencies;
  latencies.reserve(wanted);
  std::size_t started = 0;
  const auto begin = Clock::now();
  const auto start = [&](Connection& connection) {
    if (started == wanted) return;
    ++started;
    connection.sent = 0;
    connection.reply.clear();
    connection.begun = Clock::now();
    connection.send_some(request);
  };
  for (Connection& connection : connections) start(connection);
  std::vector<epoll_event> events(256);
  std::size_t drip = idle;
  while (latencies.size() < wanted) {
    const int ready = epoll_wait(poll, events.data(), static_cast<int>(events.size()), 10'000);
    if (ready == 0) fail("no reply for 10 s");
    for (int i = 0; i < ready; ++i) {
      auto& connection = *static_cast<Connection*>(events[i].data.ptr);
      if (connection.sent < request.size()) connection.send_some(request);
      if (!connection.read_some()) continue;
      latencies.push_back(std::chrono::duration<double, std::micro>(Clock::now() - connection.begun).count());
      ++statuses[std::atoi(connection.reply.c_str() + 9)];
      start(connection);
    }
    if (drip < others.size() && latencies.size() % 64 == 0) {
      if (send(others[drip], "G", 1, MSG_NOSIGNAL) < 0 && errno != EAGAIN) errno = 0;  // it may have been timed out
      drip = drip + 1 == others.size() ? idle : drip + 1;
    }
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  std::sort(latencies.begin(), latencies.end());
  std::printf("{\"requests\":%zu,\"seconds\":%.6f,\"p50_us\":%.1f,\"p99_us\":%.1f,\"statuses\":{", wanted, seconds,
              latencies[wanted / 2], latencies[wanted * 99 / 100]);
  const char* separator = "";
  for (const auto& [status, times] : statuses) {
    std::printf("%s\"%d\":%zu", separator, status, times);
    separator = ",";
  }
  std::puts("}}");
  return 0;
}

int udp(char** arguments) {
  const std::string datagram = contents(arguments[1]);
  const std::size_t count = std::strtoul(arguments[2], nullptr, 10);
  const double per_second = std::atof(arguments[3]);
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  const sockaddr_in address = loopback(arguments[0]);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("connect");
  constexpr std::size_t batch = 32;
  constexpr std::size_t digits = 8;  // the last ones of "1-12345678-123456789012345678901234"
  const auto trace = datagram.find("\"1-");
  std::vector<std::string> datagrams(batch, datagram);
  iovec pieces[batch];
  mmsghdr messages[batch]{};
  for (std::size_t i = 0; i < batch; ++i) {
    pieces[i] = {datagrams[i].data(), datagram.size()};
    messages[i].msg_hdr.msg_iov = &pieces[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  const auto number = [&](std::size_t first) {
    for (std::size_t i = 0; trace != std::string::npos && i < batch; ++i) {
      char text[digits + 1];
      std::snprintf(text, sizeof text, "%08zx", first + i);
      datagrams[i].replace(trace + 1 + 35 - digits, digits, text, digits);
    }
  };
  std::size_t sent = 0, refused = 0;
  const auto begin = Clock::now();
  while (sent + refused < count) {
    const double due = std::chrono::duration<double>(Clock::now() - begin).count() * per_second;
    if (static_cast<double>(sent + refused) > due) continue;
    const std::size_t size = std::min(batch, count - sent - refused);
    number(sent + refused);
    const int gone = sendmmsg(fd, messages, static_cast<unsigned>(size), 0);
    if (gone < 0) {
      ++refused;
    } else {
      sent += static_cast<std::size_t>(gone);
    }
  }
  std::printf("{\"sent\":%zu,\"refused\":%zu,\"seconds\":%.6f}\n", sent, refused,
              std::chrono::duration<double>(Clock::now() - begin).count());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  const std::string mode = argc > 1 ? argv[1] : "";
  if (mode == "http" && argc >= 6) return http(argv + 2, argc - 2);
  if (mode == "udp" && argc == 6) return udp(argv + 2);
  std::fputs(
      "usage: load http PORT REQUEST_FILE CONNECTIONS REQUESTS [IDLE [DRIPPING]] | load udp PORT FILE COUNT "
      "PER_SECOND\n",
      stderr);
  return 2;
}
