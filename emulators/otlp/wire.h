// Reading the protobuf wire format a field at a time, as libprotobuf reads it. Nothing is copied and nothing allocated.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace understudy::otlp {

enum class WireType : std::uint8_t { varint = 0, fixed64 = 1, length = 2, group = 3, end_group = 4, fixed32 = 5 };

// All of them move `p` past what they read and return null when the bytes end first or go on for too long.

// At most ten bytes; bits above the 64th are dropped.
inline const char* read_varint(const char* p, const char* end, std::uint64_t& value) {
  std::uint64_t result = 0;
  for (int shift = 0; shift < 70; shift += 7) {
    if (p == end) return nullptr;
    const auto byte = static_cast<std::uint8_t>(*p++);
    result |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) {
      value = result;
      return p;
    }
  }
  return nullptr;
}

// At most five bytes; bits above the 32nd are dropped.
inline const char* read_tag(const char* p, const char* end, std::uint32_t& tag) {
  std::uint32_t result = 0;
  for (int shift = 0; shift < 35; shift += 7) {
    if (p == end) return nullptr;
    const auto byte = static_cast<std::uint8_t>(*p++);
    result |= static_cast<std::uint32_t>(byte & 0x7f) << shift;
    if (byte < 0x80) {
      tag = result;
      return p;
    }
  }
  return nullptr;
}

// A length: at most five bytes, and below 2 GiB less the sixteen bytes of libprotobuf's slop.
inline const char* read_length(const char* p, const char* end, std::uint64_t& length) {
  const char* const start = p;
  p = read_varint(p, end, length);
  if (p == nullptr || p - start > 5 || length > 0x7fffffff - 16) return nullptr;
  return p;
}

struct WireField {
  std::uint32_t number = 0;
  WireType type = WireType::varint;
  std::uint64_t value = 0;  // of a varint, fixed64 or fixed32
  std::string_view bytes;   // of a length-delimited field; of a group, its content
  std::string_view whole;   // the field with its tag

  bool is(std::uint32_t wanted, WireType wanted_type) const { return number == wanted && type == wanted_type; }
};

// The fields of one message in the order in which they were sent. Bytes that `validate` accepted are read to the end;
// on others the reader stops at the first field that cannot be read.
class WireReader {
 public:
  explicit WireReader(std::string_view message) : p_(message.data()), end_(message.data() + message.size()) {}

  bool next(WireField& field) {
    if (p_ == end_) return false;
    const char* start = p_;
    std::uint32_t tag = 0;
    const char* p = read_tag(p_, end_, tag);
    if (p == nullptr || (tag >> 3) == 0) return false;
    field.number = tag >> 3;
    field.type = static_cast<WireType>(tag & 7);
    p = read_value(p, field);
    if (p == nullptr) return false;
    p_ = p;
    field.whole = {start, static_cast<std::size_t>(p - start)};
    return true;
  }

  // Where the next field starts, or could not be read.
  const char* position() const { return p_; }

 private:
  const char* read_value(const char* p, WireField& field) const;
  const char* read_group(const char* p, WireField& field) const;
  template <typename Integer>
  const char* read_fixed(const char* p, WireField& field) const {
    if (end_ - p < static_cast<std::ptrdiff_t>(sizeof(Integer))) return nullptr;
    field.value = load_little_endian<Integer>(p);
    return p + sizeof(Integer);
  }

  const char* p_;
  const char* end_;
};

inline const char* WireReader::read_value(const char* p, WireField& field) const {
  switch (field.type) {
    case WireType::varint:
      return read_varint(p, end_, field.value);
    case WireType::fixed64:
      return read_fixed<std::uint64_t>(p, field);
    case WireType::fixed32:
      return read_fixed<std::uint32_t>(p, field);
    case WireType::length: {
      std::uint64_t size = 0;
      p = read_length(p, end_, size);
      if (p == nullptr || size > static_cast<std::uint64_t>(end_ - p)) return nullptr;
      field.bytes = {p, static_cast<std::size_t>(size)};
      return p + size;
    }
    case WireType::group:
      return read_group(p, field);
    default:
      return nullptr;
  }
}

}  // namespace understudy::otlp
