#include "rollbar/deploy_api.h"

#include <fmt/format.h>

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

constexpr std::size_t deploys_a_page = 20;         // [docs: List all deploys]
constexpr std::size_t most_deploys_a_page = 5000;  // where a limit asks for it; the bound is a guess
constexpr auto states = std::to_array<std::string_view>({"started", "succeeded", "failed", "timed_out"});

Decision refuse(const Caller& caller, int status, const std::string& message, std::string_view rule, std::string place,
                std::string detail) {
  Decision decision;
  decision.reply = failed(status, message, caller.rate);
  decision.findings.push_back(finding(rule, std::move(place), std::move(detail)));
  return decision;
}

Decision no_fields(const Caller& caller) {
  return refuse(caller, 400, std::string(text::not_json), rule::body_not_json, "body", "");
}

void add(std::string& text, std::string_view sentence) {
  if (!text.empty()) text += ' ';
  text += sentence;
}

bool has(const ordered_json& fields, const char* name) { return fields.contains(name) && !fields[name].is_null(); }

// All that is wrong with a new deploy, in one text: "Missing 'environment' key. Missing 'revision' or 'head_long' key.
// 'environment' key must be a string." is on record. [snapshot: rollbar-cli; rollbar.js #956]
std::string faults_of(const ordered_json& fields) {
  std::string faults;
  if (!has(fields, "environment")) add(faults, "Missing 'environment' key.");
  if (!has(fields, "revision") && !has(fields, "head_long")) add(faults, "Missing 'revision' or 'head_long' key.");
  if (!has(fields, "environment") || !fields["environment"].is_string()) {
    add(faults, "'environment' key must be a string.");
  }
  for (const char* const name : {"revision", "head_long"}) {  // by analogy [guess]
    if (has(fields, name) && !fields[name].is_string()) add(faults, fmt::format("'{}' key must be a string.", name));
  }
  return faults;
}

// That the states are these is documented, the words of the refusal are not on record. [guess]
std::string fault_of_status(const std::string& status) {
  if (std::ranges::find(states, status) != states.end()) return {};
  return "'status' must be one of 'started', 'succeeded', 'failed', 'timed_out'.";
}

void note_too_long(Decision& decision, const ordered_json& fields, const char* name, std::size_t limit) {
  const std::size_t size = text_field(fields, name).size();
  if (size <= limit) return;
  decision.findings.push_back(
      finding(rule::item_too_long, name, fmt::format("{} bytes, at most {} are kept", size, limit)));
}

ordered_json or_null(const std::string& text) { return text.empty() ? ordered_json() : ordered_json(text); }

// The members in the order of the documentation. Users are not known here, so user_id is null. [docs: Get a deploy]
ordered_json to_json(const Deploy& deploy, std::string_view project) {
  return {{"environment", deploy.environment},
          {"revision", deploy.revision},
          {"local_username", or_null(deploy.local_username)},
          {"comment", or_null(deploy.comment)},
          {"status", deploy.status},
          {"id", deploy.id},
          {"project_id", project_id(project)},
          {"user_id", nullptr},
          {"start_time", deploy.start},
          {"finish_time", deploy.finish ? ordered_json(*deploy.finish) : ordered_json()}};
}

void note_query_token(Decision& decision, const Caller& caller) {
  if (caller.token_in_query) decision.findings.push_back(finding(rule::token_in_query, "query", ""));
}

Decision new_deploy(const State& state, const Caller& caller, const ordered_json& fields) {
  std::string status = text_field(fields, "status");
  if (status.empty()) status = "succeeded";
  std::string faults = faults_of(fields);
  if (const std::string fault = fault_of_status(status); !fault.empty()) add(faults, fault);
  if (!faults.empty()) return refuse(caller, 422, faults, rule::deploy_incomplete, "body", faults);

  Effect effect = counted(caller);
  auto& deploy = *effect.mutable_deploy();
  deploy.set_id(state.deploys.next_id());
  deploy.set_environment(text_field(fields, "environment"));
  const std::string revision = text_field(fields, "revision");
  deploy.set_revision(revision.empty() ? text_field(fields, "head_long") : revision);
  deploy.set_rollbar_username(text_field(fields, "rollbar_username"));
  deploy.set_local_username(text_field(fields, "local_username"));
  deploy.set_comment(text_field(fields, "comment"));
  deploy.set_status(status);

  Decision decision;
  // Neither `err` nor `result`: the one answer of its kind. [docs: Report a deploy] [code: github-deploy-action reads
  // .data.deploy_id]
  decision.reply = answered(200, {{"data", {{"deploy_id", deploy.id()}}}}, caller.rate);
  effect.SerializeToString(&decision.effect);
  note_too_long(decision, fields, "environment", 255);
  note_too_long(decision, fields, "revision", 255);
  note_too_long(decision, fields, "local_username", 255);
  note_too_long(decision, fields, "comment", 64 * 1024);
  return decision;
}

// The first of the members that holds a text; a step of a path is a member of an object.
std::string text_at(const ordered_json& fields, std::initializer_list<const char*> pointers) {
  for (const char* const pointer : pointers) {
    const ordered_json::json_pointer path(pointer);
    if (fields.contains(path) && fields[path].is_string()) return fields[path].get<std::string>();
  }
  return {};
}

}  // namespace

Decision create_deploy(const State& state, const Request& request, const Context& context) {
  const auto fields = read_fields(request);
  const auto caller = authorize(state, request, context, "post_server_item", named_in(fields));
  if (!caller) return caller.error();
  if (!fields) return no_fields(*caller);
  Decision decision = new_deploy(state, *caller, *fields);
  note_query_token(decision, *caller);
  return decision;
}

// Heroku's fields: of its deploy hooks a form with head_long, user and git_log, of its webhooks JSON about a release.
// [docs: Heroku Dev Center] That they mean a deploy's is a guess, and so is the answer.
Decision heroku_release(const State& state, const Request& request, const Context& context) {
  const auto sent = read_fields(request);
  const auto caller = authorize(state, request, context, "post_server_item");
  if (!caller) return caller.error();
  if (!sent) return no_fields(*caller);
  const std::string environment(parameter(parse_query(request.query()), "environment"));
  const std::string revision = text_at(*sent, {"/head_long", "/head", "/data/slug/commit"});
  ordered_json fields = {{"local_username", text_at(*sent, {"/user", "/data/user/email", "/actor/email"})},
                         {"comment", text_at(*sent, {"/git_log", "/data/description"})}};
  if (!environment.empty()) fields["environment"] = environment;
  if (!revision.empty()) fields["revision"] = revision;
  return new_deploy(state, *caller, fields);
}

Decision update_deploy(const State& state, const Request& request, const Context& context, std::string_view id) {
  const auto fields = read_fields(request);
  const auto caller = authorize(state, request, context, "post_server_item", named_in(fields));
  if (!caller) return caller.error();
  if (!fields) return no_fields(*caller);
  const Deploy* const deploy = state.deploys.find(caller->project, to_number(id).value_or(0));
  if (deploy == nullptr) {
    Decision decision;
    decision.reply = not_found();
    decision.findings.push_back(finding(rule::deploy_unknown, std::string(request.path()), std::string(id)));
    return decision;
  }
  // It is required; the words are those of a new deploy. [docs: Update a deploy] [guess]
  const std::string status = text_field(*fields, "status");
  const std::string fault = status.empty() ? "Missing 'status' key." : fault_of_status(status);
  if (!fault.empty()) return refuse(*caller, 422, fault, rule::deploy_incomplete, "status", fault);
  Deploy now = deploy->at(second_of(context.moment));
  if (now.status != "started") {
    // [docs: Update a deploy] [snapshot: rollbar-gem #857]
    return refuse(*caller, 409, "The deploy can not be updated because its status is not started.", rule::deploy_over,
                  std::string(request.path()), now.status);
  }

  Effect effect = counted(*caller);
  auto& update = *effect.mutable_deploy_update();
  update.set_id(now.id);
  update.set_status(status);
  if (has(*fields, "comment")) update.set_comment(text_field(*fields, "comment"));
  now.status = status;
  if (update.has_comment()) now.comment = update.comment();
  if (status != "started") now.finish = second_of(context.moment);
  Decision decision;
  decision.reply = succeeded(to_json(now, caller->project), caller->rate, false);
  effect.SerializeToString(&decision.effect);
  note_query_token(decision, *caller);
  return decision;
}

Decision get_deploy(const State& state, const Request& request, const Context& context, std::string_view id) {
  const auto caller = authorize(state, request, context, "read");
  if (!caller) return caller.error();
  const Deploy* const deploy = state.deploys.find(caller->project, to_number(id).value_or(0));
  Decision decision;
  decision.read = true;
  decision.reply = deploy == nullptr
                       ? not_found()
                       : succeeded(to_json(deploy->at(second_of(context.moment)), caller->project), caller->rate);
  note_query_token(decision, *caller);
  return decision;
}

Decision list_deploys(const State& state, const Request& request, const Context& context) {
  const auto caller = authorize(state, request, context, "read");
  if (!caller) return caller.error();
  const Parameters parameters = parse_query(request.query());
  const std::uint64_t page = page_of(parameters);
  const std::size_t limit = limit_of(parameters, deploys_a_page, most_deploys_a_page);
  const std::span<const Deploy> all = state.deploys.of(caller->project);
  ordered_json deploys = ordered_json::array();
  for (const std::size_t i : page_indexes(all.size(), page, limit)) {
    deploys.push_back(to_json(all[all.size() - 1 - i].at(second_of(context.moment)), caller->project));
  }
  Decision decision;
  decision.read = true;
  decision.reply = succeeded({{"page", page}, {"deploys", std::move(deploys)}}, caller->rate);
  note_query_token(decision, *caller);
  return decision;
}

}  // namespace understudy::rollbar
