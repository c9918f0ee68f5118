#include "backend/services/messages.h"

#include <nlohmann/json.hpp>

#include "backend/telemetry/rollbar.h"

namespace cruddur::services::messages {
namespace {

using Json = nlohmann::json;

constexpr std::size_t message_limit = 1024;

std::string now() { return iso_time(std::chrono::system_clock::now()); }

Json from_andrew(const std::string& uuid) {
  return {{"uuid", uuid}, {"display_name", "Andrew Brown"}, {"handle", "andrewbrown"}, {"created_at", now()}};
}

Json from_worf(const std::string& uuid) {
  return {{"uuid", uuid}, {"display_name", "Worf"}, {"handle", "worf"}, {"created_at", now()}};
}

Json with_message(Json object, const Json& message) {
  object["message"] = message;
  return object;
}

}  // namespace

Model groups() {
  return {.error = {},
          .data = Json::array({from_andrew("24b95582-9e7b-4e0a-9ad1-639773ab7552"),
                               from_worf("417c360e-c4e6-4fce-873b-d2d71469b4ac")})};
}

Model conversation() {
  return {.error = {},
          .data = Json::array({with_message(from_andrew("4e81c06a-db0f-4281-b4cc-98208537772a"), "Cloud is fun!"),
                               with_message(from_worf("66e12864-8c26-4c3a-9658-95a10f8fea67"), "So is a bat'leth")})};
}

Model create(const Json& message, const Json& user_receiver_handle) {
  const Frame frame;
  Model model;
  if (is_blank(user_receiver_handle)) {
    model.error = "user_reciever_handle_blank";  // sic: clients know it so
  }
  if (is_blank(message)) {
    model.error = "message_blank";
  } else if (length_of(message) > message_limit) {
    model.error = "message_exceed_max_chars";
  }
  if (model.error.empty()) {
    model.data = with_message(from_andrew(telemetry::new_uuid()), message);
  }
  return model;
}

}  // namespace cruddur::services::messages
