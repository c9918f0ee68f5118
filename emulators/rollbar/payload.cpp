#include "rollbar/payload.h"

#include "base/bytes.h"
#include "base/content_coding.h"
#include "rollbar/form.h"
#include "rollbar/members.h"

namespace understudy::rollbar {

namespace {

constexpr std::size_t most_unpacked = 16 << 20;  // whatever the settings allow: a bomb ends here

std::expected<Payload, JsonError> read_stored(JsonReader& reader, const std::string& storage) {
  const auto root = reader.read(storage);
  if (!root) return std::unexpected(root.error());
  return Payload{*root, storage, false};
}

}  // namespace

std::expected<Payload, JsonError> read_payload(const recording::Request& request, JsonReader& reader,
                                               std::string& storage) {
  if (equals_ignoring_case(request.header("content-encoding").value_or(std::string_view()), "gzip")) {
    auto unpacked = decode_content("gzip", request.body, most_unpacked);
    if (!unpacked) {
      return std::unexpected(
          JsonError{.reason = unpacked.error() == CodingError::too_large ? "gzip of more than 16 MB" : "damaged gzip"});
    }
    storage = std::move(*unpacked);
    return read_stored(reader, storage);
  }
  const std::string_view body = request.body;
  const std::size_t first = body.find_first_not_of(" \t\r\n");
  const bool is_json = first == std::string_view::npos || body[first] == '{' || body[first] == '[';
  if (!is_json) {
    if (auto field = form_field(body, "payload")) {
      storage = std::move(*field);
      return read_stored(reader, storage);
    }
  }
  const auto root = reader.read_padded(body);
  if (!root) return std::unexpected(root.error());
  return Payload{*root, body, true};
}

std::vector<simdjson::dom::element> items_of(const simdjson::dom::element& root) {
  if (!root.is_array()) return {root};
  const simdjson::dom::array list = root.get_array().value_unsafe();
  return {list.begin(), list.end()};
}

std::optional<simdjson::dom::element> data_of(const Payload& payload, std::size_t place) {
  simdjson::dom::element item = payload.root;
  if (item.is_array() && item.get_array().value_unsafe().at(place).get(item) != simdjson::SUCCESS) return std::nullopt;
  return member_of(item, "data");
}

FoundToken find_token(const recording::Request& request, const Payload* payload) {
  std::string_view in_body;
  if (payload != nullptr) {
    simdjson::dom::element item = payload->root;
    simdjson::dom::element first;
    if (item.is_array() && item.get_array().value_unsafe().at(0).get(first) == simdjson::SUCCESS) item = first;
    in_body = text_of(member_of(item, "access_token"));
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
