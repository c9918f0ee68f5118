#include "rollbar/zip.h"

#include <cstdint>

#include "base/bytes.h"
#include "base/content_coding.h"

namespace understudy::rollbar {

namespace {

// The records of an archive: each begins with its signature, and has a length of its own before what varies.
constexpr std::string_view end_signature("PK\x05\x06", 4);
constexpr std::string_view directory_signature("PK\x01\x02", 4);
constexpr std::string_view file_signature("PK\x03\x04", 4);
constexpr std::size_t end_length = 22;
constexpr std::size_t directory_length = 46;
constexpr std::size_t file_length = 30;

std::uint16_t two_bytes(std::string_view record, std::size_t at) {
  return load_little_endian<std::uint16_t>(record.data() + at);
}
std::uint32_t four_bytes(std::string_view record, std::size_t at) {
  return load_little_endian<std::uint32_t>(record.data() + at);
}

// The bytes from `at` on, where a whole record of this kind begins there; else empty.
std::string_view record_at(std::string_view bytes, std::size_t at, std::string_view signature, std::size_t length) {
  if (at > bytes.size() || bytes.size() - at < length) return {};
  const std::string_view record = bytes.substr(at);
  return record.starts_with(signature) ? record : std::string_view();
}

// One entry of the directory, unpacked. The sizes of the directory count: the file's own may be left open.
std::optional<std::string> content_of(std::string_view bytes, std::string_view entry, std::size_t limit) {
  const std::uint16_t method = two_bytes(entry, 10);
  const std::size_t packed = four_bytes(entry, 20), unpacked = four_bytes(entry, 24);
  const std::string_view file = record_at(bytes, four_bytes(entry, 42), file_signature, file_length);
  if (file.empty() || unpacked > limit) return std::nullopt;
  const std::size_t start = file_length + two_bytes(file, 26) + two_bytes(file, 28);
  if (start > file.size() || file.size() - start < packed) return std::nullopt;
  const std::string_view data = file.substr(start, packed);
  constexpr std::uint16_t stored = 0, deflated = 8;
  if (method != stored && method != deflated) return std::nullopt;
  auto content = decode_content(method == stored ? "identity" : "deflate", data, unpacked);
  if (!content || content->size() != unpacked) return std::nullopt;
  return std::move(*content);
}

}  // namespace

std::optional<std::vector<ZippedFile>> read_zip(std::string_view bytes, std::size_t limit) {
  const std::size_t end_at = bytes.rfind(end_signature);
  if (end_at == bytes.npos) return std::nullopt;
  const std::string_view end = record_at(bytes, end_at, end_signature, end_length);
  if (end.empty()) return std::nullopt;
  std::vector<ZippedFile> files;
  std::size_t at = four_bytes(end, 16);
  for (std::size_t left = two_bytes(end, 10); left > 0; --left) {
    const std::string_view entry = record_at(bytes, at, directory_signature, directory_length);
    if (entry.empty()) return std::nullopt;
    const std::size_t name_length = two_bytes(entry, 28);
    if (entry.size() - directory_length < name_length) return std::nullopt;
    const std::string_view name = entry.substr(directory_length, name_length);
    at += directory_length + name_length + two_bytes(entry, 30) + two_bytes(entry, 32);
    if (name.ends_with('/')) continue;
    auto content = content_of(bytes, entry, limit);
    if (!content) return std::nullopt;
    limit -= content->size();
    files.push_back({name, std::move(*content)});
  }
  return files;
}

}  // namespace understudy::rollbar
