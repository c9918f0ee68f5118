#include "rollbar/callers.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "rollbar/address.h"
#include "rollbar/effect.pb.h"
#include "rollbar/fields.h"
#include "rollbar/form.h"
#include "rollbar/paging.h"
#include "rollbar/replies.h"
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

// Who calls, and that the token is one with this scope.
std::expected<Caller, Decision> identify(const State& state, const recording::Request& request,
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
  const std::int64_t second = second_of(context.moment);
  const TokenLookUp found = state.look_up(token);
  const Token* const known = found.token;
  if (found.is_unknown) {
    return std::unexpected(
        refuse({rule::token_unknown, std::string(place), masked(token), 401, std::string(text::token_invalid)}));
  }
  if (known != nullptr) {
    if (known->is_expired(second)) {  // told apart here from one that is disabled [code]
      return std::unexpected(refuse({rule::token_disabled, std::string(place), masked(token) + " has expired", 401,
                                     std::string(text::token_invalid)}));
    }
    if (!known->enabled) {
      return std::unexpected(
          refuse({rule::token_disabled, std::string(place), masked(token), 403, text::token_disabled(token)}));
    }
    if (!known->has(scope)) {
      return std::unexpected(refuse({rule::token_scope, std::string(place),
                                     fmt::format("{} {} needs {}; {} has {}", request.method, shown_path(request),
                                                 scope, masked(token), known->scope_list()),
                                     403, text::scope_missing(scope, known->scope_list())}));
    }
  }
  const std::string address = address_of(request.peer);
  if (request.method == "POST" && state.settings.blocks(address)) {
    return std::unexpected(refuse({rule::address_blocked, "peer", address, 403, text::address_blocked(address)}));
  }
  caller.project = known == nullptr ? std::string(default_project) : known->project;
  // Without accounts a token may do everything, so it is an account's where it is used like one.
  caller.is_account = known == nullptr || known->is_account;
  caller.token = fingerprint(token);
  const Standing standing = state.standing(caller.token, known, second);
  caller.rate = standing.headers;
  caller.own_window = standing.own_window;
  return caller;
}

std::string project_of_query(std::string_view query) {
  auto id = form_field(query, "project_id");
  if (!id) id = form_field(query, "project_ids");
  return id.value_or("");
}

}  // namespace

std::string shown_path(const recording::Request& request) {
  constexpr std::string_view before = "/access_token/";
  const std::string_view path = request.path();
  const std::size_t at = path.find(before);
  if (at == path.npos) return std::string(path);
  return std::string(path.substr(0, at + before.size())) + masked(path.substr(at + before.size()));
}

NamedInBody named_in(const std::optional<nlohmann::ordered_json>& fields) {
  if (!fields) return {};
  const auto id = fields->find("project_id");
  const bool is_number = id != fields->end() && id->is_number_integer();
  return {text_field(*fields, "access_token"), is_number ? id->dump() : text_field(*fields, "project_id")};
}

std::expected<Caller, Decision> authorize(const State& state, const recording::Request& request,
                                          const recording::Context& context, std::string_view scope,
                                          const NamedInBody& in_body) {
  auto caller = identify(state, request, context, scope, in_body.token);
  if (!caller || !caller->is_account) return caller;
  const std::string wanted = in_body.project.empty() ? project_of_query(request.query()) : in_body.project;
  const auto project = state.project(to_number(wanted).value_or(0));
  if (!project) {
    if (state.look_up(caller->token_text).token == nullptr) return caller;
    return std::unexpected(
        refuse({rule::project_refused, "project_id", wanted, 400, std::string(text::no_project_id)}));
  }
  caller->project = project->name;
  return caller;
}

// The words are by analogy to those of a missing scope. [guess]
Decision decide_for_account(
    const State& state, const recording::Request& request, const recording::Context& context, std::string_view scope,
    std::string_view refused,
    const std::function<Decision(const Caller& caller, nlohmann::ordered_json fields)>& decide) {
  auto fields = read_fields(request);
  const auto caller = identify(state, request, context, scope, named_in(fields).token);
  if (!caller) return caller.error();
  if (!caller->is_account) {
    return refuse({rule::token_scope, "access token",
                   fmt::format("{} {} needs an account's token; {} is a project's", request.method, shown_path(request),
                               masked(caller->token_text)),
                   403, "insufficient privileges: an account access token is required."});
  }
  if (!fields) {
    Decision decision;
    decision.reply = failed(400, text::not_json, caller->rate);
    decision.findings.push_back(finding(refused, "body", std::string(text::not_json)));
    return decision;
  }
  Decision decision = decide(*caller, std::move(*fields));
  if (caller->token_in_query) decision.findings.push_back(finding(rule::token_in_query, "query", ""));
  return decision;
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
