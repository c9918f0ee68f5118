#pragma once

#include <memory>
#include <string>

#include "backend/http/middleware.h"
#include "backend/instruments.h"

namespace cruddur {

/// A SERVER span around each request, continued from the request's traceparent.
std::unique_ptr<Middleware> make_server_spans(Instruments& instruments, std::string server_name);
/// A segment around each request, and X-Amzn-Trace-Id in the response.
std::unique_ptr<Middleware> make_segments(Instruments& instruments);
/// An item for each exception that no handler caught.
std::unique_ptr<Middleware> make_exception_items(Instruments& instruments);
/// A line for each response, and the trail of each exception.
std::unique_ptr<Middleware> make_access_log(Instruments& instruments);

}  // namespace cruddur
