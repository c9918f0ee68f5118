// Reading members of records that are text. For .cpp files: brings a heavy header.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace understudy::honeycomb {

// Empty if it is absent or no text.
inline std::string_view text_of(const nlohmann::ordered_json& object, std::string_view name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return {};
  return found->get_ref<const std::string&>();
}

}  // namespace understudy::honeycomb
