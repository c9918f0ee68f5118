#include "session/fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace understudy::session {
namespace {

using Action = Fault::Action;
using When = Fault::When;

constexpr std::string_view known_members[] = {"id",   "vendor",  "match", "when",     "action",      "status",
                                              "body", "headers", "bytes", "delay_ms", "probability", "count"};

// In the order of Action.
constexpr std::string_view actions[] = {"status", "delay", "reset", "body", "cut", "stop_reading", "drop", "reorder"};

constexpr std::int64_t longest_ms = 3'600'000;
constexpr std::chrono::milliseconds unread_time{60'000};  // of stop_reading, where no delay is given
constexpr std::chrono::milliseconds held_time{100};       // of reorder

std::string_view name_of(When when) { return when == When::before ? "before" : "after"; }

std::string_view name_of(Action action) { return actions[static_cast<int>(action)]; }

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
  double share(const char* name, double otherwise) {
    if (!json_.contains(name)) return otherwise;
    const bool fits = json_[name].is_number() && json_[name].get<double>() > 0 && json_[name].get<double>() <= 1;
    if (!fits) return complain(name, "a number above 0, at most 1"), otherwise;
    return json_[name].get<double>();
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
      return fmt::format("unknown member \"{}\": a fault has {}", name,
                         fmt::join(std::begin(known_members) + 1, std::end(known_members), ", "));
    }
  }
  return "";
}

void read_match(const nlohmann::json& json, Members& members, Fault& fault) {
  if (!json.contains("match")) return;
  const nlohmann::json& match = json["match"];
  constexpr std::string_view wanted = "an object with strings \"door\", \"path\" and/or \"target\"";
  if (!match.is_object()) return members.complain("match", wanted);
  for (const auto& [name, value] : match.items()) {
    std::string* const to = name == "door"     ? &fault.door
                            : name == "path"   ? &fault.path_prefix
                            : name == "target" ? &fault.target
                                               : nullptr;
    if (to == nullptr || !value.is_string()) return members.complain("match", wanted);
    *to = value.get<std::string>();
  }
}

void read_action(Members& members, Fault& fault) {
  const std::string given = members.text("action", "status");
  const auto* const found = std::find(std::begin(actions), std::end(actions), given);
  if (found == std::end(actions)) {
    return members.complain("action", fmt::format("one of {}", fmt::join(actions, ", ")));
  }
  fault.action = static_cast<Action>(found - std::begin(actions));
}

// Some actions leave no choice: without the vendor there is no body to replace, and a datagram has no reply to lose.
void read_when(Members& members, Fault& fault) {
  const bool of_reply = fault.action == Action::body || fault.action == Action::cut;
  const std::string given = members.text("when", of_reply ? "after" : "before");
  if (given != "before" && given != "after") members.complain("when", "\"before\" or \"after\"");
  fault.when = given == "after" ? When::after : When::before;
  if (fault.action == Action::body && fault.when == When::before) {
    members.complain("when", "\"after\" for the action \"body\": use \"status\" to answer in the vendor's place");
  }
  if (fault.is_for_datagrams() && fault.when == When::after) {
    members.complain("when", fmt::format("\"before\" for the action \"{}\"", name_of(fault.action)));
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

bool Fault::replaces_the_vendor() const {
  return when == When::before && action != Action::delay && action != Action::reorder;
}

bool Fault::matches(std::string_view of_vendor, const recording::Request& request) const {
  if (remaining == 0) return false;
  if (is_for_datagrams() != (request.protocol == recording::Protocol::udp)) return false;
  if (!vendor.empty() && vendor != of_vendor) return false;
  if (!door.empty() && door != request.door) return false;
  if (!path_prefix.empty() && !request.target.starts_with(path_prefix)) return false;
  if (target.empty()) return true;
  return request.path().ends_with(target) || request.header("x-amz-target").value_or("").ends_with(target);
}

bool was_never_decided(const recording::Entry& entry) {
  if (entry.fault.empty()) return false;
  const auto fault = fault_from_json(nlohmann::json::parse(entry.fault, nullptr, false));
  return fault && fault->replaces_the_vendor();
}

std::expected<Fault, std::string> fault_from_json(const nlohmann::json& json) {
  if (!json.is_object()) return std::unexpected("a fault must be a JSON object");
  if (auto unknown = unknown_member(json); !unknown.empty()) return std::unexpected(unknown);
  Fault fault;
  Members members(json);
  fault.id = members.text("id", "");
  fault.vendor = members.text("vendor", "");
  read_match(json, members, fault);
  read_action(members, fault);
  read_when(members, fault);
  fault.status = static_cast<int>(members.number("status", 503, 200, 599));
  fault.body = members.text("body", "");
  read_headers(json, members, fault);
  fault.bytes = static_cast<std::size_t>(members.number("bytes", 0, 0, 1'000'000'000));
  const auto usual = fault.action == Action::stop_reading ? unread_time
                     : fault.action == Action::reorder    ? held_time
                                                          : std::chrono::milliseconds(0);
  fault.delay = std::chrono::milliseconds(members.number("delay_ms", usual.count(), 0, longest_ms));
  fault.probability = members.share("probability", 1);
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
  if (fault.action == Action::cut) json["bytes"] = fault.bytes;
  if (fault.probability < 1) json["probability"] = fault.probability;
  json["match"] = nlohmann::ordered_json::object();
  if (!fault.door.empty()) json["match"]["door"] = fault.door;
  if (!fault.path_prefix.empty()) json["match"]["path"] = fault.path_prefix;
  if (!fault.target.empty()) json["match"]["target"] = fault.target;
  json["headers"] = nlohmann::ordered_json::object();
  for (const auto& [name, value] : fault.headers) json["headers"][name] = value;
  return json;
}

}  // namespace understudy::session
