// The bytes of one entry in a journal. docs/journal.md is the contract that this file keeps.
//
//   header (40 bytes) | meta message | request body | reply body | padding
//
// The padding is at least 64 zero bytes, so that a body can be parsed in place, and brings the frame to a multiple
// of 8.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "recording/entry.h"

namespace understudy::recording {

constexpr std::uint32_t frame_magic = 0x31454A55;  // "UJE1"
constexpr std::size_t frame_header_bytes = 40;
constexpr std::size_t frame_min_padding = 64;
// Larger than any door's limit, so that a damaged length is not believed.
constexpr std::uint64_t frame_part_limit = 1ull << 31;

struct FrameHeader {
  std::uint64_t ordinal = 0;
  std::uint32_t meta_bytes = 0;
  std::uint32_t body_bytes = 0;
  std::uint32_t reply_bytes = 0;
  std::uint32_t meta_crc = 0;
  std::uint32_t content_crc = 0;  // of body, then reply

  std::uint64_t content_end() const {
    return frame_header_bytes + std::uint64_t{meta_bytes} + body_bytes + reply_bytes;
  }
  std::uint64_t frame_bytes() const { return (content_end() + frame_min_padding + 7) / 8 * 8; }
};

std::array<char, frame_header_bytes> encode(const FrameHeader& header);
// Checks magic and the header's own checksum. `bytes` has at least frame_header_bytes.
std::expected<FrameHeader, std::string> decode_frame_header(std::string_view bytes);

std::uint32_t crc32(std::uint32_t crc, std::string_view bytes);

// The meta message. `kept_reply` is the part of the reply body that goes into the frame.
void encode_meta(const EntryFields& fields, std::string& meta, std::string_view& kept_reply);

// A whole frame, header included, as it stands in a slab or segment. Checksums are checked where `check` is true.
// The entry's body points into `frame`. Into an entry that was used before nothing is allocated that fits there; after
// an error it holds nothing of use.
std::expected<void, std::string> decode_frame(std::string_view frame, bool check, Entry& into);

}  // namespace understudy::recording
