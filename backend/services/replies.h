#pragma once

#include <string>

#include "backend/services/model.h"

namespace cruddur::services::replies {

Model create(const nlohmann::json& message, const std::string& user_handle, const std::string& activity_uuid);

}  // namespace cruddur::services::replies
