// The segment documents of an entry.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "recording/entry.h"

namespace understudy::xray {

struct TakenDocument {
  std::uint32_t number = 0;  // among all documents of the entry, refused ones included
  std::string_view text;
  bool is_padded = false;  // at least 64 readable bytes follow
};

// Those that X-Ray took, in order; nothing of an entry that brought none.
void documents_in(const recording::Entry& entry, const std::function<void(const TakenDocument&)>& sink);

}  // namespace understudy::xray
