// Datagrams: every size, every sender, none lost uncounted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <semaphore>

#include "tests/transport/wire.h"

namespace understudy::transport {
namespace {

using testing::ElementsAre;
using testing::MatchesRegex;

class UdpTest : public ServerTest {
 protected:
  UdpTest() { start({}, true, true); }

  class Sender {
   public:
    explicit Sender(std::uint16_t port, bool v6 = false) : fd_(::socket(v6 ? AF_INET6 : AF_INET, SOCK_DGRAM, 0)) {
      sockaddr_in four{};
      four.sin_family = AF_INET;
      four.sin_port = htons(port);
      four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      sockaddr_in6 six{};
      six.sin6_family = AF_INET6;
      six.sin6_port = htons(port);
      six.sin6_addr = in6addr_loopback;
      connected = (v6 ? ::connect(fd_, reinterpret_cast<sockaddr*>(&six), sizeof six)
                      : ::connect(fd_, reinterpret_cast<sockaddr*>(&four), sizeof four)) == 0;
    }
    ~Sender() { ::close(fd_); }
    bool send(std::string_view bytes) {
      return ::send(fd_, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size());
    }
    bool connected = false;

   private:
    int fd_;
  };
};

TEST_F(UdpTest, TakesEverySizeInOrder) {
  Sender sender(port);
  std::vector<std::string> sent;
  for (const std::size_t size : {1uz, 0uz, 2000uz, 65'507uz, 3uz}) {
    sent.emplace_back(size, static_cast<char>('a' + size % 26));
    ASSERT_TRUE(sender.send(sent.back()));
  }
  settle();
  const std::lock_guard lock(handler.mutex);
  EXPECT_EQ(handler.packets, sent);
  EXPECT_THAT(handler.packet_peers[0], MatchesRegex("127\\.0\\.0\\.1:[0-9]+"));
  EXPECT_EQ(handler.dropped, 0);
}

TEST_F(UdpTest, TakesBothLoopbackAddresses) {
  Sender six(port, true);
  if (!six.connected) GTEST_SKIP() << "no ::1 on this machine";
  ASSERT_TRUE(six.send("six"));
  settle();
  const std::lock_guard lock(handler.mutex);
  EXPECT_THAT(handler.packets, ElementsAre("six"));
  EXPECT_THAT(handler.packet_peers[0], MatchesRegex("\\[::1\\]:[0-9]+"));
}

TEST_F(UdpTest, SharesItsNumberWithTcp) {
  EXPECT_EQ(body_of(ask(post("tcp"))), "tcp");
  Sender(port).send("udp");
  settle();
  const std::lock_guard lock(handler.mutex);
  EXPECT_THAT(handler.packets, ElementsAre("udp"));
}

TEST_F(UdpTest, TellsSendersApart) {
  Sender one(port);
  Sender two(port);
  for (int i = 0; i < 10; ++i) (i % 2 == 0 ? one : two).send("x");
  settle();
  const std::lock_guard lock(handler.mutex);
  ASSERT_EQ(handler.packet_peers.size(), 10);
  EXPECT_NE(handler.packet_peers[0], handler.packet_peers[1]);
  EXPECT_EQ(handler.packet_peers[0], handler.packet_peers[8]);
}

TEST_F(UdpTest, ArrivesWithoutBeingDrained) {
  Sender(port).send("by itself");
  EXPECT_TRUE(handler.wait_for([&] { return handler.packets.size() == 1; }));
}

TEST_F(UdpTest, SaysHowLargeItsBufferIs) {
  on_io([&] {
    EXPECT_GE(server.udp_buffer_bytes("door"), 200'000);
    EXPECT_EQ(server.udp_buffer_bytes("no such door"), 0);
  });
}

TEST_F(UdpTest, AFloodIsReceivedOrCounted) {
  // The io thread stands still, so that all slabs fill up, then the kernel's buffer, and the rest is dropped there.
  std::binary_semaphore blocked{0};
  std::binary_semaphore go_on{0};
  server.post([&] {
    blocked.release();
    go_on.acquire();
  });
  blocked.acquire();
  Sender sender(port);
  const std::string datagram(8000, 'd');
  std::uint64_t sent = 0;
  for (int i = 0; i < 12'000; ++i) sent += sender.send(datagram) ? 1 : 0;
  go_on.release();
  settle();
  const std::lock_guard lock(handler.mutex);
  EXPECT_GT(handler.dropped, 0) << "96 MB fit nowhere";
  EXPECT_GT(handler.packets.size(), 0);
  EXPECT_EQ(handler.packets.size() + handler.dropped, sent);
}

TEST_F(UdpTest, SeveralSendersAtOnceLoseNothingUncounted) {
  std::atomic<std::uint64_t> sent = 0;
  std::vector<std::thread> senders;
  for (int i = 0; i < 4; ++i) {
    senders.emplace_back([&] {
      Sender sender(port);
      for (int n = 0; n < 20'000; ++n) sent += sender.send("segment") ? 1 : 0;
    });
  }
  for (std::thread& one : senders) one.join();
  settle();
  const std::lock_guard lock(handler.mutex);
  EXPECT_EQ(handler.packets.size() + handler.dropped, sent);
}

TEST_F(UdpTest, StopDrainsTheSockets) {
  std::uint64_t sent = 0;
  Sender sender(port);
  for (int n = 0; n < 5000; ++n) sent += sender.send("segment") ? 1 : 0;
  end();
  EXPECT_EQ(handler.packets.size() + handler.dropped, sent);
}

TEST_F(UdpTest, ManyDrainsAtOnceAllEnd) {
  std::promise<void> all;
  int ended = 0;
  server.post([&] {
    for (int i = 0; i < 100; ++i) {
      server.drain([&] {
        if (++ended == 100) all.set_value();
      });
    }
  });
  all.get_future().get();
}

TEST_F(UdpTest, ADrainEndsThoughItsPortIsClosed) {
  std::atomic<bool> ended = false;
  on_io([&] {
    server.drain([&] { ended = true; });
    server.close(handler);
  });
  settle();
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace understudy::transport
