#include "rollbar/callers.h"

#include <fmt/format.h>

#include "rollbar/address.h"
#include "rollbar/effect.pb.h"
#include "rollbar/form.h"
#include "rollbar/rules.h"
#include "rollbar/token.h"

namespace understudy::rollbar {

namespace {

using recording::Decision;

struct Refused {
  std::string_view rule;
  std::string place;
  std::string detail;
  int status;
  std::string message;
};

Decision refuse(Refused refused) {
  Decision decision;
  decision.reply = failed(refused.status, refused.message);
  decision.findings.push_back(finding(refused.rule, std::move(refused.place), std::move(refused.detail)));
  return decision;
}

// Header before body before query, as for items.
std::string_view find_token(const recording::Request& request, const std::string& in_body, std::string& text) {
  if (const auto header = request.header("x-rollbar-access-token"); header && !header->empty()) {
    text = *header;
    return "header x-rollbar-access-token";
  }
  text = in_body;
  if (!text.empty()) return "access_token";
  text = form_field(request.query(), "access_token").value_or("");
  return "query";
}

}  // namespace

std::expected<Caller, Decision> authorize(const State& state, const recording::Request& request,
                                          const recording::Context& context, std::string_view scope,
                                          const std::string& in_body) {
  Caller caller;
  const std::string_view place = find_token(request, in_body, caller.token_text);
  caller.token_in_query = place == "query";
  const std::string& token = caller.token_text;
  if (token.empty()) {
    return std::unexpected(
        refuse({rule::token_missing, "header x-rollbar-access-token", "", 401, std::string(text::token_missing_2018)}));
  }
  caller.project = default_project;
  const std::int64_t second = second_of(context.moment);
  const Token* known = nullptr;
  if (!state.accounts.empty()) {
    known = state.accounts.find(token);
    if (known != nullptr && known->is_expired(second)) {  // told apart here from one that is disabled [code]
      return std::unexpected(refuse({rule::token_disabled, std::string(place), masked(token) + " has expired", 401,
                                     std::string(text::token_invalid)}));
    }
    if (known == nullptr) {
      return std::unexpected(
          refuse({rule::token_unknown, std::string(place), masked(token), 401, std::string(text::token_invalid)}));
    }
    if (!known->enabled) {
      return std::unexpected(
          refuse({rule::token_disabled, std::string(place), masked(token), 403, text::token_disabled(token)}));
    }
    if (!known->has(scope)) {
      return std::unexpected(refuse({rule::token_scope, std::string(place),
                                     fmt::format("{} {} needs {}; {} has {}", request.method, request.path(), scope,
                                                 masked(token), known->scope_list()),
                                     403, text::scope_missing(scope, known->scope_list())}));
    }
    caller.project = known->project;
  }
  const std::string address = address_of(request.peer);
  if (request.method == "POST" && state.settings.blocks(address)) {
    return std::unexpected(refuse({rule::address_blocked, "peer", address, 403, text::address_blocked(address)}));
  }
  caller.token = fingerprint(token);
  const Standing standing = state.standing(caller.token, known, second);
  caller.rate = standing.headers;
  caller.own_window = standing.own_window;
  return caller;
}

Effect counted(const Caller& caller) {
  Effect effect;
  effect.set_fate(Effect::COUNTED);
  effect.set_token(caller.token);
  effect.set_project(caller.project);
  if (caller.own_window != 0) effect.set_own_window(caller.own_window);
  return effect;
}

}  // namespace understudy::rollbar
