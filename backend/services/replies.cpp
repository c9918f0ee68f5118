#include "backend/services/replies.h"

#include <nlohmann/json.hpp>

#include "backend/services/names.h"
#include "backend/telemetry/rollbar.h"

namespace cruddur::services::replies {
namespace {

constexpr std::size_t message_limit = 1024;

}  // namespace

Model create(const nlohmann::json& message, const std::string& user_handle, const std::string& activity_uuid) {
  const Frame frame;
  const Names<std::string> names{{"user_handle", user_handle}, {"activity_uuid", activity_uuid}};
  Model model;
  if (is_blank(message)) {
    model.error = "message_blank";
  } else if (length_of(message) > message_limit) {
    model.error = "message_exceed_max_chars";
  }
  // The seeds' defect, kept: nobody entered this name, so a reply that fails validation is a 500, not a 422.
  const auto& handle = names.find(model.error.empty() ? "user_handle" : "user_sender_handle");
  model.data = {{"uuid", telemetry::new_uuid()},
                {"display_name", "Andrew Brown"},
                {"handle", handle},
                {"message", message},
                {"created_at", iso_time(std::chrono::system_clock::now())},
                {"reply_to_activity_uuid", names.find("activity_uuid")}};
  return model;
}

}  // namespace cruddur::services::replies
