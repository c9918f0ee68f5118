// What a socket cannot show of the reader: its memory.
#include "transport/http1_reader.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

namespace understudy::transport {
namespace {

using Step = Http1Reader::Step;

void feed(Http1Reader& reader, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto room = reader.room();
    const std::size_t size = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), size);
    reader.commit(size);
    bytes.remove_prefix(size);
    if (!bytes.empty()) {
      ASSERT_EQ(reader.next(), Step::need_more);
    }
  }
}

std::string post(std::size_t size) {
  return fmt::format("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{}", size, std::string(size, 'b'));
}

TEST(Http1Reader, TakesTheMemoryThatABodyNeedsAndNoMore) {
  const Limits limits;
  Http1Reader reader(limits);
  feed(reader, post(1'000'000));
  ASSERT_EQ(reader.next(), Step::request);
  EXPECT_LT(reader.capacity(), 1'020'000);
}

TEST(Http1Reader, KeepsTheBufferOfOrdinaryBodiesUntilToldOtherwise) {
  const Limits limits;
  Http1Reader reader(limits);
  feed(reader, post(1'000'000));
  ASSERT_EQ(reader.next(), Step::request);
  reader.consume();
  EXPECT_GT(reader.capacity(), 1'000'000);
  reader.trim();
  EXPECT_LE(reader.capacity(), 8192);
  feed(reader, post(10));
  EXPECT_EQ(reader.next(), Step::request);
}

TEST(Http1Reader, GivesTheMemoryOfALargeBodyBackAtOnce) {
  const Limits limits;
  Http1Reader reader(limits);
  feed(reader, post(10'000'000));
  ASSERT_EQ(reader.next(), Step::request);
  reader.consume();
  EXPECT_LE(reader.capacity(), 8192);
}

TEST(Http1Reader, TrimmingKeepsWhatCameAlready) {
  const Limits limits;
  Http1Reader reader(limits);
  feed(reader, post(100'000));
  ASSERT_EQ(reader.next(), Step::request);
  const std::string next = post(3);
  const auto room = reader.room();
  ASSERT_GE(room.size(), 10);
  std::memcpy(room.data(), next.data(), 10);
  reader.commit(10);
  ASSERT_EQ(reader.next(), Step::request) << "still the first one";
  reader.consume();
  reader.trim();
  feed(reader, std::string_view(next).substr(10));
  ASSERT_EQ(reader.next(), Step::request);
  EXPECT_EQ(reader.request().body, "bbb");
}

TEST(Http1Reader, FramingOfChunksTakesNoRoom) {
  const Limits limits;
  Http1Reader reader(limits);
  feed(reader, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  ASSERT_EQ(reader.next(), Step::need_more);
  for (int i = 0; i < 100'000; ++i) {
    feed(reader, "1;extension=with-some-length\r\nb\r\n");
    ASSERT_EQ(reader.next(), Step::need_more);
  }
  EXPECT_LT(reader.capacity(), 300'000);
  feed(reader, "0\r\n\r\n");
  ASSERT_EQ(reader.next(), Step::request);
  EXPECT_EQ(reader.request().body, std::string(100'000, 'b'));
  EXPECT_GT(reader.total_bytes(), 3'000'000);
}

}  // namespace
}  // namespace understudy::transport
