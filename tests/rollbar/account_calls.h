// Calls with an account's token, and what their answers say.
#pragma once

#include "tests/rollbar/door.h"

namespace understudy::rollbar {

inline constexpr std::string_view account_token = "account-token-account-token-acco";

inline Sent call(std::string_view method, const std::string& path, const nlohmann::json& body = {},
                 std::string_view access_token = account_token) {
  return {.method = std::string(method),
          .target = "/api/1/" + path,
          .headers = "X-Rollbar-Access-Token: " + std::string(access_token) + "\r\n",
          .body = body.is_null() ? std::string() : body.dump()};
}

inline nlohmann::ordered_json result_of(const recording::Decision& decision) {
  EXPECT_EQ(decision.reply.status, 200) << decision.reply.body;
  return nlohmann::ordered_json::parse(decision.reply.body)["result"];
}

inline std::string message_of(const recording::Decision& decision) {
  return nlohmann::json::parse(decision.reply.body).value("message", "");
}

inline std::vector<std::string> members_of(const nlohmann::ordered_json& object) {
  std::vector<std::string> names;
  for (const auto& [name, value] : object.items()) names.push_back(name);
  return names;
}

}  // namespace understudy::rollbar
