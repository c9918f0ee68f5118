// The least that a user of the library does: starts it, sends something, asks.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <understudy/matchers.h>
#include <understudy/understudy.h>
#include <unistd.h>

#include <ctime>
#include <string>

namespace {

using namespace std::chrono_literals;
using namespace understudy;

void send_segment(std::uint16_t port) {
  char text[256];
  const auto now = static_cast<long>(std::time(nullptr));
  std::snprintf(text, sizeof text,
                "{\"format\":\"json\",\"version\":1}\n{\"name\":\"shop\",\"id\":\"70de5b6f19ff9a0a\",\"trace_id\":"
                "\"1-%08lx-a006649127e371903a2de979\",\"start_time\":%ld,\"end_time\":%ld}",
                now, now, now);
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const std::string datagram(text);
  sendto(fd, datagram.data(), datagram.size(), 0, reinterpret_cast<sockaddr*>(&to), sizeof to);
  close(fd);
}

TEST(Library, IsFoundLinkedAndWorks) {
  const Understudy vendors;
  send_segment(vendors.ports().xray);
  EXPECT_THAT(vendors.xray().wait_for(segment_named("shop"), within(15s)), testing::ElementsAre(HasName("shop")));
  EXPECT_THAT(vendors, HasNoFindings());
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
