#include "rollbar/settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace understudy::rollbar {

namespace {

using nlohmann::json;

std::string fault(std::string_view name, std::string_view wanted) {
  return fmt::format("setting \"{}\": {} is wanted", name, wanted);
}

std::string take_addresses(Settings& settings, const std::string& name, const json& value) {
  const bool fits = value.is_array() && std::ranges::all_of(value, [](const json& one) { return one.is_string(); });
  if (!fits) return fault(name, "a list of addresses");
  settings.blocked_addresses = value;
  return {};
}

// One of two words: the second sets the switch.
std::string take_word(bool& flag, const std::string& name, const json& value, std::string_view off,
                      std::string_view on) {
  if (value != off && value != on) return fault(name, fmt::format("\"{}\" or \"{}\"", off, on));
  flag = value == on;
  return {};
}

std::string take_rules(Settings& settings, const std::string& name, const json& value) {
  auto rules = GroupingRules::parse(value);
  if (!rules) return fmt::format("setting \"{}\"{}", name, rules.error());
  settings.grouping_rules = std::move(*rules);
  return {};
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
  if (name == "rate_quota") return take_word(settings.enforce_rate_limit, name, value, "flag", "enforce");
  if (name == "person_details") return take_word(settings.forbids_person_details, name, value, "allow", "forbid");
  if (name == "user_ip") return take_word(settings.wants_anonymized_ip, name, value, "any", "anonymized");
  if (name == "message_level") return take_word(settings.messages_are_errors, name, value, "info", "error");
  if (name == "blocked_addresses") return take_addresses(settings, name, value);
  if (name == "grouping_rules") return take_rules(settings, name, value);
  if (name == "client_fingerprints") {
    return take_word(settings.ignores_client_fingerprints, name, value, "use", "ignore");
  }
  if (name == "session_replay") {
    if (!value.is_boolean()) return fault(name, "true or false");
    settings.session_replay = value;
    return {};
  }
  return fmt::format(
      "\"{}\" is no setting of Rollbar; they are max_payload_bytes, missing_token_status, rate_limit, rate_quota, "
      "session_replay, blocked_addresses, person_details, user_ip, grouping_rules, client_fingerprints, "
      "message_level",
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

bool Settings::blocks(std::string_view address) const {
  return std::ranges::find(blocked_addresses, address) != blocked_addresses.end();
}

std::string Settings::dump() const {
  return fmt::format(
      "settings: max_payload_bytes {}, missing_token_status {}, rate_limit {}, rate_quota {}, session_replay {}, "
      "blocked_addresses [{}], person_details {}, user_ip {}, grouping_rules {}, client_fingerprints {}, "
      "message_level {}\n",
      max_payload_bytes, missing_token_status, rate_limit, enforce_rate_limit ? "enforce" : "flag", session_replay,
      fmt::join(blocked_addresses, ", "), forbids_person_details ? "forbid" : "allow",
      wants_anonymized_ip ? "anonymized" : "any", grouping_rules.text(), ignores_client_fingerprints ? "ignore" : "use",
      messages_are_errors ? "error" : "info");
}

}  // namespace understudy::rollbar
