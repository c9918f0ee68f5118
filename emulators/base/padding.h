// Behind a text that is parsed where it lies (a body, a datagram, a document) so many bytes can be read.
#pragma once

#include <cstddef>

namespace understudy {

inline constexpr std::size_t padding = 64;  // what simdjson wants; base/json.cpp holds it to that

}  // namespace understudy
