// Reading items and occurrences back, changing them, and what the service adds to what was sent.
#include <gmock/gmock.h>

#include "tests/rollbar/door.h"

namespace understudy::rollbar {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string message(std::string_view text, std::string_view more = "", std::string_view environment = "production") {
  return R"({"data":{"environment":")" + std::string(environment) + "\"," + std::string(more) +
         R"("body":{"message":{"body":")" + std::string(text) + "\"}}}}";
}

Sent get(std::string_view target, std::string_view access_token = token) {
  return {.method = "GET",
          .target = "/api/1/" + std::string(target),
          .headers = "X-Rollbar-Access-Token: " + std::string(access_token) + "\r\n",
          .body = ""};
}

std::string text_of_error(const recording::Decision& decision) {
  return nlohmann::json::parse(decision.reply.body).value("message", "");
}

std::vector<std::string> titles(const nlohmann::ordered_json& list) {
  std::vector<std::string> found;
  for (const auto& one : list["items"]) found.push_back(one["title"]);
  return found;
}

TEST(RollbarItems, AnItemHasTheMembersOfARecordedOne) {
  Door door;
  door.send(item(message("Hello", R"("framework":"flask","language":"python 3.11",)")));
  door.now.vendor_ns += 5'000'000'000;
  door.send(item(message("Hello")));
  const auto list = door.get("items/");
  EXPECT_EQ(list["page"], 1);
  EXPECT_EQ(list["total_count"], 1);
  const auto one = list["items"][0];
  std::vector<std::string> names;
  for (const auto& [name, value] : one.items()) names.push_back(name);
  EXPECT_THAT(
      names,
      ElementsAre("public_item_id", "integrations_data", "level_lock", "controlling_id", "last_activated_timestamp",
                  "assigned_user_id", "group_status", "hash", "id", "environment", "title_lock", "title",
                  "last_occurrence_id", "last_occurrence_timestamp", "platform", "first_occurrence_timestamp",
                  "project_id", "resolved_in_version", "status", "unique_occurrences", "group_item_id", "framework",
                  "total_occurrences", "level", "counter", "last_modified_by", "first_occurrence_id",
                  "activating_occurrence_id", "last_resolved_timestamp", "assigned_team_id", "last_muted_timestamp",
                  "snooze_status", "snooze_type", "snooze_expiration_threshold_seconds", "snooze_expiration_datetime"));
  EXPECT_EQ(one["status"], "active");
  EXPECT_EQ(one["level"], "info");
  EXPECT_EQ(one["framework"], "flask");
  EXPECT_EQ(one["platform"], "unknown");
  EXPECT_EQ(one["counter"], 1);
  EXPECT_EQ(one["total_occurrences"], 2);
  EXPECT_EQ(one["first_occurrence_timestamp"], 1'795'222'506);
  EXPECT_EQ(one["last_occurrence_timestamp"], 1'795'222'511);
  EXPECT_GT(one["last_occurrence_id"].get<std::uint64_t>(), std::uint64_t{UINT32_MAX});
  EXPECT_EQ(door.get("item/" + one["id"].dump()), one);
  door.expect_repeatable();
}

TEST(RollbarItems, AreFiltered) {
  Door door;
  door.send(item(message("alpha", R"("level":"error","framework":"flask",)")));
  door.send(item(message("beta", R"("level":"warning",)", "staging")));
  door.send(item(message("gamma", R"("level":"critical",)")));
  EXPECT_THAT(titles(door.get("items")), ElementsAre("gamma", "beta", "alpha"));
  EXPECT_THAT(titles(door.get("items?level=error&level=critical")), ElementsAre("gamma", "alpha"));
  EXPECT_THAT(titles(door.get("items?level=error,warning")), ElementsAre("beta", "alpha"));
  EXPECT_THAT(titles(door.get("items?environment=staging")), ElementsAre("beta"));
  EXPECT_THAT(titles(door.get("items?framework=flask")), ElementsAre("alpha"));
  EXPECT_THAT(titles(door.get("items?query=GAM")), ElementsAre("gamma"));
  EXPECT_THAT(titles(door.get("items?status=resolved")), IsEmpty());
  const auto all = door.get("items")["items"];
  EXPECT_THAT(titles(door.get("items?ids=" + all[0]["id"].dump() + "," + all[2]["id"].dump())),
              ElementsAre("gamma", "alpha"));
  door.patch("item/" + all[1]["id"].dump(), {{"assigned_user_id", 7}, {"snooze_enabled", true}});
  EXPECT_THAT(titles(door.get("items?assigned_user=assigned")), ElementsAre("beta"));
  EXPECT_THAT(titles(door.get("items?assigned_user=unassigned")), ElementsAre("gamma", "alpha"));
  EXPECT_THAT(titles(door.get("items?is_snoozed=true")), ElementsAre("beta"));
  door.now.vendor_ns += 3'601'000'000'000;
  EXPECT_THAT(titles(door.get("items?is_snoozed=true")), IsEmpty());
}

TEST(RollbarItems, AreSearchedByTheirTitle) {
  Door door;
  door.send(item(message("alpha one")));
  door.send(item(message("beta")));
  door.send(item(message("Alpha two")));
  const auto found = door.get("search/?title=alpha&fields=id,title&access_token=x");
  EXPECT_THAT(titles(found), ElementsAre("Alpha two", "alpha one"));
  EXPECT_THAT(found["items"][0], SizeIs(2));
  EXPECT_EQ(found["page"], 1);
  EXPECT_TRUE(door.get("search?title=beta")["items"][0].contains("counter"));
}

TEST(RollbarItems, AHundredAPage) {
  Door door;
  for (int i = 0; i < 103; ++i) door.send(item(message("m", R"("fingerprint":")" + std::to_string(i) + "\",")));
  EXPECT_THAT(door.get("items")["items"], SizeIs(100));
  const auto second = door.get("items?page=2");
  EXPECT_EQ(second["page"], 2);
  EXPECT_EQ(second["total_count"], 103);
  EXPECT_THAT(second["items"], SizeIs(3));
  EXPECT_EQ(second["items"][2]["counter"], 1);
  EXPECT_THAT(door.get("items?page=3")["items"], IsEmpty());
  EXPECT_THAT(door.get("items?page=99999999999999999")["items"], IsEmpty());
}

TEST(RollbarItems, ByUuid) {
  Door door;
  door.send(item(message("x", R"("uuid":"57ef93f2-6d75-4e12-f115-7d024739e4cb",)")));
  EXPECT_EQ(door.get("item/?uuid=57ef93f2-6d75-4e12-f115-7d024739e4cb")["title"], "x");
  const auto& unknown = door.send(get("item/?uuid=00000000-6d75-4e12-f115-7d024739e4cb"));
  EXPECT_EQ(unknown.reply.status, 404);
  EXPECT_EQ(text_of_error(unknown), "UUID did not match any occurrence");
  const auto& bad = door.send(get("item/?uuid=nonsense"));
  EXPECT_EQ(bad.reply.status, 400);
  EXPECT_EQ(text_of_error(bad), "Invalid UUID format");
  const std::string handed_out = nlohmann::json::parse(door.send({}).reply.body)["result"]["uuid"];
  EXPECT_EQ(door.get("item/?uuid=" + handed_out)["title"], "Hello World!");
}

TEST(RollbarItems, ByCounterIsARedirection) {
  Door door;
  door.send({});
  const auto& decision = door.send(get("item_by_counter/1"));
  EXPECT_EQ(decision.reply.status, 301);
  const std::string uri = nlohmann::json::parse(decision.reply.body)["result"]["uri"];
  EXPECT_EQ(header(decision.reply, "Location"), uri);
  EXPECT_EQ(door.get(uri.substr(7))["counter"], 1);
  const auto& with_token =
      door.send({.method = "GET", .target = "/api/1/item_by_counter/1?access_token=abc", .headers = "", .body = ""});
  EXPECT_EQ(header(with_token.reply, "Location"), uri + "?access_token=abc");
  EXPECT_THAT(ids(with_token), ElementsAre("rollbar.token.in-query"));
  EXPECT_EQ(door.send(get("item_by_counter/2")).reply.status, 404);
}

TEST(RollbarItems, ByCounterInTheQuery) {
  Door door;
  door.send({});
  EXPECT_EQ(door.get("item?counter=1"), door.get("items")["items"][0]);
  EXPECT_EQ(door.get("item/?counter=1"), door.get("items")["items"][0]);
  for (const std::string counter : {"2", "0", "x"}) {
    EXPECT_EQ(door.send(get("item?counter=" + counter)).reply.status, 404) << counter;
  }
}

TEST(RollbarItems, AsManyAPageAsALimitSays) {
  Door door;
  for (const std::string text : {"one", "two", "three"}) door.send(item(message(text)));
  EXPECT_THAT(titles(door.get("items?limit=2")), ElementsAre("three", "two"));
  EXPECT_THAT(titles(door.get("items?limit=2&page=2")), ElementsAre("one"));
  EXPECT_EQ(door.get("items?limit=2")["total_count"], 3);
}

TEST(RollbarItems, ArchivedSnoozedAndGivenToATeamByItsServer) {
  Door door;
  door.send({});
  const std::string id = door.get("items")["items"][0]["id"].dump();
  EXPECT_EQ(door.patch("item/" + id, {{"status", "archived"}, {"snoozed", true}, {"team_id", 7}}).reply.status, 200);
  const auto changed = door.get("item/" + id);
  EXPECT_EQ(changed["status"], "archived");
  EXPECT_EQ(changed["snooze_status"], "snoozed");
  EXPECT_EQ(changed["assigned_team_id"], 7);
  door.patch("item/" + id, {{"snoozed", false}});
  EXPECT_EQ(door.get("item/" + id)["snooze_status"], nullptr);
  EXPECT_EQ(door.patch("item/" + id, {{"snoozed", 1}}).reply.status, 422);
  EXPECT_EQ(door.patch("item/" + id, {{"team_id", "a"}}).reply.status, 422);
}

TEST(RollbarItems, WhatIsNotThere) {
  Door door;
  const auto& decision = door.send(get("item/1150000001"));
  EXPECT_EQ(decision.reply.status, 404);
  EXPECT_EQ(text_of_error(decision), "Item not found in this project.");
  EXPECT_EQ(door.send(get("item/abc")).reply.status, 404);
  EXPECT_EQ(door.send(get("instance/200000000000")).reply.status, 404);
  EXPECT_EQ(door.send(get("item/5/instances")).reply.status, 404);
  EXPECT_EQ(door.patch("item/5", {{"status", "resolved"}}).reply.status, 400);
  EXPECT_EQ(door.send(get("versions/1.0")).reply.status, 404);
}

TEST(RollbarItems, ResolvedAndActiveAgain) {
  Door door;
  door.send(item(message("x", R"("title":"first","fingerprint":"f",)")));
  door.send(item(message("x", R"("fingerprint":"f",)")));
  const std::string id = door.get("items")["items"][0]["id"].dump();
  const auto& changed = door.patch("item/" + id, {{"status", "resolved"}});
  EXPECT_EQ(changed.reply.body, "{\n  \"err\": 0,\n  \"result\": {\n    \"status\": \"resolved\"\n  }\n}");
  auto one = door.get("item/" + id);
  EXPECT_EQ(one["status"], "resolved");
  EXPECT_EQ(one["total_occurrences"], 0);
  EXPECT_EQ(one["last_resolved_timestamp"], 1'795'222'506);
  EXPECT_EQ(one["title"], "first");

  door.now.vendor_ns += 7'000'000'000;
  door.send(item(message("x", R"("title":"again","fingerprint":"f","level":"critical",)")));
  one = door.get("item/" + id);
  EXPECT_EQ(one["status"], "active");
  EXPECT_EQ(one["total_occurrences"], 1);
  EXPECT_EQ(one["last_activated_timestamp"], 1'795'222'513);
  EXPECT_EQ(one["activating_occurrence_id"], one["last_occurrence_id"]);
  EXPECT_NE(one["activating_occurrence_id"], one["first_occurrence_id"]);
  EXPECT_EQ(one["title"], "again");  // taken anew
  EXPECT_EQ(one["level"], "info");   // kept
  door.expect_repeatable();
}

TEST(RollbarItems, ResolvedInAVersionOlderOnesDoNotReactivate) {
  const auto with_version = [](std::string_view version) {
    return item(message("x", R"("code_version":")" + std::string(version) + "\","));
  };
  const std::pair<std::string, std::string> table[] = {
      {"1.9", "resolved"}, {"1.10", "active"}, {"1.11", "active"}, {"abcdef0", "resolved"}};
  for (const auto& [version, status] : table) {
    Door door;
    door.send(with_version("1.9"));
    const std::string id = door.get("items")["items"][0]["id"].dump();
    door.patch("item/" + id, {{"status", "resolved"}, {"resolved_in_version", "1.10"}});
    EXPECT_EQ(door.get("item/" + id)["resolved_in_version"], "1.10");
    door.send(with_version(version));
    if (version == "abcdef0") continue;  // seen after 1.10 was made known: later
    EXPECT_EQ(door.get("item/" + id)["status"], status) << version;
  }
  Door without;
  without.send(with_version("1.9"));
  const std::string id = without.get("items")["items"][0]["id"].dump();
  without.patch("item/" + id, {{"status", "resolved"}, {"resolved_in_version", "1.10"}});
  without.send(item(message("x")));
  EXPECT_EQ(without.get("item/" + id)["status"], "active");  // an occurrence of no version
}

TEST(RollbarItems, MutedStaysMuted) {
  Door door;
  door.send({});
  const std::string id = door.get("items")["items"][0]["id"].dump();
  door.patch("item/" + id, {{"status", "muted"}});
  door.send({});
  EXPECT_EQ(door.get("item/" + id)["status"], "muted");
  EXPECT_EQ(door.get("item/" + id)["total_occurrences"], 2);
  door.patch("item/" + id, {{"status", "active"}});
  EXPECT_EQ(door.get("item/" + id)["status"], "active");
}

TEST(RollbarItems, TitleAndLevelAreSetAndLocked) {
  Door door;
  door.send({});
  const std::string id = door.get("items")["items"][0]["id"].dump();
  door.patch("item/" + id, {{"title", "Mine"}, {"level", "debug"}, {"status", "resolved"}});
  door.send({});
  const auto one = door.get("item/" + id);
  EXPECT_EQ(one["title"], "Mine");
  EXPECT_EQ(one["level"], "debug");
  EXPECT_EQ(one["title_lock"], 1);
  EXPECT_EQ(one["level_lock"], 1);
  EXPECT_EQ(one["status"], "active");
}

TEST(RollbarItems, ChangesWithoutSense) {
  Door door;
  door.send({});
  const std::string id = door.get("items")["items"][0]["id"].dump();
  const nlohmann::json changes[] = {{{"status", "done"}},
                                    {{"status", 2}},
                                    {{"level", "warn"}},
                                    {{"title", ""}},
                                    {{"title", std::string(256, 'x')}},
                                    {{"resolved_in_version", std::string(41, '1')}},
                                    {{"assigned_user_id", "me"}},
                                    {{"snooze_enabled", 1}},
                                    nlohmann::json::array({1})};
  for (const auto& change : changes) {
    const auto& decision = door.patch("item/" + id, change);
    EXPECT_EQ(decision.reply.status, 422) << change;
    EXPECT_THAT(ids(decision), ElementsAre("rollbar.item.bad-change")) << change;
  }
  EXPECT_EQ(door.get("item/" + id)["status"], "active");
}

// ---- occurrences

TEST(RollbarOccurrences, AreStoredAsTheServiceStoresThem) {
  Door door;
  door.peer = "203.0.113.9:4000";
  door.send(item(message("x", R"("timestamp":1795222500,"request":{"user_ip":"$remote_ip"},)")));
  const auto one = door.get("instances")["instances"][0];
  EXPECT_EQ(one["timestamp"], 1'795'222'506);
  EXPECT_EQ(one["billable"], 1);
  EXPECT_EQ(one["item_id"], door.get("items")["items"][0]["id"]);
  const auto& data = one["data"];
  EXPECT_EQ(data["timestamp"], 1'795'222'506);  // of arrival
  EXPECT_EQ(data["metadata"]["customer_timestamp"], 1'795'222'500);
  EXPECT_EQ(data["metadata"]["timestamp_ms"], 1'795'222'506'000);
  EXPECT_EQ(data["metadata"]["access_token"], "");
  EXPECT_EQ(data["metadata"]["debug"]["routes"]["counters"]["post_item"], 1);
  EXPECT_EQ(data["framework"], "unknown");
  EXPECT_EQ(data["request"]["user_ip"], "203.0.113.9");
  EXPECT_THAT(data["uuid"].get<std::string>(), SizeIs(32));
  EXPECT_EQ(door.get("instance/" + one["id"].dump()), one);
}

TEST(RollbarOccurrences, AnAnonymizedAddress) {
  Door door;
  door.peer = "203.0.113.9:4000";
  door.send(item(message("x", R"("request":{"user_ip":"$remote_ip_anonymize"},)")));
  EXPECT_EQ(door.get("instances")["instances"][0]["data"]["request"]["user_ip"], "203.0.113.0");
}

TEST(RollbarOccurrences, NewestFirstTwentyAPage) {
  Door door;
  for (int i = 0; i < 25; ++i) door.send(item(message("x", R"("custom":{"n":)" + std::to_string(i) + "},")));
  const auto first = door.get("instances");
  ASSERT_THAT(first["instances"], SizeIs(20));
  EXPECT_EQ(first["instances"][0]["data"]["custom"]["n"], 24);
  EXPECT_THAT(door.get("instances?page=2")["instances"], SizeIs(5));
  EXPECT_THAT(door.get("instances?page=3")["instances"], IsEmpty());
  EXPECT_THAT(door.get("instances?limit=3")["instances"], SizeIs(3));
  const std::string last = first["instances"][19]["id"].dump();
  const auto rest = door.get("instances?page=7&lastId=" + last);
  ASSERT_THAT(rest["instances"], SizeIs(5));
  EXPECT_EQ(rest["instances"][0]["data"]["custom"]["n"], 4);
  EXPECT_EQ(door.get("instances?page=7&last_id=" + last), rest);
  const std::string id = door.get("items")["items"][0]["id"].dump();
  EXPECT_THAT(door.get("item/" + id + "/instances?limit=5000")["instances"], SizeIs(25));
}

TEST(RollbarOccurrences, Deleted) {
  Door door;
  door.send({});
  door.send({});
  const std::string id = door.get("instances")["instances"][0]["id"].dump();
  const auto& decision = door.send({.method = "DELETE", .target = "/api/1/instance/" + id, .body = ""});
  EXPECT_EQ(decision.reply.body, "{\n  \"err\": 0,\n  \"message\": \"The instance has been deleted\"\n}");
  EXPECT_EQ(door.send(get("instance/" + id)).reply.status, 404);
  EXPECT_THAT(door.get("instances")["instances"], SizeIs(1));
  EXPECT_EQ(door.send({.method = "DELETE", .target = "/api/1/instance/" + id, .body = ""}).reply.status, 404);
  door.expect_repeatable();
}

// ---- what the service reports itself

TEST(RollbarSystemItems, ARefusedPayloadShowsAsAnItem) {
  Door door;
  door.send(item(R"({"data":{"environment":"production","level":"warn","body":{"message":{"body":"x"}}}})"));
  const auto one = door.get("items")["items"][0];
  EXPECT_EQ(one["title"], "API error: Invalid format. data.level should be equal to one of the allowed values.");
  EXPECT_EQ(one["framework"], "rollbar-system");
  EXPECT_EQ(one["environment"], "production");
  const auto occurrence = door.get("instances")["instances"][0];
  EXPECT_EQ(occurrence["data"]["body"]["message"]["body"], one["title"]);
  EXPECT_EQ(occurrence["billable"], 0);
  EXPECT_THAT(door.records(), IsEmpty());  // nobody sent this
}

TEST(RollbarSystemItems, AReachedLimitIsReportedOnceAWindow) {
  Door door;
  door.settings({{"rate_limit", 1}, {"rate_quota", "enforce"}});
  for (int i = 0; i < 4; ++i) door.send({});
  EXPECT_THAT(titles(door.get("items?framework=rollbar-system")),
              ElementsAre("Your rate limit has been reached for access token \"post_server_item\"."));
  EXPECT_EQ(door.get("items?framework=rollbar-system")["items"][0]["total_occurrences"], 1);
  door.now.vendor_ns += 60'000'000'000;
  for (int i = 0; i < 4; ++i) door.send({});
  EXPECT_EQ(door.get("items?framework=rollbar-system")["items"][0]["total_occurrences"], 2);
  door.expect_repeatable();
}

// ---- tokens and projects

const nlohmann::json two_projects = {
    {"tokens",
     {{{"access_token", "server-a"}, {"project", "a"}, {"scopes", {"post_server_item"}}},
      {{"access_token", "server-b"}, {"project", "b"}, {"scopes", {"post_server_item"}}},
      {{"access_token", "read-a"}, {"project", "a"}, {"scopes", {"read"}}},
      {{"access_token", "read-b"}, {"project", "b"}, {"scopes", {"read"}}},
      {{"access_token", "asleep"}, {"project", "b"}, {"scopes", {"read"}}, {"enabled", false}},
      {{"access_token", "write-a"}, {"project", "a"}, {"scopes", {"read", "write"}}}}}};

TEST(RollbarReadTokens, ScopesAndProjects) {
  Door door;
  door.accounts(two_projects);
  door.send(with_headers("X-Rollbar-Access-Token: server-a\r\n"));
  door.send(with_headers("X-Rollbar-Access-Token: server-b\r\n"));
  const auto list = nlohmann::json::parse(door.send(get("items", "read-a")).reply.body)["result"];
  ASSERT_THAT(list["items"], SizeIs(1));
  EXPECT_EQ(list["items"][0]["counter"], 1);
  const std::string id = list["items"][0]["id"].dump();
  EXPECT_EQ(door.send(get("item/" + id, "read-b")).reply.status, 404);

  const auto& unknown = door.send(get("items", "nobody"));
  EXPECT_EQ(unknown.reply.status, 401);
  EXPECT_EQ(text_of_error(unknown), "invalid access token");
  EXPECT_THAT(ids(unknown), ElementsAre("rollbar.token.unknown"));
  const auto& scope = door.send(get("items", "server-a"));
  EXPECT_EQ(scope.reply.status, 403);
  EXPECT_EQ(text_of_error(scope),
            "insufficient privileges: read scope is required but the access token only has post_server_item.");
  EXPECT_THAT(ids(scope), ElementsAre("rollbar.token.scope"));
  EXPECT_EQ(header(scope.reply, "X-Rate-Limit-Limit"), "absent");
  EXPECT_EQ(door.send(get("items", "asleep")).reply.status, 403);
  EXPECT_EQ(door.send({.method = "GET", .target = "/api/1/items", .headers = "", .body = ""}).reply.status, 401);

  const auto patch = [&](std::string_view access_token) {
    return door
        .send({.method = "PATCH",
               .target = "/api/1/item/" + id,
               .headers = "X-Rollbar-Access-Token: " + std::string(access_token) + "\r\n",
               .body = R"({"status":"resolved"})"})
        .reply.status;
  };
  EXPECT_EQ(patch("read-a"), 403);
  EXPECT_EQ(patch("write-a"), 200);
  door.expect_repeatable();
}

TEST(RollbarReadReplies, CarryRateHeadersAndAnETag) {
  Door door;
  door.send({});
  const auto reply = door.send(get("items")).reply;
  EXPECT_EQ(header(reply, "X-Rate-Limit-Limit"), "5000");
  EXPECT_EQ(header(reply, "Access-Control-Allow-Origin"), "*");
  EXPECT_THAT(header(reply, "ETag"), testing::MatchesRegex("\"-?[0-9]+\""));
  EXPECT_EQ(header(door.send({}).reply, "ETag"), "absent");
  EXPECT_THAT(reply.body, HasSubstr("{\n  \"err\": 0,\n  \"result\": {\n    \"page\": 1,\n"));
}

}  // namespace
}  // namespace understudy::rollbar
