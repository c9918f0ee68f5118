#include "xray/datagram.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/json.h"

namespace understudy::xray {
namespace {

// How the SDKs spell it; everything else takes the long way.
constexpr std::string_view compact_header = R"({"format":"json","version":1})";    // Python, Node, Ruby, .NET
constexpr std::string_view spaced_header = R"({"format": "json", "version": 1})";  // Go, Java

// The next character of `text`, folded as Go's decoder folds ASCII names: letters without case, and the two letters
// outside ASCII whose simple folding lies within it.
char next_folded(std::string_view& text) {
  constexpr std::string_view long_s = "\xC5\xBF";           // U+017F folds to s
  constexpr std::string_view kelvin_sign = "\xE2\x84\xAA";  // U+212A folds to k
  for (const auto& [letter, folded] : {std::pair{long_s, 's'}, std::pair{kelvin_sign, 'k'}}) {
    if (text.starts_with(letter)) {
      text.remove_prefix(letter.size());
      return folded;
    }
  }
  const char c = text.front();
  text.remove_prefix(1);
  return to_lower(c);
}

bool equals_folded(std::string_view text, std::string_view lower_case) {
  for (const char expected : lower_case) {
    if (text.empty() || next_folded(text) != expected) return false;
  }
  return text.empty();
}

// As Go's encoding/json fills {Format string; Version int}: names without case, the last of several wins, a value of
// another type leaves the member as it was, and any syntax error leaves both unset.
bool header_is_valid(std::string_view header) {
  if (header == compact_header || header == spaced_header) return true;
  thread_local JsonReader reader;
  const auto json = reader.read_padded(header);
  if (!json || !json->is_object()) return false;
  const bool has_byte_order_mark =
      std::ranges::any_of(reader.rewrites(), [](const auto& r) { return r.kind == JsonRewriteKind::byte_order_mark; });
  if (has_byte_order_mark) return false;
  std::string_view format;
  std::int64_t version = 0;
  for (const auto member : simdjson::dom::object(*json)) {
    if (equals_folded(member.key, "format")) {
      if (std::string_view value; member.value.get(value) == simdjson::SUCCESS) format = value;
    } else if (equals_folded(member.key, "version")) {
      if (member.value.is_int64()) version = member.value.get_int64().value_unsafe();
    }
  }
  return equals_folded(format, "json") && version == 1;
}

}  // namespace

Datagram read_datagram(std::string_view bytes) {
  if (bytes.empty()) return {};
  const auto line_feed = bytes.find('\n');
  if (line_feed == std::string_view::npos) return {DatagramKind::missing_header, bytes, {}};
  Datagram datagram{DatagramKind::accepted, bytes.substr(0, line_feed), bytes.substr(line_feed + 1)};
  if (datagram.document.empty()) {
    datagram.kind = DatagramKind::missing_segment;
  } else if (!header_is_valid(datagram.header)) {
    datagram.kind = DatagramKind::invalid_header;
  }
  return datagram;
}

std::optional<OtlpBody> otlp_body(std::string_view document) {
  static constexpr OtlpBody dialects[] = {
      {"T1S", "traces", true, {}}, {"T1U", "traces", false, {}}, {"M1", "metrics", true, {}}};
  for (OtlpBody body : dialects) {
    if (!document.starts_with(body.prefix)) continue;
    body.payload = document.substr(body.prefix.size());
    return body;
  }
  return std::nullopt;
}

}  // namespace understudy::xray
