// Content codings of HTTP bodies and gRPC messages.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

namespace understudy {

enum class CodingError { unknown_coding, damaged, too_large };

// Decodes one coding: "gzip" (all members), "zstd" (all frames), "deflate" (zlib or raw), "identity" or "".
// Names compare without case. The result never exceeds `limit` bytes: a bomb ends with too_large early. The result's
// buffer has at least 64 readable bytes after its end.
std::expected<std::string, CodingError> decode_content(std::string_view coding, std::string_view bytes,
                                                       std::size_t limit);
std::string gzip(std::string_view bytes);

}  // namespace understudy
