// Rollbar's answers, byte for byte where the real service was recorded.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "recording/request.h"
#include "recording/vendor.h"

namespace understudy::rollbar {

// The fixed window of a token that an answer tells about.
struct RateHeaders {
  std::uint64_t limit = 0;
  std::uint64_t remaining = 0;
  std::int64_t remaining_seconds = 0;
  std::int64_t reset = 0;  // unix seconds
};

// {"err":0,"result":{"id":null,"uuid":...}}
recording::Reply accepted(std::string_view uuid, const RateHeaders& rate);
// Of a batch, what a single item's answer says for each of them. [guess]
recording::Reply accepted_batch(const std::vector<std::string>& uuids, const RateHeaders& rate);
// {"err":1,"message":...}; refusals for a token carry no rate headers.
recording::Reply failed(int status, std::string_view message, const std::optional<RateHeaders>& rate = {});
// The browser sends its recording after an answer with these, and may read them from another origin. [code: rollbar.js
// 3]
void ask_for_replay(recording::Reply& reply);
recording::Reply not_found();
// Any answer in JSON, as the service prints it. An answer to a GET carries an ETag.
recording::Reply answered(int status, const nlohmann::ordered_json& json, const std::optional<RateHeaders>& rate,
                          bool is_get = false);
// {"err":0,"result":...}
recording::Reply succeeded(nlohmann::ordered_json result, const std::optional<RateHeaders>& rate, bool is_get = true);
recording::Reply pong();
recording::Reply preflight(const recording::Request& request);
// What is refused before it is a request, as the nginx in front words it.
recording::Reply refused(const recording::Refusal& refusal);

namespace text {

std::string token_not_found(std::string_view token);
std::string token_disabled(std::string_view token);
std::string scope_missing(std::string_view required, std::string_view present);
std::string over_rate_limit(std::string_view token);
std::string address_blocked(std::string_view address);

// [docs: status codes] [snapshot: the 413 of a front proxy is HTML, so this one is the API's]
inline constexpr std::string_view too_large = "request entity too large";
// The service says 400 when it finds no JSON; its text is not on record. [guess]
inline constexpr std::string_view not_json = "Invalid JSON payload.";
// [snapshot: rollbar-gem #971 and #966]
inline constexpr std::string_view token_missing = "Invalid format. access_token is missing and it is required.";
// Of reading, changing and deploying. [code: rollbar-cli, rollbar-mcp-server]
inline constexpr std::string_view token_invalid = "invalid access token";
// [docs: authentication, 2018]
inline constexpr std::string_view token_missing_2018 = "no access token found in the request";
// [snapshot: terraform-provider-rollbar]
inline constexpr std::string_view no_such_project = "Project not found in this account.";
inline constexpr std::string_view no_project_id = "Invalid or missing project id";

}  // namespace text

}  // namespace understudy::rollbar
