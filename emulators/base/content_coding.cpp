#include "base/content_coding.h"

#include <libdeflate.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "base/padding.h"

namespace understudy {
namespace {

constexpr std::size_t first_guess = 16 * 1024;
constexpr std::size_t deflate_ratio = 1032;  // DEFLATE never expands by more than this

using Decoded = std::expected<std::string, CodingError>;

// Room for `size` bytes and the padding behind them, without writing zeros first.
void make_room(std::string& out, std::size_t size) {
  out.resize_and_overwrite(size + padding, [size](char*, std::size_t) { return size; });
}

std::string finished(std::string&& out, std::size_t size) {
  out.resize(size);
  if (out.capacity() < size + padding) out.reserve(size + padding);
  return std::move(out);
}

// The next size to try when `size` bytes were too few; nothing when the limit was reached.
std::optional<std::size_t> larger(std::size_t size, std::size_t limit) {
  if (size >= limit) return std::nullopt;
  return std::min(limit, std::max(size * 2, first_guess));
}

// Inflates one stream by zlib behind the first `used` bytes of `out`; `window_bits` as inflateInit2 takes them.
// Returns how many input bytes the stream took.
std::expected<std::size_t, CodingError> inflate_stream(int window_bits, std::string_view in, std::size_t limit,
                                                       std::string& out, std::size_t& used) {
  z_stream stream{};
  if (inflateInit2(&stream, window_bits) != Z_OK) return std::unexpected(CodingError::damaged);
  const std::unique_ptr<z_stream, int (*)(z_stream*)> ended(&stream, inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
  stream.avail_in = static_cast<uInt>(in.size());
  for (;;) {
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + used);
    stream.avail_out = static_cast<uInt>(out.size() - used);
    const int result = inflate(&stream, Z_NO_FLUSH);
    used = out.size() - stream.avail_out;
    if (result == Z_STREAM_END) return in.size() - stream.avail_in;
    if (result != Z_OK && result != Z_BUF_ERROR) return std::unexpected(CodingError::damaged);
    if (stream.avail_out > 0) return std::unexpected(CodingError::damaged);  // the input ended early
    const auto next = larger(out.size(), limit);
    if (!next) {
      // Exactly full: the stream may still end here without another byte.
      char one;
      stream.next_out = reinterpret_cast<Bytef*>(&one);
      stream.avail_out = 1;
      const int last = inflate(&stream, Z_NO_FLUSH);
      if (last == Z_STREAM_END && stream.avail_out == 1) return in.size() - stream.avail_in;
      return std::unexpected(stream.avail_out == 0 ? CodingError::too_large : CodingError::damaged);
    }
    make_room(out, *next);
  }
}

libdeflate_decompressor* decompressor() {
  thread_local const std::unique_ptr<libdeflate_decompressor, void (*)(libdeflate_decompressor*)> one(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  return one.get();
}

// One gzip member. libdeflate is more than twice as fast as zlib but needs all of the output at once; zlib has the last
// word on what libdeflate refuses.
std::expected<std::size_t, CodingError> gunzip_member(std::string_view in, std::size_t limit, std::string& out,
                                                      std::size_t& used) {
  for (;;) {
    std::size_t taken = 0;
    std::size_t given = 0;
    const auto result = libdeflate_gzip_decompress_ex(decompressor(), in.data(), in.size(), out.data() + used,
                                                      out.size() - used, &taken, &given);
    if (result == LIBDEFLATE_SUCCESS) {
      used += given;
      return taken;
    }
    if (result != LIBDEFLATE_INSUFFICIENT_SPACE) return inflate_stream(15 + 16, in, limit, out, used);
    const auto next = larger(out.size(), limit);
    if (!next) return std::unexpected(CodingError::too_large);
    make_room(out, *next);
  }
}

Decoded gunzip(std::string_view in, std::size_t limit) {
  if (in.empty()) return std::unexpected(CodingError::damaged);
  // The trailer of the last member says its size, which for one member is all; a hint only, as it may lie.
  const std::size_t hint = in.size() < 18 ? 0 : load_little_endian<std::uint32_t>(in.data() + in.size() - 4);
  std::string out;
  std::size_t used = 0;
  make_room(out, std::min({limit, std::max<std::size_t>(hint, 1), in.size() * deflate_ratio}));
  while (!in.empty()) {
    const auto taken = gunzip_member(in, limit, out, used);
    if (!taken) return std::unexpected(taken.error());
    in.remove_prefix(*taken);
  }
  return finished(std::move(out), used);
}

// "deflate" is the zlib format; some senders send the bare DEFLATE stream, and both are taken.
Decoded inflate_either(std::string_view in, std::size_t limit) {
  for (const int window_bits : {15, -15}) {
    std::string out;
    std::size_t used = 0;
    make_room(out, std::min({limit, first_guess, in.size() * deflate_ratio}));
    const auto taken = inflate_stream(window_bits, in, limit, out, used);
    if (taken && *taken == in.size()) return finished(std::move(out), used);
    if (!taken && taken.error() == CodingError::too_large) return std::unexpected(CodingError::too_large);
  }
  return std::unexpected(CodingError::damaged);
}

Decoded unzstd(std::string_view in, std::size_t limit) {
  if (in.empty()) return std::unexpected(CodingError::damaged);
  thread_local const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
  ZSTD_DCtx_reset(context.get(), ZSTD_reset_session_only);
  const auto size = ZSTD_getFrameContentSize(in.data(), in.size());
  if (size == ZSTD_CONTENTSIZE_ERROR) return std::unexpected(CodingError::damaged);
  const bool known = size != ZSTD_CONTENTSIZE_UNKNOWN;
  if (known && size > limit) return std::unexpected(CodingError::too_large);
  std::string out;
  // A frame of a few bytes may claim any size: room is made for what 64 times the input would need, then as it comes.
  make_room(out, std::min({limit, known ? std::max<std::size_t>(size, 1) : first_guess,
                           std::max(first_guess, in.size() * 64)}));
  ZSTD_inBuffer input{in.data(), in.size(), 0};
  ZSTD_outBuffer output{out.data(), out.size(), 0};
  for (;;) {
    const std::size_t before = input.pos + output.pos;
    const std::size_t left = ZSTD_decompressStream(context.get(), &output, &input);
    if (ZSTD_isError(left)) return std::unexpected(CodingError::damaged);
    const bool full = output.pos == output.size;
    if (left == 0 && input.pos == input.size) return finished(std::move(out), output.pos);
    if (full) {
      const auto next = larger(out.size(), limit);
      if (next) {
        make_room(out, *next);
        output.dst = out.data();
        output.size = out.size();
        continue;
      }
    }
    if (input.pos + output.pos == before) return std::unexpected(full ? CodingError::too_large : CodingError::damaged);
  }
}

}  // namespace

std::expected<std::string, CodingError> decode_content(std::string_view coding, std::string_view bytes,
                                                       std::size_t limit) {
  if (equals_ignoring_case(coding, "gzip")) return gunzip(bytes, limit);
  if (equals_ignoring_case(coding, "zstd")) return unzstd(bytes, limit);
  if (equals_ignoring_case(coding, "deflate")) return inflate_either(bytes, limit);
  if (!coding.empty() && !equals_ignoring_case(coding, "identity")) return std::unexpected(CodingError::unknown_coding);
  if (bytes.size() > limit) return std::unexpected(CodingError::too_large);
  std::string copy;
  copy.reserve(bytes.size() + padding);
  copy.append(bytes);
  return copy;
}

std::string gzip(std::string_view bytes) {
  thread_local const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> compressor(
      libdeflate_alloc_compressor(6), libdeflate_free_compressor);
  std::string out;
  const std::size_t bound = libdeflate_gzip_compress_bound(compressor.get(), bytes.size());
  out.resize_and_overwrite(bound, [&](char* to, std::size_t room) {
    return libdeflate_gzip_compress(compressor.get(), bytes.data(), bytes.size(), to, room);
  });
  return out;
}

}  // namespace understudy
