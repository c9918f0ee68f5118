#include "rollbar/team_api.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/percent.h"
#include "rollbar/callers.h"
#include "rollbar/effect.pb.h"
#include "rollbar/fields.h"
#include "rollbar/paging.h"
#include "rollbar/replies.h"
#include "rollbar/rules.h"

namespace understudy::rollbar {

namespace {

using nlohmann::ordered_json;
using recording::Context;
using recording::Decision;
using recording::Request;

constexpr auto made_access_levels = std::to_array<std::string_view>({"standard", "light", "view"});  // [docs: Teams]

// What a part of the path names.
enum class Part { none, team, user, project, invite };

// 400 where it is no number, 404 where there is no such thing.
struct Words {
  Part part;
  std::string_view no_id;
  std::string_view unknown;
};

// Those of users without a number, of unknown teams and of invites are by analogy. [guess] The others are recorded.
// [snapshot: terraform-provider-rollbar]
constexpr Words words_table[] = {
    {Part::team, "Invalid or missing team id", "Team not found in this account."},
    {Part::user, "Invalid or missing user id", "User not found for this account"},
    {Part::project, text::no_project_id, text::no_such_project},
    {Part::invite, "Invalid or missing invite id", "Invite not found in this account."},
};

// [snapshot: terraform-provider-rollbar] The status of the second one is a guess.
constexpr std::string_view not_on_team = "User is not on this Team.";
constexpr std::string_view already_canceled = "Invite already cancelled";

// A call that was let in, and what its path names.
struct Call {
  const State& state;
  const Caller& caller;
  const Context& context;
  ordered_json fields;
  Parameters parameters;
  const Team* team = nullptr;
  const User* user = nullptr;
  std::optional<Project> project = {};
  const Invite* invite = nullptr;
};

Decision answer(const Call& call, ordered_json result) {
  return {.reply = succeeded(std::move(result), call.caller.rate), .findings = {}, .effect = {}, .read = true};
}

// Of a question whose answer is no.
Decision absent(const Call& call, std::string_view message) {
  return {.reply = failed(404, message, call.caller.rate), .findings = {}, .effect = {}, .read = true};
}

Decision refuse(const Call& call, int status, std::string place, std::string_view message) {
  Decision decision;
  decision.reply = failed(status, message, call.caller.rate);
  decision.findings.push_back(finding(rule::team_refused, std::move(place), std::string(message)));
  return decision;
}

// `what` has what the path does not name.
Decision change(const Call& call, TeamChange::Kind kind, recording::Reply reply, TeamChange what = {}) {
  what.set_kind(kind);
  if (call.team != nullptr) what.set_team(call.team->id);
  if (call.user != nullptr) what.set_user(call.user->id);
  if (call.project) what.set_project(call.project->name);
  if (call.invite != nullptr) what.set_invite(call.invite->id);
  Effect effect = counted(call.caller);
  *effect.mutable_team_change() = std::move(what);
  Decision decision;
  decision.reply = std::move(reply);
  effect.SerializeToString(&decision.effect);
  return decision;
}

recording::Reply made(const Call& call, ordered_json result) {
  return succeeded(std::move(result), call.caller.rate, false);
}

// A deletion answers err alone, as a project's does. [guess]
recording::Reply gone(const Call& call) { return answered(200, {{"err", 0}}, call.caller.rate); }

Decision list(const Call& call, ordered_json all) { return answer(call, first_page(std::move(all), call.parameters)); }

// Of a user's lists, and of that of users: an object with one member.
Decision list(const Call& call, const char* name, ordered_json all) {
  ordered_json result = ordered_json::object();
  result[name] = first_page(std::move(all), call.parameters);
  return answer(call, std::move(result));
}

// ---- the shapes [docs: Teams, Users, Invitations]

ordered_json to_json(const Team& team) {
  return {{"id", team.id}, {"account_id", account_id}, {"name", team.name}, {"access_level", team.access_level}};
}

ordered_json to_json(const User& user) { return {{"id", user.id}, {"username", user.username}, {"email", user.email}}; }

ordered_json to_json(const Invite& invite) {
  return {{"id", invite.id},
          {"from_user_id", invite.from_user},
          {"team_id", invite.team},
          {"to_email", invite.email},
          {"status", invite.is_canceled ? "canceled" : "pending"},  // nobody accepts or rejects one here
          {"date_created", invite.created},
          {"date_redeemed", nullptr}};
}

ordered_json pair_of(const Team& team, const User& user) { return {{"team_id", team.id}, {"user_id", user.id}}; }

ordered_json pair_of(const Team& team, const Project& project) {
  return {{"team_id", team.id}, {"project_id", project_id(project.name)}};
}

// ---- who is on what

// Whether no call can change it: on Everyone is everyone, and on Owners the account's owner. [guess]
bool is_always_on(const State& state, const Team& team, const User& user) {
  return team.id == everyone_id || (team.id == owners_id && user.id == state.accounts.owner().id);
}

bool is_on(const State& state, const Team& team, const User& user) {
  return is_always_on(state, team, user) || state.teams.has_user(team.id, user.id);
}

// Those that a list of teams shows.
std::vector<const Team*> shown_teams(const Call& call) {
  const bool excludes = parameter(call.parameters, "exclude_builtin_teams") == "true";
  std::vector<const Team*> shown;
  for (const Team& team : call.state.teams.all()) {
    if (!excludes || !team.is_built_in()) shown.push_back(&team);
  }
  return shown;
}

// ---- teams

Decision list_teams(const Call& call) {
  ordered_json all = ordered_json::array();
  for (const Team* const team : shown_teams(call)) all.push_back(to_json(*team));
  return list(call, std::move(all));
}

// The words of the refusals are not on record, nor is it that a team without a level is a standard one. [guess]
Decision create_team(const Call& call) {
  Team team{call.state.teams.next_id(), text_field(call.fields, "name"), "standard"};
  if (team.name.empty()) return refuse(call, 422, "name", "Invalid format. name should be a string.");
  if (call.fields.contains("access_level")) team.access_level = text_field(call.fields, "access_level");
  if (std::ranges::find(made_access_levels, team.access_level) == made_access_levels.end()) {
    return refuse(call, 422, "access_level", "Invalid format. access_level should be standard, light or view.");
  }
  TeamChange what;
  what.set_team(team.id);
  what.set_name(team.name);
  what.set_access_level(team.access_level);
  return change(call, TeamChange::CREATED, made(call, to_json(team)), std::move(what));
}

Decision get_team(const Call& call) { return answer(call, to_json(*call.team)); }

// [guess]
Decision delete_team(const Call& call) {
  if (call.team->is_built_in()) return refuse(call, 422, "path", "A built-in team cannot be deleted.");
  return change(call, TeamChange::DELETED, gone(call));
}

// ---- a team's projects

Decision list_team_projects(const Call& call) {
  ordered_json all = ordered_json::array();
  for (const Project& project : call.state.all_projects()) {
    if (call.state.teams.has_project(call.team->id, project.name)) all.push_back(pair_of(*call.team, project));
  }
  return list(call, std::move(all));
}

Decision list_project_teams(const Call& call) {
  ordered_json all = ordered_json::array();
  for (const Team* const team : shown_teams(call)) {
    if (call.state.teams.has_project(team->id, call.project->name)) all.push_back(pair_of(*team, *call.project));
  }
  return list(call, std::move(all));
}

// The words for a project that the team does not have are those for whatever is not there. [guess]
Decision get_team_project(const Call& call) {
  if (!call.state.teams.has_project(call.team->id, call.project->name)) return absent(call, "Not found");
  return answer(call, pair_of(*call.team, *call.project));
}

Decision put_team_project(const Call& call) {
  return change(call, TeamChange::PROJECT_PUT, made(call, pair_of(*call.team, *call.project)));
}

Decision remove_team_project(const Call& call) {
  if (!call.state.teams.has_project(call.team->id, call.project->name)) return refuse(call, 404, "path", "Not found");
  return change(call, TeamChange::PROJECT_REMOVED, gone(call));
}

// ---- a team's users

Decision list_team_users(const Call& call) {
  ordered_json all = ordered_json::array();
  for (const User& user : call.state.accounts.users()) {
    if (is_on(call.state, *call.team, user)) all.push_back(pair_of(*call.team, user));
  }
  return list(call, std::move(all));
}

Decision get_team_user(const Call& call) {
  if (!is_on(call.state, *call.team, *call.user)) return absent(call, not_on_team);
  return answer(call, pair_of(*call.team, *call.user));
}

Decision put_team_user(const Call& call) {
  return change(call, TeamChange::USER_PUT, made(call, pair_of(*call.team, *call.user)));
}

// [guess]
Decision remove_team_user(const Call& call) {
  if (!is_on(call.state, *call.team, *call.user)) return refuse(call, 404, "path", not_on_team);
  if (is_always_on(call.state, *call.team, *call.user)) {
    return refuse(call, 422, "path", "This user cannot be removed from a built-in team.");
  }
  return change(call, TeamChange::USER_REMOVED, gone(call));
}

// ---- users

Decision list_users(const Call& call) {
  ordered_json all = ordered_json::array();
  for (const User& user : call.state.accounts.users()) all.push_back(to_json(user));
  return list(call, "users", std::move(all));
}

Decision get_user(const Call& call) {
  ordered_json user = to_json(*call.user);
  user["email_enabled"] = 1;
  return answer(call, std::move(user));
}

Decision list_user_teams(const Call& call) {
  ordered_json all = ordered_json::array();
  for (const Team* const team : shown_teams(call)) {
    if (is_on(call.state, *team, *call.user)) all.push_back(to_json(*team));
  }
  return list(call, "teams", std::move(all));
}

// Those of all teams that the user is on; that the slug is the name is a guess.
Decision list_user_projects(const Call& call) {
  ordered_json all = ordered_json::array();
  for (const Project& project : call.state.all_projects()) {
    const bool is_theirs = std::ranges::any_of(call.state.teams.all(), [&](const Team& team) {
      return call.state.teams.has_project(team.id, project.name) && is_on(call.state, team, *call.user);
    });
    if (!is_theirs) continue;
    all.push_back(
        {{"id", project_id(project.name)}, {"account_id", account_id}, {"status", "enabled"}, {"slug", project.name}});
  }
  return list(call, "projects", std::move(all));
}

// ---- invites

// Of every state: who wants the pending ones looks at it. [guess]
Decision list_invites(const Call& call) {
  ordered_json all = ordered_json::array();
  for (const Invite& invite : call.state.teams.invites()) {
    if (call.team == nullptr || call.team->id == invite.team) all.push_back(to_json(invite));
  }
  return list(call, std::move(all));
}

// The owner invites: whose a token is, is not known. The words of the refusal are not on record. [guess]
Decision create_invite(const Call& call) {
  const Invite invite{.id = call.state.teams.next_invite_id(),
                      .from_user = call.state.accounts.owner().id,
                      .team = call.team->id,
                      .email = text_field(call.fields, "email"),
                      .created = second_of(call.context.moment),
                      .is_canceled = false};
  if (!invite.email.contains('@')) {
    return refuse(call, 422, "email", "Invalid format. email should be an e-mail address.");
  }
  TeamChange what;
  what.set_user(invite.from_user);
  what.set_invite(invite.id);
  what.set_email(invite.email);
  return change(call, TeamChange::INVITED, made(call, to_json(invite)), std::move(what));
}

Decision get_invite(const Call& call) { return answer(call, to_json(*call.invite)); }

Decision cancel_invite(const Call& call) {
  if (call.invite->is_canceled) return refuse(call, 422, "path", already_canceled);
  return change(call, TeamChange::INVITE_CANCELED, gone(call));
}

// ----

struct Row {
  Operation operation;
  std::string_view scope;  // of an account's token [docs: Access Tokens]
  std::array<Part, 2> path;
  Decision (*decide)(const Call& call);
};

constexpr Row table[] = {
    {Operation::list_teams, "read", {}, list_teams},
    {Operation::create_team, "write", {}, create_team},
    {Operation::get_team, "read", {Part::team}, get_team},
    {Operation::delete_team, "write", {Part::team}, delete_team},
    {Operation::list_team_projects, "read", {Part::team}, list_team_projects},
    {Operation::list_project_teams, "read", {Part::project}, list_project_teams},
    {Operation::get_team_project, "read", {Part::team, Part::project}, get_team_project},
    {Operation::put_team_project, "write", {Part::team, Part::project}, put_team_project},
    {Operation::remove_team_project, "write", {Part::team, Part::project}, remove_team_project},
    {Operation::list_team_users, "read", {Part::team}, list_team_users},
    {Operation::get_team_user, "read", {Part::team, Part::user}, get_team_user},
    {Operation::put_team_user, "write", {Part::team, Part::user}, put_team_user},
    {Operation::remove_team_user, "write", {Part::team, Part::user}, remove_team_user},
    {Operation::list_users, "read", {}, list_users},
    {Operation::get_user, "read", {Part::user}, get_user},
    {Operation::list_user_teams, "read", {Part::user}, list_user_teams},
    {Operation::list_user_projects, "read", {Part::user}, list_user_projects},
    {Operation::list_invites, "read", {}, list_invites},
    {Operation::list_team_invites, "read", {Part::team}, list_invites},
    {Operation::create_invite, "write", {Part::team}, create_invite},
    {Operation::get_invite, "read", {Part::invite}, get_invite},
    {Operation::cancel_invite, "write", {Part::invite}, cancel_invite},
};

const Row* row_of(Operation operation) {
  const auto* const found = std::ranges::find(table, operation, &Row::operation);
  return found == std::end(table) ? nullptr : found;
}

bool find_named(Call& call, Part part, std::uint64_t id) {
  const std::vector<User>& users = call.state.accounts.users();
  const auto user = std::ranges::find(users, id, &User::id);
  switch (part) {
    case Part::team:
      return (call.team = call.state.teams.find(id)) != nullptr;
    case Part::user:
      return (call.user = user == users.end() ? nullptr : &*user) != nullptr;
    case Part::project:
      return (call.project = call.state.project(id)).has_value();
    case Part::invite:
      return (call.invite = call.state.teams.find_invite(id)) != nullptr;
    case Part::none:
      break;
  }
  return false;
}

Decision decide_call(Call& call, const Row& row, const Route& route) {
  for (std::size_t i = 0; i < row.path.size() && row.path[i] != Part::none; ++i) {
    const Words& words = *std::ranges::find(words_table, row.path[i], &Words::part);
    const auto id = to_number(route.arguments[i]);
    if (!id) return refuse(call, 400, "path", words.no_id);
    if (!find_named(call, row.path[i], *id)) return refuse(call, 404, "path", words.unknown);
  }
  return row.decide(call);
}

}  // namespace

bool is_team_operation(Operation operation) { return row_of(operation) != nullptr; }

Decision decide_team(const State& state, const Request& request, const Context& context, const Route& route) {
  const Row& row = *row_of(route.operation);
  const auto decide = [&](const Caller& caller, ordered_json fields) {
    Call call{state, caller, context, std::move(fields), parse_query(request.query())};
    return decide_call(call, row, route);
  };
  return decide_for_account(state, request, context, row.scope, rule::team_refused, decide);
}

}  // namespace understudy::rollbar
