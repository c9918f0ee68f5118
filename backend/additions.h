#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>

#include "backend/http/application.h"
#include "backend/instruments.h"

/// What people added to the backend's telemetry, each behind a variant. Where none is chosen these do nothing.
namespace cruddur::additions {

/// Before the home page: the user on the segment, subsegments that take their time.
void before_home(Instruments& instruments);
/// The home feed, made within more spans and described on the current one.
nlohmann::json home_feed(Instruments& instruments, telemetry::ActiveSpan& span,
                         const std::function<nlohmann::json()>& make);
/// The notifications, made within a subsegment with annotations.
nlohmann::json notifications(Instruments& instruments, const std::function<nlohmann::json()>& make);
/// A span around the endpoint of a rule, by a tracer of its own. Home and notifications have theirs anyhow.
Handler traced(Instruments& instruments, const std::string& rule, Handler handler);
void add_routes(Application& application, Instruments& instruments);

}  // namespace cruddur::additions
