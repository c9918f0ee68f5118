// Steps into the fields of a record, whose shape nobody promised. Includes nlohmann's JSON: for .cpp files only.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace understudy::rollbar {

// Null where the object is none, or lacks the member.
inline const nlohmann::ordered_json* member_of(const nlohmann::ordered_json* object, const char* name) {
  if (object == nullptr || !object->is_object()) return nullptr;
  const auto found = object->find(name);
  return found == object->end() ? nullptr : &*found;
}

// Empty where it is no string.
inline std::string text_of(const nlohmann::ordered_json* value) {
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

}  // namespace understudy::rollbar
