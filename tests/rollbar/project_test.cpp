// Projects and their access tokens, and what an account's token may do.
#include <gmock/gmock.h>

#include "tests/rollbar/account_calls.h"

namespace understudy::rollbar {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const nlohmann::json accounts = {
    {"tokens",
     {{{"access_token", account_token}, {"account", true}, {"scopes", {"read", "write"}}},
      {{"access_token", "one"}, {"project", "Cruddur"}, {"scopes", {"read", "write"}}},
      {{"access_token", "server"}, {"project", "Cruddur"}, {"scopes", {"post_server_item"}}, {"name", "backend"}},
      {{"access_token", "other"}, {"project", "onboarding"}, {"scopes", {"read", "post_server_item"}}}}}};

template <typename Json>
std::vector<std::string> names_of(const Json& list) {
  std::vector<std::string> names;
  for (const auto& one : list) names.push_back(one["name"]);
  return names;
}

TEST(RollbarProjects, AreListedMadeAndDeleted) {
  Door door;
  door.accounts(accounts);
  EXPECT_THAT(names_of(result_of(door.send(call("GET", "projects")))), ElementsAre("Cruddur", "onboarding"));
  const auto made = result_of(door.send(call("POST", "projects", {{"name", "new"}})));
  EXPECT_THAT(members_of(made),
              ElementsAre("id", "account_id", "name", "status", "date_created", "date_modified", "settings_data"));
  EXPECT_EQ(made["status"], "enabled");
  EXPECT_EQ(made["date_created"], 1'795'222'506);
  const std::string id = made["id"].dump();
  EXPECT_EQ(result_of(door.send(call("GET", "project/" + id))), made);
  EXPECT_THAT(names_of(result_of(door.send(call("GET", "projects")))), ElementsAre("Cruddur", "onboarding", "new"));
  EXPECT_EQ(door.send(call("DELETE", "project/" + id)).reply.body, "{\n  \"err\": 0\n}");
  const auto& gone = door.send(call("GET", "project/" + id));
  EXPECT_EQ(gone.reply.status, 404);
  EXPECT_EQ(message_of(gone), "Project not found in this account.");
  door.expect_repeatable();
}

TEST(RollbarProjects, AnEmptyListOfTokensIsThirtyBytes) {
  Door door;
  door.accounts({{"tokens", {{{"access_token", account_token}, {"account", true}, {"scopes", {"read"}}}}}});
  EXPECT_THAT(door.send(call("GET", "projects")).reply.body, SizeIs(30));
}

TEST(RollbarProjects, AllStandOnTheFirstPage) {
  Door door;
  door.accounts(accounts);
  const std::string id = result_of(door.send(call("GET", "projects?page=1")))[0]["id"].dump();
  EXPECT_THAT(result_of(door.send(call("GET", "projects?page=2"))), IsEmpty());
  EXPECT_THAT(result_of(door.send(call("GET", "project/" + id + "/access_tokens?page=1"))), SizeIs(2));
  EXPECT_THAT(result_of(door.send(call("GET", "project/" + id + "/access_tokens?page=2"))), IsEmpty());
}

TEST(RollbarProjects, ANewOneHasFourTokensThatWork) {
  Door door;
  door.accounts(accounts);
  const std::string id = result_of(door.send(call("POST", "projects", {{"name", "new"}})))["id"].dump();
  const auto tokens = result_of(door.send(call("GET", "project/" + id + "/access_tokens")));
  std::map<std::string, std::string> by_name;
  for (const auto& one : tokens) by_name[one["name"]] = one["access_token"];
  EXPECT_THAT(members_of(tokens[0]),
              ElementsAre("access_token", "project_id", "name", "scopes", "status", "rate_limit_window_size",
                          "rate_limit_window_count", "cur_rate_limit_window_start", "cur_rate_limit_window_count",
                          "date_created", "date_modified"));
  ASSERT_THAT(by_name, SizeIs(4));
  const auto post = [&](const std::string& access_token) {
    return door.send(with_headers("X-Rollbar-Access-Token: " + access_token + "\r\n")).reply.status;
  };
  EXPECT_EQ(post(by_name["post_server_item"]), 200);
  EXPECT_EQ(post(by_name["read"]), 403);
  EXPECT_THAT(result_of(door.send(call("GET", "items", {}, by_name["read"])))["items"], SizeIs(1));
  EXPECT_THAT(result_of(door.send(call("GET", "items", {}, "one")))["items"], IsEmpty());
  // With the project its tokens are gone, also where any token would do.
  door.send(call("DELETE", "project/" + id));
  EXPECT_EQ(post(by_name["post_server_item"]), 403);
  door.accounts({{"tokens", nlohmann::json::array()}});
  EXPECT_EQ(post(by_name["post_server_item"]), 403);
  EXPECT_EQ(post("any"), 200);
}

TEST(RollbarProjects, TokensAreMadeChangedAndDeleted) {
  Door door;
  door.accounts(accounts);
  const std::string id = result_of(door.send(call("GET", "projects")))[0]["id"].dump();
  const std::string path = "project/" + id + "/access_tokens";
  EXPECT_THAT(names_of(result_of(door.send(call("GET", path)))), ElementsAre("read", "backend"));
  const auto made = result_of(door.send(call("POST", path,
                                             {{"name", "limited"},
                                              {"scopes", {"post_server_item"}},
                                              {"rate_limit_window_size", 60},
                                              {"rate_limit_window_count", 1}})));
  const std::string text = made["access_token"];
  EXPECT_THAT(text, SizeIs(32));
  EXPECT_EQ(made["cur_rate_limit_window_count"], nullptr);
  const std::string one = "project/" + id + "/access_token/" + text;
  const Sent sent = with_headers("X-Rollbar-Access-Token: " + text + "\r\n");
  door.settings({{"rate_quota", "enforce"}});
  EXPECT_EQ(door.send(sent).reply.status, 200);
  EXPECT_EQ(door.send(sent).reply.status, 429);
  EXPECT_EQ(result_of(door.send(call("GET", one)))["cur_rate_limit_window_count"], 1);
  EXPECT_EQ(result_of(door.send(call("PATCH", one, {{"rate_limit_window_count", 5}})))["rate_limit_window_count"], 5);
  EXPECT_EQ(door.send(sent).reply.status, 200);
  EXPECT_EQ(result_of(door.send(call("PATCH", one, {{"status", "disabled"}})))["status"], "disabled");
  EXPECT_EQ(door.send(sent).reply.status, 403);
  const auto& deleted = door.send(call("DELETE", one));
  EXPECT_EQ(deleted.reply.body, "{\n  \"err\": 0,\n  \"result\": \"Access token has been deleted.\"\n}");
  EXPECT_EQ(door.send(call("GET", one)).reply.status, 404);
  // One of the accounts is changed and deleted like any other.
  EXPECT_EQ(door.send(call("DELETE", "project/" + id + "/access_token/server")).reply.status, 200);
  EXPECT_EQ(door.send(with_headers("X-Rollbar-Access-Token: server\r\n")).reply.status, 403);
  door.expect_repeatable();
}

TEST(RollbarProjects, ATokenThatIsChangedStillExpires) {
  Door door;
  door.accounts({{"tokens",
                  {{{"access_token", account_token}, {"account", true}, {"scopes", {"read", "write"}}},
                   {{"access_token", "short"},
                    {"project", "Cruddur"},
                    {"scopes", {"post_server_item"}},
                    {"expires", 1'795'222'600}}}}});
  const std::string id = result_of(door.send(call("GET", "projects")))[0]["id"].dump();
  door.send(call("PATCH", "project/" + id + "/access_token/short", {{"name", "renamed"}}));
  const Sent sent = with_headers("X-Rollbar-Access-Token: short\r\n");
  EXPECT_EQ(door.send(sent).reply.status, 200);
  door.now.vendor_ns += 100'000'000'000;
  EXPECT_EQ(door.send(sent).reply.status, 403);
  door.expect_repeatable();
}

TEST(RollbarProjects, ATokenThatIsNotThereIsNotDeletedAndStillTwoHundred) {
  Door door;
  const std::string id = door.get("projects")[0]["id"].dump();
  const auto& decision = door.send(call("DELETE", "project/" + id + "/access_token/none"));
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_EQ(decision.reply.body,
            "{\n  \"err\": 1,\n  \"result\": \"Invalid project access token\",\n  \"status_code\": 400\n}");
  EXPECT_THAT(ids(decision), ElementsAre("rollbar.project.refused"));
  EXPECT_TRUE(decision.effect.empty());
}

TEST(RollbarProjects, WhatHasNoSense) {
  Door door;
  const std::string id = door.get("projects")[0]["id"].dump();
  const std::string tokens = "project/" + id + "/access_tokens";
  struct {
    Sent sent;
    int status;
    std::string message;
  } const table[] = {
      {call("GET", "project/abc"), 400, "Invalid or missing project id"},
      {call("DELETE", "project/5"), 404, "Project not found in this account."},
      {call("POST", "projects", {{"name", ""}}), 422, "name should be"},
      {call("POST", "projects", {{"name", std::string(33, 'x')}}), 422, "name should be"},
      {call("POST", "projects", {{"name", "test"}}), 422, "already exists"},
      {call("POST", tokens, {{"name", "a"}}), 422, "scopes should be"},
      {call("POST", tokens, {{"name", "a"}, {"scopes", {"all"}}}), 422, "scopes should be"},
      {call("POST", tokens, {{"name", "a"}, {"scopes", {"read", "post_server_item"}}}), 422, "do not go together"},
      {call("POST", tokens, {{"scopes", {"read"}}}), 422, "name should be"},
      {call("POST", tokens, {{"name", "a"}, {"scopes", {"read"}}, {"rate_limit_window_size", 61}}), 422, "one of"},
      {call("POST", tokens, {{"name", "a"}, {"scopes", {"read"}}, {"rate_limit_window_count", "x"}}), 422, "integer"},
      {call("POST", tokens, {{"name", "a"}, {"scopes", {"read"}}, {"status", "off"}}), 422, "enabled or disabled"},
      {{.method = "POST", .target = "/api/1/projects", .body = "{"}, 400, "Invalid JSON"},
  };
  for (const auto& row : table) {
    const auto& decision = door.send(row.sent);
    EXPECT_EQ(decision.reply.status, row.status) << row.sent.target << row.sent.body;
    EXPECT_THAT(message_of(decision), HasSubstr(row.message)) << row.sent.body;
    EXPECT_THAT(ids(decision), ElementsAre("rollbar.project.refused")) << row.sent.body;
    EXPECT_TRUE(decision.effect.empty());
  }
}

TEST(RollbarProjects, AProjectsTokenIsRefused) {
  Door door;
  door.accounts(accounts);
  for (const std::string path : {"projects", "project/5", "project/5/access_tokens"}) {
    const auto& decision = door.send(call("GET", path, {}, "one"));
    EXPECT_EQ(decision.reply.status, 403) << path;
    EXPECT_THAT(ids(decision), ElementsAre("rollbar.token.scope"));
  }
  // The token that a path is about is told to nobody.
  const auto& about = door.send(call("GET", "project/5/access_token/0123456789abcdef0123456789abcdef", {}, "one"));
  ASSERT_THAT(ids(about), ElementsAre("rollbar.token.scope"));
  EXPECT_THAT(about.findings[0].detail, HasSubstr("/access_token/0123\u2026(32 characters)"));
  EXPECT_EQ(door.send(call("GET", "projects", {}, "none")).reply.status, 401);
}

TEST(RollbarProjects, AnAccountsTokenNamesTheProjectThatItIsAbout) {
  Door door;
  door.accounts(accounts);
  door.send(with_headers("X-Rollbar-Access-Token: server\r\n"));
  door.send(with_headers("X-Rollbar-Access-Token: other\r\n"));
  const auto projects = result_of(door.send(call("GET", "projects")));
  const std::string id = projects[0]["id"].dump();
  for (const std::string& query : {"items/?project_ids=" + id, "items?project_id=" + id}) {
    const auto items = result_of(door.send(call("GET", query)))["items"];
    ASSERT_THAT(items, SizeIs(1)) << query;
    EXPECT_EQ(items[0]["project_id"], projects[0]["id"]);
  }
  const std::string item = result_of(door.send(call("GET", "item?counter=1&project_id=" + id)))["id"].dump();
  const auto changed =
      result_of(door.send(call("PATCH", "item/" + item, {{"status", "muted"}, {"project_id", projects[0]["id"]}})));
  EXPECT_EQ(changed, (nlohmann::ordered_json{{"status", "muted"}}));
  EXPECT_EQ(result_of(door.send(call("GET", "item/" + item, {}, "one")))["status"], "muted");
  for (const std::string query : {"items", "items?project_id=5", "items?project_id=x"}) {
    const auto& refused = door.send(call("GET", query));
    EXPECT_EQ(refused.reply.status, 400) << query;
    EXPECT_EQ(message_of(refused), "Invalid or missing project id");
    EXPECT_THAT(ids(refused), ElementsAre("rollbar.project.refused"));
  }
  // A project's token is about its own, whatever else is said.
  EXPECT_THAT(result_of(door.send(call("GET", "items?project_id=" + id, {}, "other")))["items"][0]["project_id"],
              projects[1]["id"]);
  door.expect_repeatable();
}

}  // namespace
}  // namespace understudy::rollbar
