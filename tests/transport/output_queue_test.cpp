#include "transport/output_queue.h"

#include <gtest/gtest.h>

#include <array>
#include <random>

namespace understudy::transport {
namespace {

std::string front(const OutputQueue& queue, std::size_t most) {
  std::array<iovec, 3> pieces{};
  const std::size_t count = queue.gather(pieces);
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) bytes.append(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
  bytes.resize(std::min(bytes.size(), most));
  return bytes;
}

TEST(OutputQueue, SmallPiecesLeaveInOneWrite) {
  OutputQueue queue;
  queue.append(std::string_view("head"));
  queue.append(std::string("body"));
  std::array<iovec, 3> pieces{};
  EXPECT_EQ(queue.gather(pieces), 1);
  EXPECT_EQ(front(queue, 100), "headbody");
  EXPECT_EQ(queue.waiting(), 8);
}

TEST(OutputQueue, AReplyHasLeftWithItsLastByte) {
  OutputQueue queue;
  std::uint64_t ordinal = 0;
  queue.append(std::string_view("12345"));
  queue.mark(7);
  queue.append(std::string_view("678"));
  queue.mark(8);
  queue.taken(4);
  EXPECT_FALSE(queue.next_left(ordinal));
  queue.taken(1);
  EXPECT_TRUE(queue.next_left(ordinal));
  EXPECT_EQ(ordinal, 7);
  EXPECT_FALSE(queue.next_left(ordinal));
  EXPECT_TRUE(queue.next_lost(ordinal));
  EXPECT_EQ(ordinal, 8);
  EXPECT_FALSE(queue.next_lost(ordinal));
}

TEST(OutputQueue, KeepsEveryByteInOrder) {
  std::mt19937 random(1);
  OutputQueue queue;
  std::string in, out;
  std::uint64_t marks = 0, left = 0, ordinal = 0;
  const auto take = [&](std::size_t most) {
    const std::string bytes = front(queue, most);
    out += bytes;
    queue.taken(bytes.size());
    while (queue.next_left(ordinal)) EXPECT_EQ(ordinal, left++);
  };
  for (int i = 0; i < 20'000; ++i) {
    std::string piece(random() % 50 == 0 ? 16 * 1024 + random() % 5000 : random() % 200,
                      static_cast<char>('a' + i % 26));
    in += piece;
    random() % 2 == 0 ? queue.append(std::string_view(piece)) : queue.append(std::move(piece));
    if (random() % 3 == 0) queue.mark(marks++);
    if (random() % 2 == 0) take(random() % 3000);
    if (random() % 100 == 0) take(1 << 30);
  }
  while (!queue.empty()) take(1 << 30);
  EXPECT_EQ(in, out);
  EXPECT_EQ(marks, left);
}

}  // namespace
}  // namespace understudy::transport
