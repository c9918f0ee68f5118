#include "backend/telemetry/xray_emitter.h"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace cruddur::telemetry {
namespace {

constexpr std::string_view header = "{\"format\":\"json\",\"version\":1}\n";

}  // namespace

CourierLimits XrayEmitter::default_limits() {
  return {.queue = 1000,
          .batch = 1,
          .delay = std::chrono::milliseconds(0),
          .first_wait = std::chrono::milliseconds(200),
          .longest_wait = std::chrono::milliseconds(2000)};
}

XrayEmitter::XrayEmitter(std::string host, int port, CourierLimits limits)
    : host_(std::move(host)), port_(port), courier_("X-Ray documents", limits, [this](const auto& batch, Deadline) {
        return transmit(batch.front()) ? Outcome::delivered() : Outcome::try_again();
      }) {}

XrayEmitter::Socket::~Socket() {
  if (descriptor >= 0) {
    close(descriptor);
  }
}

void XrayEmitter::send(const std::string& document) {
  auto datagram = std::string(header) + document;
  if (datagram.size() > largest_document) {
    warn(fmt::format("Failed to send entity to Daemon: a document of {} bytes does not fit into a datagram",
                     document.size()));
    return;
  }
  if (!transmit(datagram)) {
    courier_.send(std::move(datagram));
  }
}

bool XrayEmitter::is_connected() {
  if (socket_.descriptor >= 0) {
    return true;
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host_.c_str(), std::to_string(port_).c_str(), &hints, &found) != 0) {
    return false;
  }
  for (auto* one = found; one != nullptr && socket_.descriptor < 0; one = one->ai_next) {
    socket_.descriptor = socket(one->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket_.descriptor >= 0 && connect(socket_.descriptor, one->ai_addr, one->ai_addrlen) != 0) {
      close(socket_.descriptor);
      socket_.descriptor = -1;
    }
  }
  freeaddrinfo(found);
  return socket_.descriptor >= 0;
}

bool XrayEmitter::transmit(const std::string& datagram) {
  const std::lock_guard lock(mutex_);
  if (!is_connected()) {
    return false;
  }
  // A refusal of an earlier datagram may still stand at the socket: then this one was not sent at all.
  ssize_t sent = ::send(socket_.descriptor, datagram.data(), datagram.size(), MSG_NOSIGNAL);
  if (sent < 0 && errno == ECONNREFUSED) {
    sent = ::send(socket_.descriptor, datagram.data(), datagram.size(), MSG_NOSIGNAL);
  }
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(socket_.descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
  return sent >= 0 && error == 0;
}

}  // namespace cruddur::telemetry
