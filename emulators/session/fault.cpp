#include "session/fault.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace understudy::session {
namespace {

constexpr std::string_view known_members[] = {"id",     "vendor", "match",   "when",     "action",
                                              "status", "body",   "headers", "delay_ms", "count"};

std::string_view name_of(Fault::When when) { return when == Fault::When::before ? "before" : "after"; }

std::string_view name_of(Fault::Action action) {
  constexpr std::string_view names[] = {"status", "delay", "reset"};
  return names[static_cast<int>(action)];
}

// Reads an optional member of a given type; `error` keeps the first complaint.
class Members {
 public:
  explicit Members(const nlohmann::json& json) : json_(json) {}

  std::string text(const char* name, std::string otherwise) {
    if (!json_.contains(name)) return otherwise;
    if (!json_[name].is_string()) return complain(name, "a string"), otherwise;
    return json_[name].get<std::string>();
  }
  std::int64_t number(const char* name, std::int64_t otherwise, std::int64_t least, std::int64_t most) {
    if (!json_.contains(name)) return otherwise;
    const bool fits = json_[name].is_number_integer() && json_[name].get<std::int64_t>() >= least &&
                      json_[name].get<std::int64_t>() <= most;
    if (!fits) return complain(name, fmt::format("an integer from {} to {}", least, most)), otherwise;
    return json_[name].get<std::int64_t>();
  }
  void complain(std::string_view name, std::string_view wanted) {
    if (error.empty()) error = fmt::format("\"{}\" must be {}", name, wanted);
  }

  std::string error;

 private:
  const nlohmann::json& json_;
};

std::string unknown_member(const nlohmann::json& json) {
  for (const auto& [name, value] : json.items()) {
    if (std::find(std::begin(known_members), std::end(known_members), name) == std::end(known_members)) {
      return fmt::format(
          "unknown member \"{}\": a fault has vendor, match, when, action, status, body, headers, "
          "delay_ms, count",
          name);
    }
  }
  return "";
}

void read_match(const nlohmann::json& json, Members& members, Fault& fault) {
  if (!json.contains("match")) return;
  const nlohmann::json& match = json["match"];
  if (!match.is_object()) return members.complain("match", "an object with \"path\" and/or \"target\"");
  for (const auto& [name, value] : match.items()) {
    if (!value.is_string() || (name != "path" && name != "target")) {
      return members.complain("match", "an object with strings \"path\" and/or \"target\"");
    }
    (name == "path" ? fault.path_prefix : fault.target) = value.get<std::string>();
  }
}

void read_headers(const nlohmann::json& json, Members& members, Fault& fault) {
  if (!json.contains("headers")) return;
  if (!json["headers"].is_object()) return members.complain("headers", "an object of strings");
  for (const auto& [name, value] : json["headers"].items()) {
    if (!value.is_string()) return members.complain("headers", "an object of strings");
    fault.headers.emplace_back(name, value.get<std::string>());
  }
}

}  // namespace

bool Fault::matches(std::string_view of_vendor, const recording::Request& request) const {
  if (remaining == 0) return false;
  if (!vendor.empty() && vendor != of_vendor) return false;
  if (!path_prefix.empty() && !request.target.starts_with(path_prefix)) return false;
  if (target.empty()) return true;
  return request.path().ends_with(target) || request.header("x-amz-target").value_or("").ends_with(target);
}

std::expected<Fault, std::string> fault_from_json(const nlohmann::json& json) {
  if (!json.is_object()) return std::unexpected("a fault must be a JSON object");
  if (auto unknown = unknown_member(json); !unknown.empty()) return std::unexpected(unknown);
  Fault fault;
  Members members(json);
  fault.id = members.text("id", "");
  fault.vendor = members.text("vendor", "");
  read_match(json, members, fault);
  const std::string when = members.text("when", "before");
  if (when != "before" && when != "after") members.complain("when", "\"before\" or \"after\"");
  fault.when = when == "after" ? Fault::When::after : Fault::When::before;
  const std::string action = members.text("action", "status");
  if (action == "status") {
    fault.action = Fault::Action::status;
  } else if (action == "delay") {
    fault.action = Fault::Action::delay;
  } else if (action == "reset") {
    fault.action = Fault::Action::reset;
  } else {
    members.complain("action", "\"status\", \"delay\" or \"reset\"");
  }
  fault.status = static_cast<int>(members.number("status", 503, 200, 599));
  fault.body = members.text("body", "");
  read_headers(json, members, fault);
  fault.delay = std::chrono::milliseconds(members.number("delay_ms", 0, 0, 3'600'000));
  fault.remaining = static_cast<std::uint64_t>(members.number("count", 1, 1, 1'000'000'000));
  if (!members.error.empty()) return std::unexpected(members.error);
  return fault;
}

nlohmann::ordered_json to_json(const Fault& fault) {
  nlohmann::ordered_json json = {{"id", fault.id},
                                 {"vendor", fault.vendor},
                                 {"when", name_of(fault.when)},
                                 {"action", name_of(fault.action)},
                                 {"status", fault.status},
                                 {"body", fault.body},
                                 {"delay_ms", fault.delay.count()},
                                 {"count", fault.remaining}};
  json["match"] = nlohmann::ordered_json::object();
  if (!fault.path_prefix.empty()) json["match"]["path"] = fault.path_prefix;
  if (!fault.target.empty()) json["match"]["target"] = fault.target;
  json["headers"] = nlohmann::ordered_json::object();
  for (const auto& [name, value] : fault.headers) json["headers"][name] = value;
  return json;
}

}  // namespace understudy::session
