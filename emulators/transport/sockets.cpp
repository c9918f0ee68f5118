#include "transport/sockets.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

namespace understudy::transport {
namespace {

constexpr int udp_buffer_bytes = 16 * 1024 * 1024;  // holds 7,700 datagrams of 2 KB while this process is not running
constexpr int tries_for_a_free_port = 100;

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  std::string text;
};

struct Failure {
  int error;
  std::string address;
};

using Opened = std::expected<Descriptor, Failure>;

std::optional<Address> address_of(const std::string& text) {
  Address address;
  address.text = text;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    address.size = sizeof *v4;
  } else if (inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    address.size = sizeof *v6;
  } else {
    return std::nullopt;
  }
  return address;
}

void set_port(Address& address, std::uint16_t port) {
  // sin_port and sin6_port stand in the same place.
  reinterpret_cast<sockaddr_in*>(&address.storage)->sin_port = htons(port);
}

std::uint16_t port_of(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size);
  return ntohs(reinterpret_cast<sockaddr_in*>(&storage)->sin_port);
}

void enlarge_receive_buffer(int fd) {
  // FORCE needs a privilege; the plain option is capped by net.core.rmem_max.
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &udp_buffer_bytes, sizeof udp_buffer_bytes) == 0) return;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &udp_buffer_bytes, sizeof udp_buffer_bytes);
}

Opened open_one(const Address& address, int type) {
  const auto failed = [&] { return std::unexpected(Failure{errno, address.text}); };
  const int one = 1;
  Descriptor fd(socket(address.storage.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) return failed();
  if (address.storage.ss_family == AF_INET6) setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
  if (type == SOCK_STREAM) {
    // A port that was just closed may be had again; one that is open may not. SO_REUSEPORT would let two share it.
    setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  } else {
    enlarge_receive_buffer(fd.get());
    setsockopt(fd.get(), SOL_SOCKET, SO_RXQ_OVFL, &one, sizeof one);
  }
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.size) != 0) return failed();
  if (type == SOCK_STREAM && ::listen(fd.get(), SOMAXCONN) != 0) return failed();
  return fd;
}

bool is_absent(int error) { return error == EADDRNOTAVAIL || error == EAFNOSUPPORT; }

// Opens everything at one number. Of the two loopback addresses the second may be absent on this machine.
std::expected<Sockets, Failure> open_all(const Listen& listen, std::vector<Address> addresses, std::uint16_t port) {
  Sockets sockets;
  sockets.port = port;
  for (const auto& [wanted, type, into] :
       {std::tuple{listen.tcp, SOCK_STREAM, &sockets.tcp}, std::tuple{listen.udp, SOCK_DGRAM, &sockets.udp}}) {
    if (!wanted) continue;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
      set_port(addresses[i], sockets.port);
      Opened opened = open_one(addresses[i], type);
      if (!opened && i > 0 && is_absent(opened.error().error)) continue;
      if (!opened) return std::unexpected(opened.error());
      if (sockets.port == 0) sockets.port = port_of(opened->get());
      into->push_back(std::move(*opened));
    }
  }
  return sockets;
}

std::string message(const Listen& listen, const Failure& failure) {
  const std::string where = fmt::format("door {}: {} port {}", listen.door, failure.address, listen.port);
  switch (failure.error) {
    case EADDRINUSE:
      return fmt::format(
          "{} is taken by another process: stop that one, or give this door another port (0: a free one)", where);
    case EACCES:
      return fmt::format("{} may not be opened by this user: choose a port from 1024 up", where);
    case EADDRNOTAVAIL:
      return fmt::format("{}: this machine has no such address: bind one that `ip address` lists", where);
    case EMFILE:
      return fmt::format("{}: too many open files: raise the limit (ulimit -n)", where);
    default:
      return fmt::format("{} cannot be opened: {}", where, std::strerror(failure.error));
  }
}

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

Descriptor::Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

int Descriptor::release() { return std::exchange(fd_, -1); }

std::size_t receive_buffer_bytes(int fd) {
  int bytes = 0;
  socklen_t size = sizeof bytes;
  getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, &size);
  return static_cast<std::size_t>(bytes);
}

std::expected<Sockets, std::string> open_sockets(const Listen& listen) {
  std::vector<Address> addresses;
  for (const std::string& text :
       listen.address.empty() ? std::vector<std::string>{"127.0.0.1", "::1"} : std::vector{listen.address}) {
    const auto address = address_of(text);
    if (!address) {
      return std::unexpected(
          fmt::format("door {}: \"{}\" is no IPv4 or IPv6 address: give one such as 127.0.0.1", listen.door, text));
    }
    addresses.push_back(*address);
  }
  // A free port is free for the first socket; the others may find it taken.
  for (int left = listen.port == 0 ? tries_for_a_free_port : 1;; --left) {
    auto sockets = open_all(listen, addresses, listen.port);
    if (sockets) return std::move(*sockets);
    if (sockets.error().error != EADDRINUSE || left <= 1) return std::unexpected(message(listen, sockets.error()));
  }
}

}  // namespace understudy::transport
