#include "otlp/wire_writer.h"

#include <array>

#include "otlp/wire.h"

namespace understudy::otlp {
namespace {

WireType wire_type_of(Type type) {
  switch (type) {
    case Type::fixed64:
    case Type::sfixed64:
    case Type::number:
      return WireType::fixed64;
    case Type::fixed32:
      return WireType::fixed32;
    case Type::string:
    case Type::bytes:
    case Type::id:
    case Type::message:
      return WireType::length;
    default:
      return WireType::varint;
  }
}

// Ten bytes are the longest.
std::size_t put_varint(std::uint64_t value, std::array<char, 10>& to) {
  std::size_t size = 0;
  for (; value >= 0x80; value >>= 7) to[size++] = static_cast<char>(value | 0x80);
  to[size++] = static_cast<char>(value);
  return size;
}

}  // namespace

std::size_t WireWriter::begin_message(std::uint32_t number) {
  varint(number << 3 | static_cast<std::uint32_t>(WireType::length));
  out_ += '\0';  // the length, for nearly all messages one byte
  return out_.size();
}

void WireWriter::end_message(std::size_t start) {
  std::array<char, 10> length;
  const std::size_t size = put_varint(out_.size() - start, length);
  out_.replace(start - 1, 1, length.data(), size);
}

void WireWriter::field(const Field& field, const Scalar& value) {
  const WireType type = wire_type_of(field.type);
  varint(field.number << 3 | static_cast<std::uint32_t>(type));
  if (type == WireType::length) varint(value.bytes.size());
  bare(field.type, value);
}

void WireWriter::bare(Type type, const Scalar& value) {
  switch (wire_type_of(type)) {
    case WireType::fixed64:
      out_.append(reinterpret_cast<const char*>(&value.bits), 8);
      return;
    case WireType::fixed32:
      out_.append(reinterpret_cast<const char*>(&value.bits), 4);
      return;
    case WireType::length:
      out_ += value.bytes;
      return;
    default:
      varint(value.bits);
  }
}

void WireWriter::varint(std::uint64_t value) {
  std::array<char, 10> bytes;
  out_.append(bytes.data(), put_varint(value, bytes));
}

}  // namespace understudy::otlp
