#pragma once

#include <memory>
#include <string>

#include "backend/environment.h"
#include "backend/http/application.h"
#include "backend/instruments.h"

namespace cruddur {

/// The application: routes, CORS, and what the instruments put around every request. They must outlive it.
std::unique_ptr<Application> make_cruddur(const Environment& environment, Instruments& instruments,
                                          const std::string& server_name);

}  // namespace cruddur
