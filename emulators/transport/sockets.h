// Opens the sockets of a port. Private to this folder.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "transport/core.h"
#include "transport/server.h"

namespace understudy::transport {

// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  int get() const { return fd_; }
  int release();

 private:
  int fd_;
};

struct Sockets {
  std::uint16_t port = 0;
  std::vector<Descriptor> tcp;  // listening
  std::vector<Descriptor> udp;  // bound, non-blocking, with drop counters and the largest buffer that is granted
};

// All or none. The error is one line that names the door, the address, the port and the mend.
std::expected<Sockets, std::string> open_sockets(const Listen& listen);

std::size_t receive_buffer_bytes(int fd);  // the effective size

}  // namespace understudy::transport
