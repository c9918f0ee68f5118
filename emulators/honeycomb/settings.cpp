#include "honeycomb/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"

namespace understudy::honeycomb {
namespace {

using nlohmann::json;
using Member = std::variant<int Settings::*, std::uint64_t Settings::*, std::string Settings::*>;

struct Row {
  std::string_view name;
  Member member;
  std::vector<json> allowed;  // empty: any value of the type
};

const std::vector<Row>& rows() {
  static const std::vector<Row> table = {
      {"preflight_status", &Settings::preflight_status, {200, 204}},
      {"allow_origin", &Settings::allow_origin, {"*", "echo"}},
      {"unknown_key_message", &Settings::unknown_key_message, {}},
      {"new_dataset_without_permission", &Settings::new_dataset_without_permission, {"refuse", "drop"}},
      {"body_limit_bytes", &Settings::body_limit_bytes, {}},
      {"body_limit_status", &Settings::body_limit_status, {400, 413}},
      {"grpc_message_limit_bytes", &Settings::grpc_message_limit_bytes, {}},
      {"not_found_body", &Settings::not_found_body, {}},
      {"query_result_quota", &Settings::query_result_quota, {"flag", "enforce"}},
      {"wrong_method_body", &Settings::wrong_method_body, {}},
      {"trace_translator", &Settings::trace_translator, {"direct", "classic"}},
      {"metrics_mapping", &Settings::metrics_mapping, {"events", "native"}},
      {"query_results_per_minute", &Settings::query_results_per_minute, {}},
      {"preflight_allow_methods", &Settings::preflight_allow_methods, {}},
      {"preflight_allow_headers", &Settings::preflight_allow_headers, {}},
      {"preflight_max_age_seconds", &Settings::preflight_max_age_seconds, {}},
      {"response_headers", &Settings::response_headers, {}},
      {"may_not_send_status", &Settings::may_not_send_status, {401, 403}},
      {"may_not_call_status", &Settings::may_not_call_status, {401, 403}},
      {"refuse_ingest",
       &Settings::refuse_ingest,
       {"no", "rate_limited", "throttled", "denylisted", "too_many_columns", "overloaded", "internal_error"}},
      {"rate_limited_message", &Settings::rate_limited_message, {}},
      {"overloaded_status", &Settings::overloaded_status, {502, 503, 504}},
      {"refuse_management", &Settings::refuse_management, {"no", "rate_limited", "denied"}},
      {"partial_success_rejected", &Settings::partial_success_rejected, {}},
      {"partial_success_message", &Settings::partial_success_message, {}},
  };
  return table;
}

// Whether the value has the member's type; then it is set.
bool assign(Settings& settings, const Member& member, const json& value) {
  if (const auto* text = std::get_if<std::string Settings::*>(&member)) {
    if (!value.is_string()) return false;
    settings.*(*text) = value.get<std::string>();
    return true;
  }
  if (!value.is_number_integer() || value < 0) return false;
  if (const auto* number = std::get_if<int Settings::*>(&member)) {
    settings.*(*number) = value.get<int>();
  } else {
    settings.*std::get<std::uint64_t Settings::*>(member) = value.get<std::uint64_t>();
  }
  return true;
}

}  // namespace

std::expected<Settings, std::string> Settings::parse(const json& json) {
  Settings settings;
  if (json.is_null()) return settings;
  if (!json.is_object()) return std::unexpected("honeycomb settings: must be an object");
  for (const auto& [name, value] : json.items()) {
    const auto row = std::ranges::find(rows(), name, &Row::name);
    if (row == rows().end()) {
      std::vector<std::string_view> known;
      for (const Row& each : rows()) known.push_back(each.name);
      return std::unexpected(fmt::format("honeycomb.{}: is no setting; settings are {}", name, fmt::join(known, ", ")));
    }
    if (!row->allowed.empty() && std::ranges::find(row->allowed, value) == row->allowed.end()) {
      return std::unexpected(fmt::format("honeycomb.{}: must be one of {}", name, nlohmann::json(row->allowed).dump()));
    }
    if (!assign(settings, row->member, value)) {
      return std::unexpected(fmt::format(
          "honeycomb.{}: must be a {}", name,
          std::holds_alternative<std::string Settings::*>(row->member) ? "string" : "number that is not negative"));
    }
  }
  for (const auto& [name, value] : settings.extra_headers()) {
    const auto is_visible = [](char c) { return c > ' ' && c <= '~' && c != ':'; };
    if (!name.empty() && std::ranges::all_of(name, is_visible)) continue;
    return std::unexpected("honeycomb.response_headers: must be \"Name: value\", a line each");
  }
  return settings;
}

std::vector<std::pair<std::string, std::string>> Settings::extra_headers() const {
  std::vector<std::pair<std::string, std::string>> headers;
  std::string_view rest = response_headers;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::size_t colon = std::min(line.find(':'), line.size());
    headers.emplace_back(line.substr(0, colon), trim(line.substr(std::min(colon + 1, line.size()))));
  }
  return headers;
}

std::string Settings::dump() const {
  const Settings defaults;
  std::string text;
  for (const Row& row : rows()) {
    std::visit(
        [&](auto member) {
          if (this->*member != defaults.*member) text += fmt::format("setting {} {}\n", row.name, this->*member);
        },
        row.member);
  }
  return text;
}

}  // namespace understudy::honeycomb
