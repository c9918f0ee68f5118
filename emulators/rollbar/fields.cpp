#include "rollbar/fields.h"

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/percent.h"
#include "rollbar/multipart.h"

namespace understudy::rollbar {

using nlohmann::ordered_json;

std::optional<ordered_json> read_fields(const recording::Request& request) {
  ordered_json fields = ordered_json::object();
  const std::size_t first = request.body.find_first_not_of(" \t\r\n");
  if (first == request.body.npos) return fields;
  if (request.body[first] == '{' || request.body[first] == '[') {
    thread_local JsonReader reader;
    const auto root = reader.read_padded(request.body);
    if (!root || !root->is_object()) return std::nullopt;
    return to_ordered_json(*root);
  }
  const std::string_view boundary = boundary_of(request.header("content-type").value_or(""));
  if (boundary.empty()) {
    for (auto& [name, value] : parse_query(request.body)) {
      if (!fields.contains(name)) fields[name] = std::move(value);
    }
    return fields;
  }
  const auto parts = read_multipart(request.body, boundary);
  if (!parts) return std::nullopt;
  for (const Part& part : *parts) {
    if (part.file_name.empty() && !fields.contains(part.name)) fields[std::string(part.name)] = part.content;
  }
  return fields;
}

std::string text_field(const ordered_json& fields, const char* name) {
  const auto found = fields.find(name);
  return found == fields.end() || !found->is_string() ? std::string() : found->get<std::string>();
}

}  // namespace understudy::rollbar
