#include "rollbar/callers.h"

#include <fmt/format.h>

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
  if (!state.accounts.empty()) {
    const Token* const known = state.accounts.find(token);
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
  caller.token = fingerprint(token);
  const std::int64_t second = second_of(context.moment);
  caller.rate = state.rate_headers(state.window(caller.token, second), second);
  return caller;
}

}  // namespace understudy::rollbar
