#pragma once

#include <string>

#include "backend/instruments.h"
#include "backend/services/model.h"

namespace cruddur::services::activities {

Model home(Instruments& instruments);
Model notifications(Instruments& instruments);
Model of_user(Instruments& instruments, const std::string& handle);
Model search(const std::string& term);
Model create(const nlohmann::json& message, const std::string& handle, const nlohmann::json& ttl);
Model show(const std::string& activity_uuid);

}  // namespace cruddur::services::activities
