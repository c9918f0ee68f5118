#include "aws/event_stream.h"

#include <zlib.h>

#include <cstdint>

namespace understudy::aws {
namespace {

constexpr char text_value = 7;  // the type of a header's value
constexpr std::string_view json_type = "application/x-amz-json-1.1";

void append_number(std::string& into, std::uint32_t number, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) into += static_cast<char>(number >> shift & 0xff);
}

void append_crc(std::string& into, std::size_t from) {
  const auto* bytes = reinterpret_cast<const Bytef*>(into.data() + from);
  append_number(into, static_cast<std::uint32_t>(crc32(0, bytes, static_cast<uInt>(into.size() - from))), 4);
}

}  // namespace

void append_message(std::string& into, MessageHeaders headers, std::string_view payload) {
  std::string encoded;
  for (const auto& [name, value] : headers) {
    append_number(encoded, static_cast<std::uint32_t>(name.size()), 1);
    encoded += name;
    encoded += text_value;
    append_number(encoded, static_cast<std::uint32_t>(value.size()), 2);
    encoded += value;
  }
  constexpr std::size_t around = 4 * 4;  // two lengths, two checksums
  const auto start = into.size();
  append_number(into, static_cast<std::uint32_t>(around + encoded.size() + payload.size()), 4);
  append_number(into, static_cast<std::uint32_t>(encoded.size()), 4);
  append_crc(into, start);
  into += encoded;
  into += payload;
  append_crc(into, start);
}

void append_event(std::string& into, std::string_view type, std::string_view json) {
  append_message(into, {{":message-type", "event"}, {":event-type", type}, {":content-type", json_type}}, json);
}

void append_exception(std::string& into, std::string_view type, std::string_view json) {
  append_message(into, {{":message-type", "exception"}, {":exception-type", type}, {":content-type", json_type}}, json);
}

}  // namespace understudy::aws
