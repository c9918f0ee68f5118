#include "rollbar/payload.h"

#include "rollbar/form.h"

namespace understudy::rollbar {

std::expected<Payload, JsonError> read_payload(const recording::Request& request, JsonReader& reader,
                                               std::string& storage) {
  const std::string_view body = request.body;
  const std::size_t first = body.find_first_not_of(" \t\r\n");
  const bool is_json = first == std::string_view::npos || body[first] == '{' || body[first] == '[';
  if (!is_json) {
    if (auto field = form_field(body, "payload")) {
      storage = std::move(*field);
      const auto root = reader.read(storage);
      if (!root) return std::unexpected(root.error());
      return Payload{*root, storage, false};
    }
  }
  const auto root = reader.read_padded(body);
  if (!root) return std::unexpected(root.error());
  return Payload{*root, body, true};
}

FoundToken find_token(const recording::Request& request, const Payload* payload) {
  std::string_view in_body;
  if (payload != nullptr && payload->root.is_object()) {
    const auto member = last_member(payload->root.get_object().value_unsafe(), "access_token");
    if (member && member->is_string()) in_body = member->get_string().value_unsafe();
  }
  const auto header = request.header("x-rollbar-access-token");
  if (header && !header->empty()) {
    return {std::string(*header), "header x-rollbar-access-token", !in_body.empty() && in_body != *header};
  }
  if (!in_body.empty()) return {std::string(in_body), "access_token", false};
  if (auto field = form_field(request.query(), "access_token"); field && !field->empty()) {
    return {std::move(*field), "query", false};
  }
  if (payload != nullptr && !payload->in_body) {
    if (auto field = form_field(request.body, "access_token"); field && !field->empty()) {
      return {std::move(*field), "form", false};
    }
  }
  return {};
}

}  // namespace understudy::rollbar
