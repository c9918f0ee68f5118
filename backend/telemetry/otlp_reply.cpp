#include "backend/telemetry/otlp_reply.h"

namespace cruddur::telemetry {
namespace {

/// The fields of a protobuf message, one after the other; at the first broken one it ends.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : rest_(bytes) {}

  bool next() {
    const auto tag = varint();
    if (!tag) {
      return false;
    }
    number = *tag >> 3U;
    text = {};
    switch (*tag & 7U) {
      case 0: {
        const auto read = varint();
        value = read.value_or(0);
        return read.has_value();
      }
      case 1:
        return take(8);
      case 2: {
        const auto length = varint();
        return length && take(*length);
      }
      case 5:
        return take(4);
      default:
        return false;
    }
  }

  std::uint64_t number = 0;
  std::uint64_t value = 0;  // of a varint
  std::string_view text;    // of what has a length

 private:
  std::optional<std::uint64_t> varint() {
    std::uint64_t result = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      result |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
      if (byte < 0x80) {
        return result;
      }
    }
    return std::nullopt;
  }
  bool take(std::uint64_t count) {
    if (count > rest_.size()) {
      return false;
    }
    text = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return true;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<PartialSuccess> read_partial_success(std::string_view body) {
  PartialSuccess partial;
  for (Fields reply(body); reply.next();) {
    if (reply.number != 1) {
      continue;
    }
    for (Fields fields(reply.text); fields.next();) {
      if (fields.number == 1) {
        partial.rejected_spans = static_cast<std::int64_t>(fields.value);
      } else if (fields.number == 2) {
        partial.error_message = fields.text;
      }
    }
  }
  if (partial.rejected_spans == 0 && partial.error_message.empty()) {
    return std::nullopt;
  }
  return partial;
}

}  // namespace cruddur::telemetry
