#pragma once

#include <string>

#include "backend/services/model.h"

namespace cruddur::services::messages {

Model groups();
Model conversation();
Model create(const nlohmann::json& message, const nlohmann::json& user_receiver_handle);

}  // namespace cruddur::services::messages
