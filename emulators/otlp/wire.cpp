#include "otlp/wire.h"

#include <array>

#include "otlp/schema.h"

namespace understudy::otlp {

const char* WireReader::read_group(const char* p, WireField& field) const {
  std::array<std::uint32_t, max_nesting> open{};
  std::size_t depth = 0;
  open[depth++] = field.number;
  const char* const content = p;
  while (true) {
    const char* const start = p;
    std::uint32_t tag = 0;
    p = read_tag(p, end_, tag);
    if (p == nullptr || (tag >> 3) == 0) return nullptr;
    WireField inner;
    inner.number = tag >> 3;
    inner.type = static_cast<WireType>(tag & 7);
    if (inner.type == WireType::end_group) {
      if (inner.number != open[--depth]) return nullptr;
      if (depth > 0) continue;
      field.bytes = {content, static_cast<std::size_t>(start - content)};
      return p;
    }
    if (inner.type == WireType::group) {
      if (depth == open.size()) return nullptr;
      open[depth++] = inner.number;
      continue;
    }
    p = read_value(p, inner);
    if (p == nullptr) return nullptr;
  }
}

}  // namespace understudy::otlp
