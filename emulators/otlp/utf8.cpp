#include "otlp/utf8.h"

#include <simdjson.h>

namespace understudy::otlp {
namespace {

struct Lead {
  std::size_t continuation_bytes;
  unsigned char second_from;  // the range of the byte after the lead
  unsigned char second_to;
};

// The table of well-formed byte sequences. [docs: Unicode standard, table 3-7]
Lead lead_of(unsigned char byte) {
  if (byte < 0x80) return {0, 0, 0};
  if (byte >= 0xc2 && byte <= 0xdf) return {1, 0x80, 0xbf};
  if (byte == 0xe0) return {2, 0xa0, 0xbf};
  if (byte == 0xed) return {2, 0x80, 0x9f};
  if (byte >= 0xe1 && byte <= 0xef) return {2, 0x80, 0xbf};
  if (byte == 0xf0) return {3, 0x90, 0xbf};
  if (byte >= 0xf1 && byte <= 0xf3) return {3, 0x80, 0xbf};
  if (byte == 0xf4) return {3, 0x80, 0x8f};
  return {1, 1, 0};  // never a lead: no second byte fits
}

bool fits(std::string_view text, std::size_t at, const Lead& lead) {
  if (at + lead.continuation_bytes >= text.size()) return false;
  for (std::size_t i = 1; i <= lead.continuation_bytes; ++i) {
    const auto byte = static_cast<unsigned char>(text[at + i]);
    if (byte < (i == 1 ? lead.second_from : 0x80) || byte > (i == 1 ? lead.second_to : 0xbf)) return false;
  }
  return true;
}

}  // namespace

bool is_utf8_with_high_bytes(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

std::size_t first_bad_byte(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const Lead lead = lead_of(static_cast<unsigned char>(text[at]));
    if (!fits(text, at, lead)) return at;
    at += 1 + lead.continuation_bytes;
  }
  return at;
}

}  // namespace understudy::otlp
