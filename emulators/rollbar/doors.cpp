#include "rollbar/doors.h"

namespace understudy::rollbar {

namespace {

using recording::Door;

constexpr Door door_table[] = {{door_name, 7655, true, false, door_body_bytes}};

// Operations of the service that are not built yet, by the first part of the path behind /api/1/. [docs: API reference]
struct NotBuilt {
  std::string_view first_part;
  std::string_view what;
};

constexpr NotBuilt not_built_table[] = {
    {"metrics", "metrics"},
    {"notifications", "notifications"},
    {"service_links", "service links"},
    {"people", "deleting people's data"},
};

constexpr std::string_view api_root = "/api/1";

std::string_view without_last_slash(std::string_view path) {
  if (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

// What is built, by method and path; "{}" stands for one part of it. [docs: API reference]
struct Row {
  std::string_view method;
  std::string_view path;
  Operation operation;
  std::string_view what = {};
};

constexpr Row route_table[] = {
    {"POST", "/api/1/item", Operation::post_item},
    {"POST", "/api/1/item_batch", Operation::post_batch},
    {"GET", "/api/1/status/ping", Operation::ping},
    {"GET", "/api/1/items", Operation::list_items},
    {"GET", "/api/1/search", Operation::search_items},
    {"GET", "/api/1/item", Operation::find_item},
    {"GET", "/api/1/item/{}", Operation::get_item},
    {"PATCH", "/api/1/item/{}", Operation::update_item},
    {"GET", "/api/1/item_by_counter/{}", Operation::item_by_counter},
    {"GET", "/api/1/item/{}/instances", Operation::item_occurrences},
    {"GET", "/api/1/instances", Operation::list_occurrences},
    {"GET", "/api/1/instance/{}", Operation::get_occurrence},
    {"DELETE", "/api/1/instance/{}", Operation::delete_occurrence},
    {"GET", "/api/1/environments", Operation::list_environments},
    {"GET", "/api/1/versions/{}", Operation::get_version},
    {"GET", "/api/1/versions/{}/items", Operation::version_items},
    {"GET", "/api/1/reports/top_active_items", Operation::top_active_items},
    {"GET", "/api/1/reports/occurrence_counts", Operation::occurrence_counts},
    {"GET", "/api/1/reports/activated_counts", Operation::activated_counts},
    {"POST", "/api/1/deploy", Operation::create_deploy},
    {"POST", "/api/1/webhook/heroku", Operation::heroku_release},
    {"PATCH", "/api/1/deploy/{}", Operation::update_deploy},
    {"GET", "/api/1/deploy/{}", Operation::get_deploy},
    {"GET", "/api/1/deploys", Operation::list_deploys},
    {"POST", "/api/1/sourcemap", Operation::upload_source_map, "source maps"},
    {"POST", "/api/1/sourcemap/download", Operation::download_source_map, "source maps"},
    {"POST", "/api/1/signed_url/sourcemap_bundle", Operation::sign_bundle, "source maps"},
    {"PUT", "/api/1/signed_upload/{}", Operation::put_bundle, "source maps"},
    {"POST", "/api/1/proguard", Operation::upload_symbols, "proguard"},
    {"POST", "/api/1/dsym", Operation::upload_symbols, "dsym"},
    {"POST", "/api/1/fluttersymbols", Operation::upload_symbols, "fluttersymbols"},
    {"POST", "/api/1/session", Operation::post_replay, "replay"},
    {"GET", "/api/1/environment/{}/session/{}/replay/{}", Operation::get_replay},
    {"DELETE", "/api/1/environment/{}/session/{}/replay/{}", Operation::delete_replay},
    {"GET", "/api/1/projects", Operation::list_projects},
    {"POST", "/api/1/projects", Operation::create_project},
    {"GET", "/api/1/project/{}", Operation::get_project},
    {"DELETE", "/api/1/project/{}", Operation::delete_project},
    {"GET", "/api/1/project/{}/access_tokens", Operation::list_tokens},
    {"POST", "/api/1/project/{}/access_tokens", Operation::create_token},
    {"GET", "/api/1/project/{}/access_token/{}", Operation::get_token},
    {"PATCH", "/api/1/project/{}/access_token/{}", Operation::update_token},
    {"DELETE", "/api/1/project/{}/access_token/{}", Operation::delete_token},
    {"GET", "/api/1/project/{}/teams", Operation::list_project_teams},
    {"GET", "/api/1/teams", Operation::list_teams},
    {"POST", "/api/1/teams", Operation::create_team},
    {"GET", "/api/1/team/{}", Operation::get_team},
    {"DELETE", "/api/1/team/{}", Operation::delete_team},
    {"GET", "/api/1/team/{}/projects", Operation::list_team_projects},
    {"GET", "/api/1/team/{}/project/{}", Operation::get_team_project},
    {"PUT", "/api/1/team/{}/project/{}", Operation::put_team_project},
    {"DELETE", "/api/1/team/{}/project/{}", Operation::remove_team_project},
    {"GET", "/api/1/team/{}/users", Operation::list_team_users},
    {"GET", "/api/1/team/{}/user/{}", Operation::get_team_user},
    {"PUT", "/api/1/team/{}/user/{}", Operation::put_team_user},
    {"DELETE", "/api/1/team/{}/user/{}", Operation::remove_team_user},
    {"GET", "/api/1/team/{}/invites", Operation::list_team_invites},
    {"POST", "/api/1/team/{}/invites", Operation::create_invite},
    {"GET", "/api/1/users", Operation::list_users},
    {"GET", "/api/1/user/{}", Operation::get_user},
    {"GET", "/api/1/user/{}/teams", Operation::list_user_teams},
    {"GET", "/api/1/user/{}/projects", Operation::list_user_projects},
    {"GET", "/api/1/invites", Operation::list_invites},
    {"GET", "/api/1/invite/{}", Operation::get_invite},
    {"DELETE", "/api/1/invite/{}", Operation::cancel_invite},
    {"POST", "/api/1/rql/jobs", Operation::create_rql_job, "RQL"},
    {"GET", "/api/1/rql/jobs", Operation::list_rql_jobs, "RQL"},
    {"GET", "/api/1/rql/job/{}", Operation::get_rql_job, "RQL"},
    {"GET", "/api/1/rql/job/{}/result", Operation::rql_result, "RQL"},
    {"POST", "/api/1/rql/job/{}/cancel", Operation::cancel_rql_job, "RQL"},
    {"POST", "/api/item", Operation::endpoint_cut},
    {"POST", "/api/1/item/item", Operation::endpoint_item_twice},
    {"POST", "", Operation::endpoint_base},
    {"POST", api_root, Operation::endpoint_base},
};

// Whether the path is the row's; `arguments` are what stands for each "{}".
bool matches(std::string_view row, std::string_view path, std::array<std::string_view, 3>& arguments) {
  std::size_t count = 0;
  for (std::size_t hole = row.find("{}"); hole != row.npos; hole = row.find("{}")) {
    if (path.substr(0, hole) != row.substr(0, hole)) return false;
    path.remove_prefix(hole);
    row.remove_prefix(hole + 2);
    const std::string_view part = path.substr(0, path.find('/'));
    if (part.empty()) return false;
    arguments[count++] = part;
    path.remove_prefix(part.size());
  }
  return row == path;
}

}  // namespace

std::span<const Door> doors() { return door_table; }

Route route_of(const recording::Request& request) {
  const std::string_view path = without_last_slash(request.path());
  if (request.method == "OPTIONS") return {Operation::preflight, {}};
  for (const Row& row : route_table) {
    Route route{row.operation, row.what};
    if (row.method == request.method && matches(row.path, path, route.arguments)) return route;
  }
  if (!path.starts_with("/api/1/")) return {};
  const std::string_view below = path.substr(api_root.size() + 1);
  const std::string_view first_part = below.substr(0, below.find('/'));
  for (const NotBuilt& row : not_built_table) {
    if (row.first_part == first_part) return {Operation::not_built, row.what};
  }
  return {};
}

}  // namespace understudy::rollbar
