#include "rollbar/decide.h"

#include <fmt/format.h>

#include "rollbar/callers.h"
#include "rollbar/deploy_api.h"
#include "rollbar/doors.h"
#include "rollbar/item.h"
#include "rollbar/project_api.h"
#include "rollbar/read_api.h"
#include "rollbar/replies.h"
#include "rollbar/rql_api.h"
#include "rollbar/rules.h"
#include "rollbar/team_api.h"
#include "rollbar/uploads.h"

namespace understudy::rollbar {

namespace {

using recording::Context;
using recording::Decision;
using recording::Request;

Decision with_finding(recording::Reply reply, std::string_view rule, const Request& request, std::string detail) {
  Decision decision;
  decision.reply = std::move(reply);
  decision.findings.push_back(
      finding(rule, fmt::format("{} {}", request.method, shown_path(request)), std::move(detail)));
  return decision;
}

}  // namespace

Decision decide(const State& state, const Request& request, const Context& context) {
  const Route route = route_of(request);
  switch (route.operation) {
    case Operation::post_item:
      return decide_item(state, request, context);
    case Operation::post_batch:
      return decide_batch(state, request, context);
    case Operation::preflight:
      return {.reply = preflight(request), .findings = {}, .effect = {}};
    case Operation::ping:
      return {.reply = pong(), .findings = {}, .effect = {}, .read = true};
    case Operation::create_deploy:
      return create_deploy(state, request, context);
    case Operation::heroku_release:
      return heroku_release(state, request, context);
    case Operation::update_deploy:
      return update_deploy(state, request, context, route.argument());
    case Operation::get_deploy:
      return get_deploy(state, request, context, route.argument());
    case Operation::list_deploys:
      return list_deploys(state, request, context);
    case Operation::upload_source_map:
      return upload_source_map(state, request, context);
    case Operation::download_source_map:
      return download_source_map(state, request, context);
    case Operation::sign_bundle:
      return sign_bundle(state, request, context);
    case Operation::put_bundle:
      return put_bundle(state, request, route.argument());
    case Operation::upload_symbols:
      return upload_symbols(state, request, context, route.what);
    case Operation::post_replay:
      return post_replay(state, request, context);
    case Operation::delete_replay:
      return delete_replay(state, request, context, route);
    case Operation::create_rql_job:
      return create_rql_job(state, request, context);
    case Operation::list_rql_jobs:
      return list_rql_jobs(state, request, context);
    case Operation::get_rql_job:
      return get_rql_job(state, request, context, route.argument());
    case Operation::rql_result:
      return rql_result(state, request, context, route.argument());
    case Operation::cancel_rql_job:
      return cancel_rql_job(state, request, context, route.argument());
    case Operation::not_built:
      return with_finding(not_found(), rule::api_not_built, request, std::string(route.what));
    case Operation::endpoint_cut:
      return with_finding(not_found(), rule::endpoint_cut, request, "");
    case Operation::endpoint_base:
      return with_finding(not_found(), rule::endpoint_base, request, "");
    case Operation::endpoint_item_twice:
      return with_finding(not_found(), rule::endpoint_item_twice, request, "");
    default:
      break;
  }
  if (is_project_operation(route.operation)) return decide_project(state, request, context, route);
  if (is_team_operation(route.operation)) return decide_team(state, request, context, route);
  if (is_read_operation(route.operation)) return decide_read(state, request, context, route);
  return with_finding(not_found(), rule::api_unknown_path, request, "");
}

}  // namespace understudy::rollbar
