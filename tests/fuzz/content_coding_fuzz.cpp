// First byte: which coding and how small the limit; rest: the body. What is decoded stays below the limit, and what
// gzip() writes comes back.
#include <cstdint>
#include <cstdlib>

#include "base/content_coding.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static constexpr const char* codings[] = {"gzip", "zstd", "deflate", "identity"};
  const std::size_t limit = (data[0] & 4) != 0 ? 1000 : 1'000'000;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto decoded = understudy::decode_content(codings[data[0] & 3], body, limit);
  if (decoded && (decoded->size() > limit || decoded->capacity() < decoded->size() + 64)) std::abort();
  const auto again = understudy::decode_content("gzip", understudy::gzip(body), body.size());
  if (!again || *again != body) std::abort();
  return 0;
}
