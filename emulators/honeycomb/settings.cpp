#include "honeycomb/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <variant>
#include <vector>

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
  return settings;
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
