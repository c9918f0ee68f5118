// Who calls an operation other than POST item, and whether the token may.
#pragma once

#include <expected>
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
};

// The caller, or the decision that refuses: 401 without a token or with an unknown one, 403 for its scopes. [code:
// rollbar-cli, rollbar-mcp-server, terraform-provider-rollbar] `in_body` is the token that the body names, if any.
std::expected<Caller, recording::Decision> authorize(const State& state, const recording::Request& request,
                                                     const recording::Context& context, std::string_view scope,
                                                     const std::string& in_body = {});

// The effect of a call that counts against the rate limit.
Effect counted(const Caller& caller);

}  // namespace understudy::rollbar
