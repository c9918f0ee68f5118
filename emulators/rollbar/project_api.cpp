#include "rollbar/project_api.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/percent.h"
#include "rollbar/callers.h"
#include "rollbar/effect.pb.h"
#include "rollbar/fields.h"
#include "rollbar/grouping.h"
#include "rollbar/paging.h"
#include "rollbar/replies.h"
#include "rollbar/rules.h"

namespace understudy::rollbar {

namespace {

using nlohmann::ordered_json;
using recording::Context;
using recording::Decision;
using recording::Request;

constexpr std::size_t longest_name = 32;  // [docs: Create a project]

// A call that was let in, and what it is about.
struct Call {
  const State& state;
  const Caller& caller;
  const Context& context;
  std::optional<Project> project;  // none where the path names none
  std::string token;               // of the path, decoded
  ordered_json fields;
  Parameters parameters;
};

Decision answer(recording::Reply reply) {
  return {.reply = std::move(reply), .findings = {}, .effect = {}, .read = true};
}

Decision refuse(const Call& call, int status, std::string_view message) {
  Decision decision;
  decision.reply = failed(status, message, call.caller.rate);
  decision.findings.push_back(finding(rule::project_refused, "body", std::string(message)));
  return decision;
}

// The members in the order of the recordings; the settings are those of a new project. [snapshot:
// terraform-provider-rollbar] Which versions the grouping has had is not known. [guess]
ordered_json to_json(const Project& project) {
  return {{"id", project_id(project.name)},
          {"account_id", account_id},
          {"name", project.name},
          {"status", "enabled"},
          {"date_created", project.created},
          {"date_modified", project.created},
          {"settings_data", {{"grouping", {{"auto_upgrade", true}, {"recent_versions", ordered_json::array()}}}}}};
}

// [snapshot: terraform-provider-rollbar]
ordered_json to_json(const State& state, const std::string& text, const Projects::MadeToken& made) {
  const Token& token = made.token;
  const bool is_limited = token.window_count != 0;
  const Window* const window = is_limited ? state.own_window(text) : nullptr;
  return {{"access_token", text},
          {"project_id", project_id(token.project)},
          {"name", token.name},
          {"scopes", token.scopes},
          {"status", token.enabled ? "enabled" : "disabled"},
          {"rate_limit_window_size", is_limited ? ordered_json(token.window_seconds) : ordered_json()},
          {"rate_limit_window_count", is_limited ? ordered_json(token.window_count) : ordered_json()},
          {"cur_rate_limit_window_start", window != nullptr ? ordered_json(window->start) : ordered_json()},
          {"cur_rate_limit_window_count", window != nullptr ? ordered_json(window->calls) : ordered_json()},
          {"date_created", made.created},
          {"date_modified", made.modified}};
}

// The tokens of a project by their text: of the accounts, and those that were made or changed.
std::map<std::string, Projects::MadeToken> tokens_of(const State& state, const std::string& project) {
  std::map<std::string, Projects::MadeToken> found;
  for (const auto& [text, token] : state.accounts.tokens()) {
    if (token.is_account || token.project != project) continue;
    auto& made = found[text];
    made.token = token;
    if (token.name.empty()) made.token.name = token.scopes.front();
  }
  for (const auto& [text, made] : state.projects.tokens()) {
    if (made.token.project != project) continue;
    if (made.is_deleted) {
      found.erase(text);
    } else {
      found.insert_or_assign(text, made);
    }
  }
  return found;
}

void put(ProjectChange& change, const std::string& text, const Token& token) {
  AccessToken& made = *change.add_tokens();
  made.set_text(text);
  made.set_name(token.name);
  for (const std::string& scope : token.scopes) made.add_scopes(scope);
  made.set_enabled(token.enabled);
  made.set_window_seconds(token.window_seconds);
  made.set_window_count(token.window_count);
  if (token.expires) made.set_expires(*token.expires);
}

Decision change(const Call& call, ProjectChange::Kind kind, const std::string& project,
                const std::map<std::string, Token>& tokens, recording::Reply reply) {
  Effect effect = counted(call.caller);
  ProjectChange& changed = *effect.mutable_project_change();
  changed.set_kind(kind);
  changed.set_project(project);
  for (const auto& [text, token] : tokens) put(changed, text, token);
  Decision decision;
  decision.reply = std::move(reply);
  effect.SerializeToString(&decision.effect);
  return decision;
}

// ---- projects

Decision list_projects(const Call& call) {
  ordered_json all = ordered_json::array();
  for (const Project& project : call.state.all_projects()) all.push_back(to_json(project));
  return answer(succeeded(first_page(std::move(all), call.parameters), call.caller.rate));
}

// The words of the refusals are not on record. [guess] A new project has four tokens, each named like its scope. [docs:
// Access Tokens]
Decision create_project(const Call& call) {
  const std::string name = text_field(call.fields, "name");
  if (name.empty() || cut_to(name, longest_name).size() != name.size()) {
    return refuse(call, 422, "Invalid format. name should be a string of 1 to 32 characters.");
  }
  if (call.state.project(project_id(name))) return refuse(call, 422, "A project of this name already exists.");
  std::map<std::string, Token> tokens;
  for (const std::string_view scope : known_scopes) {
    Token token;
    token.name = scope;
    token.project = name;
    token.scopes.emplace_back(scope);
    tokens.emplace(call.context.entropy.hex(scope, 32), std::move(token));
  }
  const Project project{name, second_of(call.context.moment)};
  return change(call, ProjectChange::CREATED, name, tokens, succeeded(to_json(project), call.caller.rate, false));
}

Decision get_project(const Call& call) { return answer(succeeded(to_json(*call.project), call.caller.rate)); }

Decision delete_project(const Call& call) {
  return change(call, ProjectChange::DELETED, call.project->name, {}, answered(200, {{"err", 0}}, call.caller.rate));
}

// ---- access tokens

Decision list_tokens(const Call& call) {
  ordered_json all = ordered_json::array();
  for (const auto& [text, made] : tokens_of(call.state, call.project->name)) {
    all.push_back(to_json(call.state, text, made));
  }
  return answer(succeeded(first_page(std::move(all), call.parameters), call.caller.rate));
}

// Takes what the fields say of a token; the error, or nothing. Its words are not on record. [guess]
std::string take(const ordered_json& fields, Token& token) {
  const auto is_there = [&](const char* name) { return fields.contains(name) && !fields[name].is_null(); };
  const auto number = [&](const char* name) {
    return to_number(fields[name].is_string() ? text_field(fields, name) : fields[name].dump());
  };
  if (is_there("name")) token.name = text_field(fields, "name");
  if (token.name.empty()) return "Invalid format. name should be a string.";
  if (is_there("status")) {
    const std::string status = text_field(fields, "status");
    if (status != "enabled" && status != "disabled") return "Invalid format. status should be enabled or disabled.";
    token.enabled = status == "enabled";
  }
  if (is_there("rate_limit_window_size")) {
    const auto size = number("rate_limit_window_size");
    const auto seconds = static_cast<std::int64_t>(size.value_or(1));
    if (seconds != 0 && std::ranges::find(known_windows, seconds) == known_windows.end()) {
      return fmt::format("Invalid format. rate_limit_window_size should be 0 or one of {}.",
                         fmt::join(known_windows, ", "));
    }
    token.window_seconds = seconds == 0 ? known_windows.front() : seconds;
    if (seconds == 0) token.window_count = 0;
  }
  if (is_there("rate_limit_window_count")) {
    const auto count = number("rate_limit_window_count");
    if (!count) return "Invalid format. rate_limit_window_count should be an integer.";
    token.window_count = *count;
  }
  return {};
}

// A token that may post may do nothing else. [docs: Access Tokens]
std::string take_scopes(const ordered_json& fields, Token& token) {
  const ordered_json scopes = fields.value("scopes", ordered_json::array());
  bool posts = false, other = false;
  for (const ordered_json& scope : scopes.is_array() ? scopes : ordered_json::array()) {
    const std::string name = scope.is_string() ? scope.get<std::string>() : std::string();
    if (std::ranges::find(known_scopes, name) == known_scopes.end()) {
      return fmt::format("Invalid format. scopes should be of {}.", fmt::join(known_scopes, ", "));
    }
    (name.starts_with("post_") ? posts : other) = true;
    token.scopes.push_back(name);
  }
  if (token.scopes.empty()) return "Invalid format. scopes should be an array of at least one scope.";
  if (posts && other) return "Invalid format. scopes that post do not go together with others.";
  return {};
}

Decision put_token(const Call& call, const std::string& text, const Projects::MadeToken& made) {
  return change(call, ProjectChange::TOKEN_PUT, call.project->name, {{text, made.token}},
                succeeded(to_json(call.state, text, made), call.caller.rate, false));
}

Decision create_token(const Call& call) {
  const std::int64_t now = second_of(call.context.moment);
  Projects::MadeToken made{.token = {}, .created = now, .modified = now, .is_deleted = false};
  made.token.project = call.project->name;
  std::string fault = take_scopes(call.fields, made.token);
  if (fault.empty()) fault = take(call.fields, made.token);
  if (!fault.empty()) return refuse(call, 422, fault);
  return put_token(call, call.context.entropy.hex("access_token", 32), made);
}

Decision get_token(const Call& call) {
  const auto tokens = tokens_of(call.state, call.project->name);
  const auto found = tokens.find(call.token);
  if (found == tokens.end()) return answer(not_found());
  return answer(succeeded(to_json(call.state, found->first, found->second), call.caller.rate));
}

Decision update_token(const Call& call) {
  const auto tokens = tokens_of(call.state, call.project->name);
  const auto found = tokens.find(call.token);
  if (found == tokens.end()) return refuse(call, 404, "Not found");
  Projects::MadeToken made = found->second;
  made.modified = second_of(call.context.moment);
  if (const std::string fault = take(call.fields, made.token); !fault.empty()) return refuse(call, 422, fault);
  return put_token(call, call.token, made);
}

// Both answers are of their own: the refusal comes with status 200. [docs: Delete a project access token] [code:
// terraform-provider-rollbar]
Decision delete_token(const Call& call) {
  const auto tokens = tokens_of(call.state, call.project->name);
  const auto found = tokens.find(call.token);
  if (found == tokens.end()) {
    Decision decision = refuse(call, 200, "");
    decision.reply =
        answered(200, {{"err", 1}, {"result", "Invalid project access token"}, {"status_code", 400}}, call.caller.rate);
    decision.findings.back().detail = "Invalid project access token";
    return decision;
  }
  return change(call, ProjectChange::TOKEN_DELETED, call.project->name, {{call.token, found->second.token}},
                succeeded("Access token has been deleted.", call.caller.rate, false));
}

struct Row {
  Operation operation;
  std::string_view scope;  // of an account's token [docs: Access Tokens]
  Decision (*decide)(const Call& call);
};

constexpr Row table[] = {
    {Operation::list_projects, "read", list_projects}, {Operation::create_project, "write", create_project},
    {Operation::get_project, "read", get_project},     {Operation::delete_project, "write", delete_project},
    {Operation::list_tokens, "read", list_tokens},     {Operation::create_token, "write", create_token},
    {Operation::get_token, "read", get_token},         {Operation::update_token, "write", update_token},
    {Operation::delete_token, "write", delete_token},
};

const Row* row_of(Operation operation) {
  const auto* const found = std::ranges::find(table, operation, &Row::operation);
  return found == std::end(table) ? nullptr : found;
}

}  // namespace

bool is_project_operation(Operation operation) { return row_of(operation) != nullptr; }

Decision decide_project(const State& state, const Request& request, const Context& context, const Route& route) {
  const Row& row = *row_of(route.operation);
  const auto decide = [&](const Caller& caller, ordered_json fields) {
    Call call{state,
              caller,
              context,
              {},
              percent_decode(route.arguments[1]),
              std::move(fields),
              parse_query(request.query())};
    if (route.argument().empty()) return row.decide(call);
    const auto id = to_number(route.argument());
    if (!id) return refuse(call, 400, text::no_project_id);
    call.project = state.project(*id);
    if (!call.project) return refuse(call, 404, text::no_such_project);
    return row.decide(call);
  };
  return decide_for_account(state, request, context, row.scope, rule::project_refused, decide);
}

}  // namespace understudy::rollbar
