// Who calls an operation other than POST item, and whether the token may.
#pragma once

#include <expected>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "recording/request.h"
#include "recording/vendor.h"
#include "rollbar/replies.h"
#include "rollbar/state.h"

namespace understudy::rollbar {

class Effect;

struct Caller {
  std::string project;
  std::uint64_t token = 0;  // fingerprint
  RateHeaders rate;
  std::int64_t own_window = 0;  // of the token's own limit, as the effect keeps it
  bool token_in_query = false;
  std::string token_text;
  bool is_account = false;  // an account's token, which names the project that it is about
};

// The path as findings tell it: without the access token that some name.
std::string shown_path(const recording::Request& request);

// What a body says of its caller.
struct NamedInBody {
  std::string token;
  std::string project;  // the id
};
NamedInBody named_in(const std::optional<nlohmann::ordered_json>& fields);

// The caller, or the decision that refuses: 401 without a token or with an unknown one, 403 for its scopes. [code:
// rollbar-cli, rollbar-mcp-server, terraform-provider-rollbar] An account's token says which project it is about:
// project_id in the query or the body, project_ids for lists of items. [code: rollbar-mcp-server]
std::expected<Caller, recording::Decision> authorize(const State& state, const recording::Request& request,
                                                     const recording::Context& context, std::string_view scope,
                                                     const NamedInBody& in_body = {});
// The same for what is about the account itself: a project's token is refused [docs: Access Tokens] [code:
// rollbar-mcp-server], and so is a body that is no JSON, under `refused`. `decide` decides about the others; its fields
// are those of the body.
recording::Decision decide_for_account(
    const State& state, const recording::Request& request, const recording::Context& context, std::string_view scope,
    std::string_view refused,
    const std::function<recording::Decision(const Caller& caller, nlohmann::ordered_json fields)>& decide);

// The effect of a call that counts against the rate limit.
Effect counted(const Caller& caller);

}  // namespace understudy::rollbar
