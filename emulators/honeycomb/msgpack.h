// MessagePack as JSON text, so that one reader serves both forms of the events API.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace understudy::honeycomb {

// Integers stay integers and fractions stay fractions; NaN and the infinities, which JSON has not, become null; binary
// data becomes base64 text, the timestamp extension RFC 3339 text, any other extension base64 text. Refused with a
// reason: text that is no UTF-8, nesting deeper than JSON is read, bytes that end early or go on.
std::expected<std::string, std::string> msgpack_to_json(std::string_view bytes);

}  // namespace understudy::honeycomb
