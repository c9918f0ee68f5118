#include "honeycomb/msgpack.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "base/base64.h"
#include "honeycomb/go_json.h"
#include "otlp/utf8.h"
#include "recording/moment.h"

namespace understudy::honeycomb {
namespace {

using nlohmann::json;

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

// The extension of type -1: 32 bits of seconds; 30 of nanoseconds before 34 of seconds; or 32 and 64.
std::optional<std::int64_t> timestamp_ns(std::string_view bytes) {
  std::uint64_t nanoseconds = 0;
  std::int64_t seconds = 0;
  switch (bytes.size()) {
    case 4:
      seconds = static_cast<std::int64_t>(big_endian(bytes));
      break;
    case 8:
      nanoseconds = big_endian(bytes) >> 34;
      seconds = static_cast<std::int64_t>(big_endian(bytes) & 0x3ffffffff);
      break;
    case 12:
      nanoseconds = big_endian(bytes.substr(0, 4));
      seconds = static_cast<std::int64_t>(big_endian(bytes.substr(4)));
      break;
    default:
      return std::nullopt;
  }
  constexpr std::int64_t second_ns = 1'000'000'000;
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max() / second_ns - 1;
  if (nanoseconds >= second_ns || seconds > most || seconds < -most) return std::nullopt;
  return seconds * second_ns + static_cast<std::int64_t>(nanoseconds);
}

// Writes while the library reads. It stops the library, which reads recursively, at a depth.
class Writer : public nlohmann::json_sax<json> {
 public:
  std::string text;
  std::string refusal;

  bool null() override { return value("null"); }
  bool boolean(bool is) override { return value(is ? "true" : "false"); }
  bool number_integer(std::int64_t number) override { return value(fmt::to_string(number)); }
  bool number_unsigned(std::uint64_t number) override { return value(fmt::to_string(number)); }
  bool number_float(double number, const std::string& /*as_sent*/) override {
    std::string written;
    if (!append_go_number(written, number)) return null();
    if (written.find_first_of(".e") == std::string::npos) written += ".0";
    return value(written);
  }
  bool string(std::string& content) override { return text_value(content); }
  bool binary(json::binary_t& content) override {
    const std::string bytes(content.begin(), content.end());
    constexpr std::uint64_t timestamp_type = 0xff;  // -1 as a byte
    if (content.has_subtype() && static_cast<std::uint8_t>(content.subtype()) == timestamp_type) {
      if (const auto time = timestamp_ns(bytes)) return text_value(recording::rfc3339(*time));
    }
    return text_value(to_base64(bytes));
  }
  bool start_object(std::size_t /*size*/) override { return open('{', '}'); }
  bool start_array(std::size_t /*size*/) override { return open('[', ']'); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(std::string& name) override {
    separate();
    if (!is_text(name)) return false;
    append_go_string(text, name);
    text += ':';
    after_key_ = true;
    return true;
  }
  bool parse_error(std::size_t position, const std::string& /*token*/, const json::exception& /*error*/) override {
    if (refusal.empty()) refusal = fmt::format("byte {}: no MessagePack, or not whole", position);
    return false;
  }

 private:
  // A reader of Go goes deeper; nobody sends it.
  static constexpr std::size_t max_depth = 256;

  struct Level {
    char close;
    bool empty = true;
  };

  void separate() {
    if (std::exchange(after_key_, false) || levels_.empty()) return;
    if (!std::exchange(levels_.back().empty, false)) text += ',';
  }
  bool value(std::string_view written) {
    separate();
    text += written;
    return true;
  }
  bool is_text(std::string_view content) {
    if (otlp::is_utf8(content)) return true;
    refusal = "a text is not UTF-8";
    return false;
  }
  bool text_value(std::string_view content) {
    separate();
    if (!is_text(content)) return false;
    append_go_string(text, content);
    return true;
  }
  bool open(char opening, char closing) {
    separate();
    if (levels_.size() == max_depth) {
      refusal = fmt::format("nested deeper than {}", max_depth);
      return false;
    }
    text += opening;
    levels_.push_back({closing});
    return true;
  }
  bool close() {
    text += levels_.back().close;
    levels_.pop_back();
    return true;
  }

  std::vector<Level> levels_;
  bool after_key_ = false;
};

}  // namespace

std::expected<std::string, std::string> msgpack_to_json(std::string_view bytes) {
  Writer writer;
  if (json::sax_parse(bytes.begin(), bytes.end(), &writer, json::input_format_t::msgpack))
    return std::move(writer.text);
  return std::unexpected(writer.refusal.empty() ? "no MessagePack, or not whole" : std::move(writer.refusal));
}

}  // namespace understudy::honeycomb
