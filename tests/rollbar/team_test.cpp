// Teams, users and invites, as an account's token administers them.
#include <gmock/gmock.h>

#include "tests/rollbar/account_calls.h"

namespace understudy::rollbar {
namespace {

using nlohmann::ordered_json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view done = "{\n  \"err\": 0\n}";

const nlohmann::json accounts = {{"tokens",
                                  {{{"access_token", account_token}, {"account", true}, {"scopes", {"read", "write"}}},
                                   {{"access_token", "reader"}, {"account", true}, {"scopes", {"read"}}},
                                   {{"access_token", "one"}, {"project", "Cruddur"}, {"scopes", {"read", "write"}}},
                                   {{"access_token", "other"}, {"project", "onboarding"}, {"scopes", {"read"}}}}},
                                 {"users",
                                  {{{"id", 238'101}, {"username", "andrew"}, {"email", "andrew@example.com"}},
                                   {{"username", "bayko"}, {"email", "bayko@example.com"}}}}};

constexpr std::string_view owner = "238101";
constexpr std::string_view second_user = "2";  // without an id: its place in the list

// A house with a team of its own.
struct House {
  House() {
    door.accounts(accounts);
    team = made_team("backend");
    const auto projects = result_of(door.send(call("GET", "projects")));
    project = projects[0]["id"].dump();
    other_project = projects[1]["id"].dump();
  }

  std::string made_team(const std::string& name) {
    return result_of(door.send(call("POST", "teams", {{"name", name}, {"access_level", "light"}})))["id"].dump();
  }
  ordered_json get(const std::string& path) { return result_of(door.send(call("GET", path))); }
  void put(const std::string& path) { EXPECT_EQ(door.send(call("PUT", path)).reply.status, 200) << path; }

  Door door;
  std::string team, project, other_project;
};

std::vector<std::string> values_of(const ordered_json& list, const char* member) {
  std::vector<std::string> found;
  for (const auto& one : list)
    found.push_back(one[member].is_string() ? one[member].get<std::string>() : one[member].dump());
  return found;
}

TEST(RollbarTeams, AreListedMadeAndDeleted) {
  Door door;
  door.accounts(accounts);
  const auto first = result_of(door.send(call("GET", "teams")));
  EXPECT_THAT(values_of(first, "name"), ElementsAre("Everyone", "Owners"));
  EXPECT_THAT(values_of(first, "access_level"), ElementsAre("everyone", "owner"));
  const auto made = result_of(door.send(call("POST", "teams", {{"name", "backend"}, {"access_level", "view"}})));
  EXPECT_THAT(members_of(made), ElementsAre("id", "account_id", "name", "access_level"));
  EXPECT_EQ(made["name"], "backend");
  EXPECT_EQ(made["access_level"], "view");
  const std::string id = made["id"].dump();
  EXPECT_EQ(result_of(door.send(call("GET", "team/" + id))), made);
  EXPECT_THAT(values_of(result_of(door.send(call("GET", "teams"))), "name"),
              ElementsAre("Everyone", "Owners", "backend"));
  EXPECT_EQ(result_of(door.send(call("GET", "teams?exclude_builtin_teams=true"))), ordered_json::array({made}));
  EXPECT_EQ(result_of(door.send(call("POST", "teams", {{"name", "plain"}})))["access_level"], "standard");
  EXPECT_EQ(door.send(call("DELETE", "team/" + id)).reply.body, done);
  const auto& gone = door.send(call("GET", "team/" + id));
  EXPECT_EQ(gone.reply.status, 404);
  EXPECT_EQ(message_of(gone), "Team not found in this account.");
  EXPECT_THAT(ids(gone), ElementsAre("rollbar.team.refused"));
  EXPECT_TRUE(gone.effect.empty());
  door.expect_repeatable();
}

TEST(RollbarTeams, AnIdIsNotHandedOutAgain) {
  House house;
  house.door.send(call("DELETE", "team/" + house.team));
  EXPECT_NE(house.made_team("next"), house.team);
}

TEST(RollbarTeams, HaveProjects) {
  House house;
  const std::string path = "team/" + house.team + "/project/" + house.project;
  const auto& no = house.door.send(call("GET", path));
  EXPECT_EQ(no.reply.status, 404);
  EXPECT_THAT(ids(no), IsEmpty());
  const auto put = result_of(house.door.send(call("PUT", path)));
  EXPECT_THAT(members_of(put), ElementsAre("team_id", "project_id"));
  EXPECT_EQ(put["team_id"].dump(), house.team);
  EXPECT_EQ(put["project_id"].dump(), house.project);
  house.put(path);  // once more changes nothing
  EXPECT_EQ(house.get(path), put);
  EXPECT_EQ(house.get("team/" + house.team + "/projects"), ordered_json::array({put}));
  EXPECT_EQ(house.get("project/" + house.project + "/teams"), ordered_json::array({put}));
  EXPECT_THAT(house.get("project/" + house.other_project + "/teams"), IsEmpty());
  EXPECT_EQ(house.door.send(call("DELETE", path)).reply.body, done);
  EXPECT_THAT(house.get("team/" + house.team + "/projects"), IsEmpty());
  EXPECT_EQ(house.door.send(call("DELETE", path)).reply.status, 404);
  house.door.expect_repeatable();
}

TEST(RollbarTeams, BuiltInOnesAreLeftOutOfAProjectsWhereThatIsAsked) {
  House house;
  const std::string everyone = house.get("teams")[0]["id"].dump();
  house.put("team/" + everyone + "/project/" + house.project);
  house.put("team/" + house.team + "/project/" + house.project);
  EXPECT_THAT(values_of(house.get("project/" + house.project + "/teams"), "team_id"),
              ElementsAre(everyone, house.team));
  EXPECT_THAT(values_of(house.get("project/" + house.project + "/teams?exclude_builtin_teams=true"), "team_id"),
              ElementsAre(house.team));
}

TEST(RollbarTeams, HaveUsers) {
  House house;
  const std::string path = "team/" + house.team + "/user/" + std::string(second_user);
  const auto& no = house.door.send(call("GET", path));
  EXPECT_EQ(no.reply.status, 404);
  EXPECT_EQ(message_of(no), "User is not on this Team.");
  EXPECT_THAT(ids(no), IsEmpty());
  const auto put = result_of(house.door.send(call("PUT", path)));
  EXPECT_THAT(members_of(put), ElementsAre("team_id", "user_id"));
  EXPECT_EQ(put["team_id"].dump(), house.team);
  EXPECT_EQ(put["user_id"].dump(), second_user);
  EXPECT_EQ(house.get(path), put);
  EXPECT_EQ(house.get("team/" + house.team + "/users"), ordered_json::array({put}));
  EXPECT_EQ(house.door.send(call("DELETE", path)).reply.body, done);
  EXPECT_THAT(house.get("team/" + house.team + "/users"), IsEmpty());
  EXPECT_EQ(house.door.send(call("DELETE", path)).reply.status, 404);
  house.door.expect_repeatable();
}

TEST(RollbarTeams, OnEveryoneIsEveryoneAndOnOwnersTheFirst) {
  House house;
  const auto teams = house.get("teams");
  const std::string everyone = "team/" + teams[0]["id"].dump(), owners = "team/" + teams[1]["id"].dump();
  EXPECT_THAT(values_of(house.get(everyone + "/users"), "user_id"), ElementsAre(owner, second_user));
  EXPECT_THAT(values_of(house.get(owners + "/users"), "user_id"), ElementsAre(owner));
  house.put(owners + "/user/" + std::string(second_user));
  EXPECT_THAT(values_of(house.get(owners + "/users"), "user_id"), ElementsAre(owner, second_user));
  EXPECT_EQ(house.door.send(call("DELETE", owners + "/user/" + std::string(second_user))).reply.body, done);
  for (const std::string& path :
       {everyone + "/user/" + std::string(second_user), owners + "/user/" + std::string(owner), everyone, owners}) {
    const auto& refused = house.door.send(call("DELETE", path));
    EXPECT_EQ(refused.reply.status, 422) << path;
    EXPECT_THAT(ids(refused), ElementsAre("rollbar.team.refused")) << path;
  }
}

TEST(RollbarTeams, TakeAllWithThemAndSoDoProjects) {
  House house;
  const std::string second_team = house.made_team("frontend");
  for (const std::string& team : {house.team, second_team}) {
    house.put("team/" + team + "/project/" + house.project);
    house.put("team/" + team + "/project/" + house.other_project);
    house.put("team/" + team + "/user/" + std::string(owner));
    house.door.send(call("POST", "team/" + team + "/invites", {{"email", "new@example.com"}}));
  }
  house.door.send(call("DELETE", "team/" + house.team));
  EXPECT_THAT(values_of(house.get("project/" + house.project + "/teams"), "team_id"), ElementsAre(second_team));
  EXPECT_THAT(values_of(house.get("user/" + std::string(owner) + "/teams?exclude_builtin_teams=true")["teams"], "name"),
              ElementsAre("frontend"));
  EXPECT_THAT(values_of(house.get("invites"), "team_id"), ElementsAre(second_team));
  house.door.send(call("DELETE", "project/" + house.project));
  EXPECT_THAT(values_of(house.get("team/" + second_team + "/projects"), "project_id"),
              ElementsAre(house.other_project));
  // A project of the same name is a new one.
  house.door.send(call("POST", "projects", {{"name", "Cruddur"}}));
  EXPECT_THAT(house.get("project/" + house.project + "/teams"), IsEmpty());
  house.door.expect_repeatable();
}

TEST(RollbarUsers, AreThoseOfTheAccounts) {
  House house;
  const auto result = house.get("users");
  EXPECT_THAT(members_of(result), ElementsAre("users"));
  const auto& users = result["users"];
  EXPECT_THAT(values_of(users, "id"), ElementsAre(owner, second_user));
  EXPECT_THAT(members_of(users[0]), ElementsAre("id", "username", "email"));
  const auto user = house.get("user/" + std::string(owner));
  EXPECT_THAT(members_of(user), ElementsAre("id", "username", "email", "email_enabled"));
  EXPECT_EQ(user["username"], "andrew");
  EXPECT_EQ(user["email"], "andrew@example.com");
  EXPECT_EQ(user["email_enabled"], 1);
  house.door.expect_repeatable();
}

TEST(RollbarUsers, ThereIsOneWithoutAccounts) {
  Door door;
  EXPECT_THAT(values_of(door.get("users")["users"], "id"), ElementsAre("1"));
  door.accounts({{"tokens", nlohmann::json::array()}});
  EXPECT_THAT(values_of(door.get("users")["users"], "username"), ElementsAre("test"));
}

TEST(RollbarUsers, TheirTeamsAndProjects) {
  House house;
  const std::string user = "user/" + std::string(second_user);
  EXPECT_THAT(values_of(house.get(user + "/teams")["teams"], "name"), ElementsAre("Everyone"));
  EXPECT_THAT(house.get(user + "/projects")["projects"], IsEmpty());
  house.put("team/" + house.team + "/user/" + std::string(second_user));
  house.put("team/" + house.team + "/project/" + house.project);
  const auto teams = house.get(user + "/teams");
  EXPECT_THAT(members_of(teams), ElementsAre("teams"));
  EXPECT_THAT(values_of(teams["teams"], "name"), ElementsAre("Everyone", "backend"));
  EXPECT_EQ(house.get(user + "/teams?exclude_builtin_teams=true")["teams"],
            ordered_json::array({house.get("team/" + house.team)}));
  const auto projects = house.get(user + "/projects")["projects"];
  ASSERT_THAT(projects, SizeIs(1));
  EXPECT_THAT(members_of(projects[0]), ElementsAre("id", "account_id", "status", "slug"));
  EXPECT_EQ(projects[0]["id"].dump(), house.project);
  EXPECT_EQ(projects[0]["status"], "enabled");
  EXPECT_EQ(projects[0]["slug"], "Cruddur");
  EXPECT_THAT(house.get("user/" + std::string(owner) + "/projects")["projects"], IsEmpty());
}

TEST(RollbarUsers, WhatIsWrongWithThemIsToldOfTheAccounts) {
  const auto vendor = make_vendor();
  const std::pair<std::string, std::string> table[] = {
      {R"({})", "users: a list of at least one user is wanted"},
      {R"([])", "users: a list of at least one user is wanted"},
      {R"([1])", "users[0]: an object is wanted"},
      {R"([{"username":"a"}])", "users[0]: email is missing"},
      {R"([{"email":"a"}])", "users[0]: username is missing"},
      {R"([{"username":"a","email":5}])", "users[0].email: a string that is not empty is wanted"},
      {R"([{"username":"","email":"a"}])", "users[0].username: a string that is not empty is wanted"},
      {R"([{"id":0,"username":"a","email":"a"}])", "users[0].id: a whole number above 0 is wanted"},
      {R"([{"id":"1","username":"a","email":"a"}])", "users[0].id: a whole number above 0 is wanted"},
      {R"([{"name":"a"}])", "users[0].name: no such member; they are id, username, email"},
      {R"([{"username":"a","email":"a"},{"id":1,"username":"b","email":"b"}])",
       "users[1]: this id stands in the list twice"},
      {R"([{"username":"a","email":"a"},{"username":"a","email":"b"}])",
       "users[1]: this username stands in the list twice"},
      {R"([{"username":"a","email":"a"},{"username":"b","email":"a"}])",
       "users[1]: this email stands in the list twice"},
  };
  for (const auto& [users, error] : table) {
    nlohmann::json value = {{"tokens", nlohmann::json::array()}};
    value["users"] = nlohmann::json::parse(users);
    const auto checked = vendor->check_accounts(value);
    ASSERT_FALSE(checked.has_value()) << users;
    EXPECT_EQ(checked.error(), error) << users;
  }
  EXPECT_FALSE(vendor->check_accounts({{"users", {{{"username", "a"}, {"email", "a"}}}}}).has_value());
}

TEST(RollbarInvites, AreMadeListedAndCanceled) {
  House house;
  const std::string path = "team/" + house.team + "/invites";
  const auto made = result_of(house.door.send(call("POST", path, {{"email", "new@example.com"}})));
  EXPECT_THAT(members_of(made),
              ElementsAre("id", "from_user_id", "team_id", "to_email", "status", "date_created", "date_redeemed"));
  EXPECT_EQ(made["from_user_id"].dump(), owner);
  EXPECT_EQ(made["team_id"].dump(), house.team);
  EXPECT_EQ(made["to_email"], "new@example.com");
  EXPECT_EQ(made["status"], "pending");
  EXPECT_EQ(made["date_created"], 1'795'222'506);
  EXPECT_EQ(made["date_redeemed"], nullptr);
  house.door.send(call("POST", "team/" + house.made_team("frontend") + "/invites", {{"email", "bayko@example.com"}}));
  const std::string one = "invite/" + made["id"].dump();
  EXPECT_EQ(house.get(one), made);
  EXPECT_EQ(house.get(path), ordered_json::array({made}));
  EXPECT_THAT(values_of(house.get("invites"), "to_email"), ElementsAre("new@example.com", "bayko@example.com"));
  EXPECT_EQ(house.door.send(call("DELETE", one)).reply.body, done);
  EXPECT_EQ(house.get(one)["status"], "canceled");
  EXPECT_THAT(values_of(house.get("invites"), "status"), ElementsAre("canceled", "pending"));
  const auto& again = house.door.send(call("DELETE", one));
  EXPECT_EQ(again.reply.status, 422);
  EXPECT_EQ(message_of(again), "Invite already cancelled");
  EXPECT_THAT(ids(again), ElementsAre("rollbar.team.refused"));
  house.door.expect_repeatable();
}

TEST(RollbarTeams, AllStandOnTheFirstPage) {
  House house;
  house.put("team/" + house.team + "/user/" + std::string(owner));
  house.put("team/" + house.team + "/project/" + house.project);
  house.door.send(call("POST", "team/" + house.team + "/invites", {{"email", "new@example.com"}}));
  const std::string team = "team/" + house.team, user = "user/" + std::string(owner);
  for (const std::string& path : {std::string("teams"), std::string("invites"), team + "/projects", team + "/users",
                                  team + "/invites", "project/" + house.project + "/teams"}) {
    EXPECT_FALSE(house.get(path + "?page=1").empty()) << path;
    EXPECT_EQ(house.get(path + "?page=2"), ordered_json::array()) << path;
  }
  for (const std::string& path : {std::string("users"), user + "/teams", user + "/projects"}) {
    const auto first = house.get(path + "?page=1");
    EXPECT_FALSE(first.front().empty()) << path;
    const auto second = house.get(path + "?page=2");
    EXPECT_EQ(members_of(second), members_of(first));
    EXPECT_EQ(second.front(), ordered_json::array()) << path;
  }
}

TEST(RollbarTeams, WhatHasNoSense) {
  House house;
  const std::string team = "team/" + house.team;
  struct {
    Sent sent;
    int status;
    std::string message;
  } const table[] = {
      {call("GET", "team/abc"), 400, "Invalid or missing team id"},
      {call("PUT", "team/abc/user/1"), 400, "Invalid or missing team id"},
      {call("GET", "team/5/users"), 404, "Team not found in this account."},
      {call("PUT", team + "/user/abc"), 400, "Invalid or missing user id"},
      {call("PUT", team + "/user/7"), 404, "User not found for this account"},
      {call("GET", "user/7"), 404, "User not found for this account"},
      {call("GET", "user/7/projects"), 404, "User not found for this account"},
      {call("PUT", team + "/project/abc"), 400, "Invalid or missing project id"},
      {call("PUT", team + "/project/5"), 404, "Project not found in this account."},
      {call("GET", "project/5/teams"), 404, "Project not found in this account."},
      {call("GET", "invite/abc"), 400, "Invalid or missing invite id"},
      {call("DELETE", "invite/5"), 404, "Invite not found in this account."},
      {call("POST", "teams", nlohmann::json::object()), 422, "name should be"},
      {call("POST", "teams", {{"name", 5}}), 422, "name should be"},
      {call("POST", "teams", {{"name", "a"}, {"access_level", "owner"}}), 422, "access_level should be"},
      {call("POST", "teams", {{"name", "a"}, {"access_level", nullptr}}), 422, "access_level should be"},
      {call("POST", team + "/invites", nlohmann::json::object()), 422, "email should be"},
      {call("POST", team + "/invites", {{"email", "nobody"}}), 422, "email should be"},
      {{.method = "POST", .target = "/api/1/teams", .headers = call("POST", "").headers, .body = "{"},
       400,
       "Invalid JSON"},
  };
  for (const auto& row : table) {
    const auto& decision = house.door.send(row.sent);
    EXPECT_EQ(decision.reply.status, row.status) << row.sent.target << row.sent.body;
    EXPECT_THAT(message_of(decision), HasSubstr(row.message)) << row.sent.target << row.sent.body;
    EXPECT_THAT(ids(decision), ElementsAre("rollbar.team.refused")) << row.sent.target;
    EXPECT_TRUE(decision.effect.empty());
  }
}

// Every operation, each answered to an account's token that may write.
TEST(RollbarTeams, NeedAnAccountsTokenAndItsScope) {
  House house;
  const std::string team = "team/" + house.team, user = "user/" + std::string(owner);
  const auto invite =
      result_of(house.door.send(call("POST", team + "/invites", {{"email", "new@example.com"}})))["id"].dump();
  struct {
    std::string method;
    std::string path;
    nlohmann::json body = {};
  } const operations[] = {
      {"GET", "teams"},
      {"GET", team},
      {"PUT", team + "/project/" + house.project},
      {"GET", team + "/project/" + house.project},
      {"GET", team + "/projects"},
      {"GET", "project/" + house.project + "/teams"},
      {"PUT", team + "/" + user},
      {"GET", team + "/" + user},
      {"GET", team + "/users"},
      {"GET", "users"},
      {"GET", user},
      {"GET", user + "/teams"},
      {"GET", user + "/projects"},
      {"GET", "invites"},
      {"GET", team + "/invites"},
      {"GET", "invite/" + invite},
      {"POST", "teams", {{"name", "a"}}},
      {"POST", team + "/invites", {{"email", "b@example.com"}}},
      {"DELETE", "invite/" + invite},
      {"DELETE", team + "/" + user},
      {"DELETE", team + "/project/" + house.project},
      {"DELETE", team},
  };
  for (const auto& [method, path, body] : operations) {
    const std::string shown = method + " " + path;
    const auto& of_project = house.door.send(call(method, path, body, "one"));
    EXPECT_EQ(of_project.reply.status, 403) << shown;
    EXPECT_THAT(ids(of_project), ElementsAre("rollbar.token.scope")) << shown;
    const bool reads = method == "GET";
    EXPECT_EQ(house.door.send(call(method, path, body, "reader")).reply.status, reads ? 200 : 403) << shown;
    EXPECT_EQ(house.door.send(call(method, path, body, "none")).reply.status, 401) << shown;
    const auto& let_in = house.door.send(call(method, path, body));
    EXPECT_EQ(let_in.reply.status, 200) << shown << let_in.reply.body;
    EXPECT_THAT(ids(let_in), IsEmpty()) << shown;
    EXPECT_EQ(let_in.read, reads) << shown;
    EXPECT_EQ(let_in.effect.empty(), reads) << shown;
  }
  house.door.expect_repeatable();
}

}  // namespace
}  // namespace understudy::rollbar
