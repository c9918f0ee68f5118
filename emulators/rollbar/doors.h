// The one door of Rollbar, and what its paths are.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "recording/request.h"
#include "recording/vendor.h"

namespace understudy::rollbar {

inline constexpr std::string_view door_name = "rollbar";

// What the transport takes in. Far more than the service's limit on an item (settings.h), so that a payload that is
// too large is recorded whole and can be explained.
inline constexpr std::size_t door_body_bytes = 8 * 1024 * 1024;

std::span<const recording::Door> doors();

enum class Operation {
  post_item,
  post_batch,  // of rollbar-php before 1.0
  preflight,
  ping,
  list_items,
  search_items,
  get_item,
  find_item,
  item_by_counter,
  update_item,
  list_occurrences,
  item_occurrences,
  get_occurrence,
  delete_occurrence,
  list_environments,
  get_version,
  version_items,
  top_active_items,
  occurrence_counts,
  activated_counts,
  create_deploy,
  heroku_release,
  update_deploy,
  get_deploy,
  list_deploys,
  upload_source_map,
  download_source_map,
  sign_bundle,
  put_bundle,
  upload_symbols,
  post_replay,
  get_replay,
  delete_replay,
  list_projects,
  create_project,
  get_project,
  delete_project,
  list_tokens,
  create_token,
  get_token,
  update_token,
  delete_token,
  list_project_teams,
  list_teams,
  create_team,
  get_team,
  delete_team,
  list_team_projects,
  get_team_project,
  put_team_project,
  remove_team_project,
  list_team_users,
  get_team_user,
  put_team_user,
  remove_team_user,
  list_team_invites,
  create_invite,
  list_users,
  get_user,
  list_user_teams,
  list_user_projects,
  list_invites,
  get_invite,
  cancel_invite,
  create_rql_job,
  list_rql_jobs,
  get_rql_job,
  rql_result,
  cancel_rql_job,
  not_built,            // an operation of the real service that this fake does not have
  endpoint_cut,         // POST /api/item/: what pyrollbar makes of a base URL without trailing slash
  endpoint_base,        // POST /api/1/ or /: a base URL given to a notifier that wants the item URL
  endpoint_item_twice,  // POST /api/1/item/item/: the item URL given to a notifier that appends "item/"
  unknown,
};

struct Route {
  Operation operation = Operation::unknown;
  std::string_view what;                        // not_built: what it is; upload_symbols: the kind
  std::array<std::string_view, 3> arguments{};  // the parts of the path that name things, in their order

  std::string_view argument() const { return arguments[0]; }
};

// Paths count with and without a slash at the end; nothing is ever redirected, because clients turn a redirected POST
// into a GET. [code: rollbar-gem, pyrollbar, github-deploy-action mix both] [run: pyrollbar loses the item on 301]
Route route_of(const recording::Request& request);

}  // namespace understudy::rollbar
