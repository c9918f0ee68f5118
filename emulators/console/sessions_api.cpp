// Sessions and their health.
#include <fmt/format.h>

#include "base/near_miss.h"
#include "base/version.h"
#include "console/routes.h"

namespace understudy::console {

using nlohmann::json;
using nlohmann::ordered_json;

namespace {

ordered_json session_json(House& house, const session::Session& session, bool fast_flush) {
  const session::Ports ports = house.sessions.ports_of(session);
  ordered_json json = {{"name", session.name()},
                       {"entries", session.journal().size()},
                       {"bytes", session.journal().bytes()},
                       {"start", session.start()}};
  for (const char* member : {"ports", "urls", "environment"}) json[member] = ordered_json::object();
  for (const auto& [door, port] : ports) json["ports"][door] = port;
  for (const auto& [door, url] : house.sessions.urls(ports)) json["urls"][door] = url;
  for (const auto& [name, value] : house.sessions.environment(ports, fast_flush)) json["environment"][name] = value;
  return json;
}

void check_members(const json& body) {
  constexpr std::string_view members[] = {"name", "ports", "seed", "credentials", "accounts", "settings"};
  for (const auto& [name, value] : body.items()) {
    if (std::find(std::begin(members), std::end(members), name) != std::end(members)) continue;
    const std::string_view near = nearest_name(name, members);
    throw Refused{
        400,
        {fmt::format("unknown member \"{}\"", name),
         near.empty() ? fmt::format("a session has {}", fmt::join(members, ", ")) : fmt::format("write \"{}\"", near)}};
  }
}

session::NewSession new_session(const json& body) {
  check_members(body);
  session::NewSession wanted;
  if (!body.contains("name") || !body["name"].is_string()) {
    throw Refused{400, {"\"name\" must be a string", R"(write {"name": "mine", "ports": "auto"})"}};
  }
  wanted.name = body["name"].get<std::string>();
  if (body.contains("ports") && !body["ports"].is_null()) {
    if (body["ports"] != "auto") {
      throw Refused{400, {"\"ports\" must be \"auto\" or null", "null is the shared ports"}};
    }
    wanted.own_ports = true;
  }
  if (body.contains("seed") && !body["seed"].is_null()) {
    if (!is_whole_number(body["seed"])) throw Refused{400, {"\"seed\" must be a whole number from 0 on", ""}};
    wanted.seed = body["seed"].get<std::uint64_t>();
  }
  if (!body.contains("credentials")) return wanted;
  const bool texts = body["credentials"].is_array() &&
                     std::all_of(body["credentials"].begin(), body["credentials"].end(), [](const json& one) {
                       return one.is_string() && !one.get_ref<const std::string&>().empty();
                     });
  if (!texts) {
    throw Refused{
        400, {"\"credentials\" must be a list of strings", "keys and tokens that choose the session on shared ports"}};
  }
  wanted.credentials = body["credentials"].get<std::vector<std::string>>();
  return wanted;
}

void tell(const session::Session::Done& done, std::string_view member) {
  if (!done)
    throw Refused{400, {fmt::format("{}: {}", member, done.error()), "as for PUT /v1/accounts and /v1/settings"}};
}

}  // namespace

void health(Call& call) {
  const std::vector<std::string> troubles = call.session->troubles();
  call.reply(troubles.empty() ? 200 : 503, {{"status", troubles.empty() ? "green" : "red"},
                                            {"version", version},
                                            {"session", call.session->name()},
                                            {"entries", call.session->journal().size()},
                                            {"bytes", call.session->journal().bytes()},
                                            {"reasons", troubles}});
}

void list_sessions(Call& call) {
  ordered_json list = ordered_json::array();
  for (const auto& session : call.house.sessions.all()) {
    list.push_back(session_json(call.house, *session, call.flag("fast_flush")));
  }
  call.reply(200, {{"sessions", list}});
}

void create_session(Call& call) {
  const session::NewSession wanted = new_session(call.body);
  if (call.house.sessions.find(wanted.name) != nullptr) {
    throw Refused{409,
                  {fmt::format("a session \"{}\" exists already", wanted.name),
                   fmt::format("use another name, or DELETE /v1/sessions/{} first", wanted.name)}};
  }
  const auto created = call.house.sessions.create(wanted, {});
  if (!created) throw Refused{400, {created.error(), ""}};
  try {
    if (call.body.contains("accounts")) tell((*created)->set_accounts(call.body["accounts"]), "accounts");
    if (call.body.contains("settings")) tell((*created)->set_settings(call.body["settings"]), "settings");
  } catch (const Refused&) {
    (void)call.house.sessions.remove(wanted.name);
    throw;
  }
  call.reply(201, session_json(call.house, **created, false));
}

void delete_session(Call& call) {
  const std::string& name = call.path[0];
  if (call.house.sessions.find(name) == nullptr) {
    throw Refused{404, {fmt::format("no session is named \"{}\"", name), "see GET /v1/sessions"}};
  }
  if (auto removed = call.house.sessions.remove(name); !removed) throw Refused{409, {removed.error(), ""}};
  call.reply(200, {{"name", name}});
}

void reset(Call& call) {
  const auto done = call.session->reset();
  if (!done) throw Refused{503, {done.error(), "see /v1/health"}};
  call.reply(200, {{"entry", *done}});
}

}  // namespace understudy::console
