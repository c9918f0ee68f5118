#include "base/content_coding.h"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <string>

namespace understudy {
namespace {

constexpr std::size_t megabyte = 1024 * 1024;

std::string sample(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; text.size() < size; ++i) text += "line " + std::to_string(i * 7919) + "\n";
  text.resize(size);
  return text;
}

std::string by_zlib(std::string_view in, int window_bits) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, in.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string by_zstd(std::string_view in) {
  std::string out(ZSTD_compressBound(in.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), in.data(), in.size(), 3));
  return out;
}

// Without the content size in the frame's header, as streaming senders write it.
std::string by_zstd_stream(std::string_view in) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  std::string out(ZSTD_compressBound(in.size()), '\0');
  out.resize(ZSTD_compress2(context, out.data(), out.size(), in.data(), in.size()));
  ZSTD_freeCCtx(context);
  return out;
}

CodingError error_of(std::string_view coding, std::string_view bytes, std::size_t limit = megabyte) {
  const auto result = decode_content(coding, bytes, limit);
  if (result) {
    ADD_FAILURE() << coding << " decoded to " << result->size() << " bytes";
    return {};
  }
  return result.error();
}

TEST(ContentCoding, DecodesWhatEachSenderWrites) {
  for (const std::size_t size : {0uz, 1uz, 100uz, 16384uz, 300'000uz, megabyte}) {
    const std::string text = sample(size);
    EXPECT_EQ(decode_content("gzip", gzip(text), megabyte), text) << size;
    EXPECT_EQ(decode_content("GZip", by_zlib(text, 31), megabyte), text) << size;
    EXPECT_EQ(decode_content("deflate", by_zlib(text, 15), megabyte), text) << size;
    EXPECT_EQ(decode_content("deflate", by_zlib(text, -15), megabyte), text) << size;
    EXPECT_EQ(decode_content("zstd", by_zstd(text), megabyte), text) << size;
    EXPECT_EQ(decode_content("zstd", by_zstd_stream(text), megabyte), text) << size;
    EXPECT_EQ(decode_content("identity", text, megabyte), text) << size;
    EXPECT_EQ(decode_content("", text, megabyte), text) << size;
  }
}

TEST(ContentCoding, RefusesUnknownNames) {
  EXPECT_EQ(error_of("br", "x"), CodingError::unknown_coding);
  EXPECT_EQ(error_of("gzip, gzip", gzip("x")), CodingError::unknown_coding);
}

TEST(ContentCoding, JoinsMembersAndFrames) {
  const std::string large = sample(200'000);
  EXPECT_EQ(decode_content("gzip", gzip(large) + gzip("") + gzip("end"), megabyte), large + "end");
  EXPECT_EQ(decode_content("zstd", by_zstd("start") + by_zstd(large), megabyte), "start" + large);
}

TEST(ContentCoding, TakesALyingTrailerForNothingButAHint) {
  // The last member says 3 bytes, the first has many more.
  const std::string large = sample(500'000);
  EXPECT_EQ(decode_content("gzip", gzip(large) + gzip("end"), megabyte), large + "end");
  std::string lying = gzip("three");
  lying[lying.size() - 1] = '\x7f';
  EXPECT_EQ(error_of("gzip", lying), CodingError::damaged);
}

TEST(ContentCoding, EveryCutIsDamaged) {
  const std::string text = sample(2000);
  for (const auto& [coding, whole] :
       {std::pair{"gzip", gzip(text)}, {"deflate", by_zlib(text, 15)}, {"zstd", by_zstd(text)}}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_EQ(error_of(coding, whole.substr(0, size)), CodingError::damaged) << coding << " cut at " << size;
    }
  }
}

TEST(ContentCoding, BytesBehindTheEndAreDamage) {
  EXPECT_EQ(error_of("gzip", gzip("x") + "junk"), CodingError::damaged);
  EXPECT_EQ(error_of("deflate", by_zlib("x", 15) + "junk"), CodingError::damaged);
  EXPECT_EQ(error_of("zstd", by_zstd("x") + "junk"), CodingError::damaged);
}

TEST(ContentCoding, AWrongChecksumIsDamage) {
  std::string bytes = gzip(sample(1000));
  bytes[bytes.size() - 8] = static_cast<char>(bytes[bytes.size() - 8] ^ 1);
  EXPECT_EQ(error_of("gzip", bytes), CodingError::damaged);
}

TEST(ContentCoding, TheLimitIsExact) {
  const std::string text = sample(100'000);
  const struct {
    const char* coding;
    std::string bytes;
  } cases[] = {{"gzip", gzip(text)},
               {"deflate", by_zlib(text, 15)},
               {"zstd", by_zstd(text)},
               {"zstd", by_zstd_stream(text)},
               {"identity", text}};
  for (const auto& [coding, bytes] : cases) {
    EXPECT_EQ(decode_content(coding, bytes, text.size()), text) << coding;
    EXPECT_EQ(error_of(coding, bytes, text.size() - 1), CodingError::too_large) << coding;
    EXPECT_EQ(error_of(coding, bytes, 1), CodingError::too_large) << coding;
  }
  EXPECT_EQ(error_of("gzip", gzip(text) + gzip("x"), text.size()), CodingError::too_large);
}

TEST(ContentCoding, ABombTakesNoMoreMemoryThanTheLimit) {
  const std::string zeros(64 * megabyte, '\0');
  EXPECT_EQ(error_of("gzip", gzip(zeros)), CodingError::too_large);
  EXPECT_EQ(error_of("deflate", by_zlib(zeros, 15)), CodingError::too_large);
  EXPECT_EQ(error_of("zstd", by_zstd(zeros)), CodingError::too_large);
  EXPECT_EQ(error_of("zstd", by_zstd_stream(zeros)), CodingError::too_large);
}

TEST(ContentCoding, LeavesRoomToReadBehindTheEnd) {
  for (const char* text : {"", "short", "a text that is longer than a small string holds"}) {
    const auto result = decode_content("gzip", gzip(text), 100);
    ASSERT_TRUE(result);
    EXPECT_GE(result->capacity(), result->size() + 64);
    EXPECT_GE(decode_content("", text, 100)->capacity(), std::string_view(text).size() + 64);
  }
}

}  // namespace
}  // namespace understudy
