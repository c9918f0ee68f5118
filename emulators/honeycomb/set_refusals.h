// What a session was told to refuse, or to accept in part: answers of a service that is over its limits. Nothing of it
// follows from a request.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "honeycomb/replies.h"
#include "honeycomb/settings.h"
#include "otlp/signal.h"
#include "recording/vendor.h"

namespace understudy::honeycomb {

struct SetRefusal {
  recording::Reply reply;
  recording::Finding finding;
};

// Of an export, in the caller's form. Setting refuse_ingest.
std::optional<SetRefusal> refused_export(const Settings& settings, const Speech& speech);
// Of events, batches and deliveries: status and text. The same setting, which has one value for these alone.
struct SetEventsRefusal {
  int status;
  std::string_view message;
  recording::Finding finding;
};
std::optional<SetEventsRefusal> refused_events(const Settings& settings);
// Of calls that manage: setting refuse_management.
std::optional<SetRefusal> refused_call(const Settings& settings, const recording::Request& request,
                                       const recording::Context& context);
// In place of a success: settings partial_success_rejected and partial_success_message.
// Without a signal: of profiles.
std::optional<SetRefusal> partial_success(const Settings& settings, const Speech& speech,
                                          std::optional<otlp::Signal> signal);

}  // namespace understudy::honeycomb
