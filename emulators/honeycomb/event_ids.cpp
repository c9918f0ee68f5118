#include "honeycomb/event_ids.h"

#include "base/base64.h"

namespace understudy::honeycomb {
namespace {

std::string_view hex(std::string_view id, TextArena& arena) {
  constexpr std::string_view digits = "0123456789abcdef";
  char* const place = arena.allocate(id.size() * 2);
  for (std::size_t i = 0; i < id.size(); ++i) {
    const auto byte = static_cast<unsigned char>(id[i]);
    place[2 * i] = digits[byte >> 4];
    place[2 * i + 1] = digits[byte & 15];
  }
  return {place, id.size() * 2};
}

// A JSON library that takes the hex text for base64 makes ids of these lengths.
constexpr std::size_t misread_trace_id = 24;
constexpr std::size_t misread_span_id = 12;

}  // namespace

std::string_view trace_id_text(std::string_view id, TextArena& arena) {
  constexpr std::string_view upper_zeros("\0\0\0\0\0\0\0\0", 8);
  if (id.size() == misread_trace_id) return arena.keep(to_base64(id));
  if (id.size() == 16 && id.starts_with(upper_zeros)) id.remove_prefix(upper_zeros.size());
  return hex(id, arena);
}

std::string_view span_id_text(std::string_view id, TextArena& arena) {
  if (id.size() == misread_span_id) return arena.keep(to_base64(id));
  return hex(id, arena);
}

}  // namespace understudy::honeycomb
