#include "rollbar/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace understudy::rollbar {

namespace {

using nlohmann::json;

std::string fault(std::string_view name, std::string_view wanted) {
  return fmt::format("setting \"{}\": {} is wanted", name, wanted);
}

// The error, or nothing.
std::string take(Settings& settings, const std::string& name, const json& value) {
  constexpr std::array missing_token_statuses = {401, 403, 422};
  if (name == "max_payload_bytes") {
    if (!value.is_number_integer() || value <= 0) return fault(name, "a number of bytes above 0");
    settings.max_payload_bytes = value;
    return {};
  }
  if (name == "missing_token_status") {
    const bool fits =
        value.is_number_integer() &&
        std::find(missing_token_statuses.begin(), missing_token_statuses.end(), value) != missing_token_statuses.end();
    if (!fits) return fault(name, "401, 403 or 422");
    settings.missing_token_status = value;
    return {};
  }
  if (name == "rate_limit") {
    if (!value.is_number_integer() || value <= 0) return fault(name, "a number of calls a minute above 0");
    settings.rate_limit = value;
    return {};
  }
  if (name == "rate_quota") {
    if (value != "flag" && value != "enforce") return fault(name, "\"flag\" or \"enforce\"");
    settings.enforce_rate_limit = value == "enforce";
    return {};
  }
  if (name == "session_replay") {
    if (!value.is_boolean()) return fault(name, "true or false");
    settings.session_replay = value;
    return {};
  }
  return fmt::format(
      "\"{}\" is no setting of Rollbar; they are max_payload_bytes, missing_token_status, rate_limit, rate_quota, "
      "session_replay",
      name);
}

}  // namespace

std::expected<Settings, std::string> Settings::parse(const json& json) {
  if (!json.is_object()) return std::unexpected("a JSON object of settings is wanted");
  Settings settings;
  for (const auto& [name, value] : json.items()) {
    if (std::string error = take(settings, name, value); !error.empty()) return std::unexpected(std::move(error));
  }
  return settings;
}

std::string Settings::dump() const {
  return fmt::format(
      "settings: max_payload_bytes {}, missing_token_status {}, rate_limit {}, rate_quota {}, session_replay {}\n",
      max_payload_bytes, missing_token_status, rate_limit, enforce_rate_limit ? "enforce" : "flag", session_replay);
}

}  // namespace understudy::rollbar
