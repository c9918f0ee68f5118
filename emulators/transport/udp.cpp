#include "transport/udp.h"

#include <fmt/format.h>
#include <linux/sock_diag.h>
#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>
#include <span>
#include <utility>

#include "base/padding.h"

namespace understudy::transport {
namespace {

constexpr std::size_t batch = 64;
constexpr std::size_t slot_bytes = 65536 + padding;  // the largest datagram
constexpr std::size_t slabs = 8;                     // untouched memory costs nothing
// No receive buffer holds more datagrams than this (16 MB, doubled by the kernel, over the least cost of a datagram).
constexpr std::size_t most_in_a_buffer = 64 * 1024;

std::string name_of(const sockaddr_storage& address, socklen_t size) {
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> service{};
  if (getnameinfo(reinterpret_cast<const sockaddr*>(&address), size, host.data(), host.size(), service.data(),
                  service.size(), NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return "unknown";
  }
  return address.ss_family == AF_INET6 ? fmt::format("[{}]:{}", host.data(), service.data())
                                       : fmt::format("{}:{}", host.data(), service.data());
}

// How far a 32-bit counter went ahead; a value from before counts nothing.
std::uint64_t advance(std::uint32_t& seen, std::uint32_t now) {
  const auto ahead = static_cast<std::int32_t>(now - seen);
  if (ahead <= 0) return 0;
  seen = now;
  return static_cast<std::uint64_t>(ahead);
}

}  // namespace

struct UdpPort::Slab {
  std::unique_ptr<char[]> bytes = std::make_unique_for_overwrite<char[]>(batch * slot_bytes);
  std::array<mmsghdr, batch> messages{};
  std::array<iovec, batch> pieces{};
  std::array<sockaddr_storage, batch> from{};
  struct alignas(cmsghdr) Control {
    std::array<char, CMSG_SPACE(sizeof(std::uint32_t))> bytes;
  };
  std::array<Control, batch> controls{};
  std::array<std::string, batch> peers;
  std::vector<Datagram> datagrams;

  Slab() {
    datagrams.reserve(batch);
    for (std::size_t i = 0; i < batch; ++i) {
      pieces[i] = {bytes.get() + i * slot_bytes, slot_bytes - 64};
      messages[i].msg_hdr.msg_iov = &pieces[i];
      messages[i].msg_hdr.msg_iovlen = 1;
      messages[i].msg_hdr.msg_name = &from[i];
      messages[i].msg_hdr.msg_control = controls[i].bytes.data();
      prepare(i);
    }
  }
  void prepare(std::size_t i) {
    messages[i].msg_hdr.msg_namelen = sizeof from[i];
    messages[i].msg_hdr.msg_controllen = controls[i].bytes.size();
  }
};

struct UdpPort::Handover {
  Handover(Core& of, std::shared_ptr<Port> for_port) : core(of), port(std::move(for_port)) {}

  Core& core;
  const std::shared_ptr<Port> port;
  std::vector<std::unique_ptr<Slab>> all;

  std::mutex mutex;
  std::condition_variable freed;
  std::vector<Slab*> free;
  std::vector<Item> ready;
  bool posted = false;
  bool ended = false;
  std::vector<std::function<void()>> drains;  // asked for

  // Io thread: gives everything that is ready to the handler.
  void deliver() {
    std::vector<Item> items;
    {
      const std::lock_guard lock(mutex);
      items.swap(ready);
      posted = false;
    }
    for (Item& item : items) {
      const std::span<const Datagram> datagrams =
          item.slab != nullptr ? std::span<const Datagram>(item.slab->datagrams) : std::span<const Datagram>();
      if (port->handler != nullptr && (!datagrams.empty() || item.dropped > 0)) {
        port->handler->datagrams(port->door, datagrams, item.dropped);
      }
      if (item.slab != nullptr) {
        const std::lock_guard lock(mutex);
        free.push_back(item.slab);
        freed.notify_one();
      }
      for (const auto& done : item.drained) done();
    }
  }
};

UdpPort::UdpPort(Core& core, std::shared_ptr<Port> port, std::vector<Descriptor> sockets)
    : handover_(std::make_shared<Handover>(core, std::move(port))), wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  for (std::size_t i = 0; i < slabs; ++i) {
    handover_->all.push_back(std::make_unique<Slab>());
    handover_->free.push_back(handover_->all.back().get());
  }
  for (Descriptor& socket : sockets) sources_.push_back({std::move(socket), 0});
  thread_ = std::thread([this] { run(); });
}

UdpPort::~UdpPort() { end_thread(); }

void UdpPort::end_thread() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(handover_->mutex);
    handover_->ended = true;
  }
  handover_->freed.notify_one();
  eventfd_write(wake_.get(), 1);
  thread_.join();
}

void UdpPort::close() {
  end_thread();
  handover_->deliver();
  for (const auto& done : std::exchange(handover_->drains, {})) done();
}

std::size_t UdpPort::buffer_bytes() const {
  return sources_.empty() ? 0 : receive_buffer_bytes(sources_.front().socket.get());
}

void UdpPort::drain(std::function<void()> done) {
  {
    const std::lock_guard lock(handover_->mutex);
    handover_->drains.push_back(std::move(done));
  }
  eventfd_write(wake_.get(), 1);
}

void UdpPort::run() {
  std::vector<pollfd> polled;
  for (const Source& source : sources_) polled.push_back({source.socket.get(), POLLIN, 0});
  polled.push_back({wake_.get(), POLLIN, 0});
  for (;;) {
    if (poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) return;
    if ((polled.back().revents & POLLIN) != 0) {
      eventfd_t ignored = 0;
      eventfd_read(wake_.get(), &ignored);
      drain_now();
    }
    bool more = true;
    while (more) {
      more = false;
      for (std::size_t i = 0; i < sources_.size(); ++i) {
        if ((polled[i].revents & POLLIN) != 0 && !receive(sources_[i], more)) return;
      }
      // The wake-up must not wait for the end of a flood.
      if (more && poll(&polled.back(), 1, 0) == 1) break;
    }
    const std::lock_guard lock(handover_->mutex);
    if (handover_->ended) return;
  }
}

// One batch. False when the port ended; `more` is set if the socket may hold more.
bool UdpPort::receive(Source& source, bool& more) {
  Slab* slab = take_slab();
  if (slab == nullptr) return false;
  const std::size_t count = receive_batch(source, *slab);
  more = more || count == batch;
  return true;
}

// The slab goes to the io thread, or back if nothing came. Returns how many datagrams came.
std::size_t UdpPort::receive_batch(Source& source, Slab& slab) {
  const int count = recvmmsg(source.socket.get(), slab.messages.data(), batch, MSG_DONTWAIT, nullptr);
  Item item;
  item.slab = &slab;
  slab.datagrams.clear();
  for (int n = 0; n < count; ++n) {
    const auto i = static_cast<std::size_t>(n);
    const msghdr& header = slab.messages[i].msg_hdr;
    for (const cmsghdr* one = CMSG_FIRSTHDR(&header); one != nullptr;
         one = CMSG_NXTHDR(const_cast<msghdr*>(&header), const_cast<cmsghdr*>(one))) {
      if (one->cmsg_level != SOL_SOCKET || one->cmsg_type != SO_RXQ_OVFL) continue;
      std::uint32_t dropped = 0;
      std::memcpy(&dropped, CMSG_DATA(one), sizeof dropped);
      item.dropped += advance(source.dropped_seen, dropped);
    }
    const bool same_sender = i > 0 && slab.messages[i - 1].msg_hdr.msg_namelen == header.msg_namelen &&
                             std::memcmp(&slab.from[i - 1], &slab.from[i], header.msg_namelen) == 0;
    slab.peers[i] = same_sender ? slab.peers[i - 1] : name_of(slab.from[i], header.msg_namelen);
    slab.datagrams.push_back({{slab.bytes.get() + i * slot_bytes, slab.messages[i].msg_len}, slab.peers[i]});
  }
  for (int n = 0; n < count; ++n) slab.prepare(static_cast<std::size_t>(n));
  if (count <= 0) {
    const std::lock_guard lock(handover_->mutex);
    handover_->free.push_back(&slab);
    return 0;
  }
  hand_over(std::move(item));
  return static_cast<std::size_t>(count);
}

void UdpPort::drain_now() {
  Item end;
  {
    const std::lock_guard lock(handover_->mutex);
    end.drained.swap(handover_->drains);
  }
  if (end.drained.empty()) return;
  for (Source& source : sources_) {
    empty(source);
    // SO_RXQ_OVFL comes with the next datagram only; this is the same counter as it is now (as in /proc/net/udp).
    std::array<std::uint32_t, SK_MEMINFO_VARS> numbers{};
    socklen_t size = sizeof numbers;
    if (getsockopt(source.socket.get(), SOL_SOCKET, SO_MEMINFO, numbers.data(), &size) == 0) {
      end.dropped += advance(source.dropped_seen, numbers[SK_MEMINFO_DROPS]);
    }
  }
  hand_over(std::move(end));
}

void UdpPort::empty(Source& source) {
  for (std::size_t received = 0; received < most_in_a_buffer;) {
    Slab* slab = take_slab();
    if (slab == nullptr) return;
    const std::size_t count = receive_batch(source, *slab);
    if (count == 0) return;
    received += count;
  }
}

// Waits for the io thread when all slabs are under way: the kernel then keeps, and counts what it cannot keep.
UdpPort::Slab* UdpPort::take_slab() {
  std::unique_lock lock(handover_->mutex);
  handover_->freed.wait(lock, [this] { return handover_->ended || !handover_->free.empty(); });
  if (handover_->ended) return nullptr;
  Slab* slab = handover_->free.back();
  handover_->free.pop_back();
  return slab;
}

void UdpPort::hand_over(Item&& item) {
  {
    const std::lock_guard lock(handover_->mutex);
    handover_->ready.push_back(std::move(item));
    if (std::exchange(handover_->posted, true)) return;
  }
  asio::post(handover_->core.io, [handover = handover_] { handover->deliver(); });
}

}  // namespace understudy::transport
