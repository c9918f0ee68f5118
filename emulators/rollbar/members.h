// Steps into a payload whose shape nobody promised. Includes simdjson: for .cpp files only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace understudy::rollbar {

using MaybeElement = std::optional<simdjson::dom::element>;

// Nothing where the object is none, or lacks the member.
inline MaybeElement member_of(const MaybeElement& object, std::string_view name) {
  if (!object || !object->is_object()) return std::nullopt;
  return last_member(object->get_object().value_unsafe(), name);
}

// Empty where it is no string.
inline std::string_view text_of(const MaybeElement& value) {
  return value && value->is_string() ? std::string_view(value->get_string().value_unsafe()) : std::string_view();
}

// data.code_version, else the client's, else the server's; numbers as text. [docs: Create an item]
std::string code_version_of(const MaybeElement& data);

}  // namespace understudy::rollbar
