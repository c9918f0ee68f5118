#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backend/environment.h"
#include "backend/failure.h"
#include "backend/http/message.h"
#include "backend/telemetry/http_client.h"
#include "backend/telemetry/tracing.h"

namespace cruddur::telemetry {

struct RollbarSettings {
  Url item_url;
  std::string access_token;
  std::string environment = "production";
  std::string person_id;    // empty: items name nobody
  bool adds_users = false;  // variant: made-up users in every item's data
  std::string ca_file;
  CourierLimits queue;
};
/// Nothing when there is no ROLLBAR_ACCESS_TOKEN: one warning, and nothing is sent. ROLLBAR_ENDPOINT is the base with
/// its trailing slash, or the whole URL of the item.
std::expected<std::optional<RollbarSettings>, std::string> read_rollbar_settings(const Environment& environment);

/// Posts an item for each exception and message, each in a request of its own, from its own thread. Every post is a
/// CLIENT span without parent, linked to the span in which the item arose, and carries its traceparent.
///
/// Status 429 waits as long as the reply says, 5xx and connections that fail are tried again; other refusals lose the
/// item, with a warning.
class Rollbar {
 public:
  Rollbar(const RollbarSettings& settings, Tracer tracer);
  ~Rollbar();

  void report_exception(const Caught& caught, const HttpRequest& request, const std::optional<std::string>& route);
  void report_message(const std::string& text, const std::string& level);
  bool stop(Deadline deadline);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

/// The whole payload, scrubbed.
std::string exception_item(const RollbarSettings& settings, const Caught& caught, const HttpRequest& request,
                           const std::optional<std::string>& route);
std::string message_item(const RollbarSettings& settings, const std::string& text, const std::string& level);

Outcome judge_item_reply(const Reply& reply);

/// A random UUID in its usual form.
std::string new_uuid();

}  // namespace cruddur::telemetry
