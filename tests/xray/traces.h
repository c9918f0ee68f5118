// Segment documents for tests of what is read from them.
#pragma once

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "tests/xray/support.h"

namespace understudy::xray {

// The n-th trace of the second `start_s` + `after_s`.
inline std::string trace_id(int n, int after_s = 0) { return fmt::format("1-{:08x}-{:024x}", start_s + after_s, n); }

inline nlohmann::json entity(std::string_view id, std::string_view name, double from_s, double to_s,
                             nlohmann::json more = nlohmann::json::object()) {
  nlohmann::json made = {{"id", fmt::format("{:0>16}", id)},
                         {"name", name},
                         {"start_time", static_cast<double>(start_s) + from_s},
                         {"end_time", static_cast<double>(start_s) + to_s}};
  made.update(more);
  for (const auto* member : {"parent_id"}) {
    if (made.contains(member)) made[member] = fmt::format("{:0>16}", made[member].get<std::string>());
  }
  return made;
}

inline nlohmann::json in_trace(nlohmann::json made, const std::string& trace) {
  made["trace_id"] = trace;
  return made;
}

// Through the daemon.
inline void send(Session& session, const nlohmann::json& document) {
  const auto decision = session.datagram("{\"format\":\"json\",\"version\":1}\n" + document.dump());
  if (decision.effect != R"({"datagram":"taken"})") throw std::logic_error("refused: " + document.dump());
}

inline nlohmann::json ask(Session& session, std::string_view path, const nlohmann::json& body) {
  const auto reply = session.call(path, body.dump()).reply;
  auto json = nlohmann::json::parse(reply.body);
  json["status"] = reply.status;
  return json;
}

}  // namespace understudy::xray
