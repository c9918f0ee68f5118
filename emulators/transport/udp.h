// A UDP port: a thread of its own that takes datagrams off the kernel as fast as it can, and hands whole batches to the
// io thread. Private to this folder.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "transport/core.h"
#include "transport/sockets.h"

namespace understudy::transport {

class UdpPort {
 public:
  UdpPort(Core& core, std::shared_ptr<Port> port, std::vector<Descriptor> sockets);
  ~UdpPort();  // ends the thread; what was not handed over is lost
  UdpPort(const UdpPort&) = delete;
  UdpPort& operator=(const UdpPort&) = delete;

  // Io thread: ends the thread and hands over what it took; calls what waits for a drain.
  void close();
  // Calls `done` on the io thread when all that was in the sockets before this call, and the number of datagrams that
  // the kernel had dropped, has been handed to the handler.
  void drain(std::function<void()> done);
  std::size_t buffer_bytes() const;

 private:
  struct Slab;
  struct Source {
    Descriptor socket;
    std::uint32_t dropped_seen = 0;  // the kernel's counter
  };
  // In order: a batch, or the end of a drain.
  struct Item {
    Slab* slab = nullptr;
    std::uint64_t dropped = 0;
    std::vector<std::function<void()>> drained;
  };
  // Shared with calls that are posted to the io thread and may outlive this object.
  struct Handover;

  void run();
  void end_thread();
  bool receive(Source& source, bool& more);
  std::size_t receive_batch(Source& source, Slab& slab);
  void drain_now();
  void empty(Source& source);
  Slab* take_slab();
  void hand_over(Item&& item);

  const std::shared_ptr<Handover> handover_;
  std::vector<Source> sources_;
  Descriptor wake_;
  std::thread thread_;
};

}  // namespace understudy::transport
