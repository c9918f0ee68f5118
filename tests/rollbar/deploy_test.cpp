// Deploys: both spellings, three ways to wrap them, and what they mean for versions.
#include <gmock/gmock.h>

#include "tests/rollbar/door.h"

namespace understudy::rollbar {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Sent deploy(std::string_view body, std::string_view method = "POST", std::string_view path = "deploy/") {
  return {.method = std::string(method), .target = "/api/1/" + std::string(path), .body = std::string(body)};
}

std::string id_of(const recording::Decision& decision) {
  return nlohmann::json::parse(decision.reply.body)["data"]["deploy_id"].dump();
}
std::string text_of_error(const recording::Decision& decision) {
  return nlohmann::json::parse(decision.reply.body).value("message", "");
}

TEST(RollbarDeploy, TheAnswerHasNeitherErrNorResult) {
  Door door;
  const auto& decision = door.send(deploy(R"({"environment":"production","revision":"abc"})"));
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_EQ(decision.reply.body, "{\n  \"data\": {\n    \"deploy_id\": 10000001\n  }\n}");
  EXPECT_THAT(ids(decision), IsEmpty());
  EXPECT_EQ(id_of(door.send(deploy(R"({"environment":"e","revision":"b"})", "POST", "deploy"))), "10000002");
  door.expect_repeatable();
}

TEST(RollbarDeploy, AsJsonAsAFormAndAsMultipart) {
  const std::string json = R"({"environment":"e","revision":"r","local_username":"andrew","comment":"hi there"})";
  const std::string form = "environment=e&revision=r&local_username=andrew&comment=hi+there";
  std::string multipart;
  for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
           {"environment", "e"}, {"revision", "r"}, {"local_username", "andrew"}, {"comment", "hi there"}}) {
    multipart += "--xyz\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
  }
  multipart += "--xyz--\r\n";
  const std::pair<std::string, std::string> table[] = {{"application/json", json},
                                                       {"application/x-www-form-urlencoded", json},  // rollbar-gem
                                                       {"application/x-www-form-urlencoded", form},
                                                       {"multipart/form-data; boundary=xyz", multipart}};  // curl -F
  for (const auto& [type, body] : table) {
    Door door;
    const auto& decision = door.send({.target = "/api/1/deploy/",
                                      .headers = "X-Rollbar-Access-Token: t\r\nContent-Type: " + type + "\r\n",
                                      .body = body});
    ASSERT_EQ(decision.reply.status, 200) << type << decision.reply.body;
    const auto read = door.get("deploy/" + id_of(decision));
    EXPECT_EQ(read["environment"], "e");
    EXPECT_EQ(read["revision"], "r");
    EXPECT_EQ(read["local_username"], "andrew");
    EXPECT_EQ(read["comment"], "hi there");
    EXPECT_EQ(read["status"], "succeeded");
  }
}

TEST(RollbarDeploy, TheTokenStandsInTheBodyOrTheQuery) {
  Door door;
  door.accounts({{"tokens", {{{"access_token", "server"}, {"scopes", {"post_server_item", "read"}}}}}});
  const auto bare = [&](const std::string& target, const std::string& body, const std::string& method = "POST") {
    return door.send({.method = method, .target = "/api/1/" + target, .headers = "", .body = body}).reply.status;
  };
  EXPECT_EQ(bare("deploy", R"({"access_token":"server","environment":"e","revision":"r","status":"started"})"), 200);
  EXPECT_EQ(bare("deploy", "access_token=server&environment=e&revision=r"), 200);
  EXPECT_EQ(bare("deploy/10000001?access_token=server", R"({"status":"succeeded"})", "PATCH"), 200);  // rollbar-gem
  EXPECT_EQ(bare("deploys/?access_token=server&page=1", "", "GET"), 200);                             // Rollbar.NET
  EXPECT_EQ(bare("deploy", R"({"access_token":"nobody","environment":"e","revision":"r"})"), 401);
  EXPECT_EQ(bare("deploy", R"({"environment":"e","revision":"r"})"), 401);
}

TEST(RollbarDeploy, WhatIsMissingIsToldInOneText) {
  const std::pair<std::string, std::string> table[] = {
      {"{}", "Missing 'environment' key. Missing 'revision' or 'head_long' key. 'environment' key must be a string."},
      {"", "Missing 'environment' key. Missing 'revision' or 'head_long' key. 'environment' key must be a string."},
      {R"({"environment":"e"})", "Missing 'revision' or 'head_long' key."},
      {R"({"environment":5,"revision":"r"})", "'environment' key must be a string."},
      {R"({"environment":"e","revision":5})", "'revision' key must be a string."},
      {R"({"environment":"e","revision":"r","status":"done"})",
       "'status' must be one of 'started', 'succeeded', 'failed', 'timed_out'."}};
  for (const auto& [body, message] : table) {
    Door door;
    const auto& decision = door.send(deploy(body));
    EXPECT_EQ(decision.reply.status, 422) << body;
    EXPECT_EQ(text_of_error(decision), message);
    EXPECT_THAT(ids(decision), ElementsAre("rollbar.deploy.incomplete"));
    EXPECT_THAT(door.get("deploys")["deploys"], IsEmpty());
  }
  Door door;
  EXPECT_EQ(door.send(deploy("{\"environment\":")).reply.status, 400);
  EXPECT_EQ(door.send(deploy(R"({"environment":"e","head_long":"r"})")).reply.status, 200);
}

TEST(RollbarDeploy, StartedAndFinished) {
  Door door;
  const std::string id = id_of(door.send(deploy(R"({"environment":"e","revision":"r","status":"started"})")));
  EXPECT_EQ(door.get("deploy/" + id)["finish_time"], nullptr);
  door.now.vendor_ns += 60'000'000'000;
  const auto& update = door.send(deploy(R"({"status":"succeeded","comment":"done"})", "PATCH", "deploy/" + id));
  EXPECT_EQ(update.reply.status, 200);
  const auto result = nlohmann::ordered_json::parse(update.reply.body);
  EXPECT_EQ(result["err"], 0);
  std::vector<std::string> names;
  for (const auto& [name, value] : result["result"].items()) names.push_back(name);
  EXPECT_THAT(names, ElementsAre("environment", "revision", "local_username", "comment", "status", "id", "project_id",
                                 "user_id", "start_time", "finish_time"));
  EXPECT_EQ(result["result"]["start_time"], 1'795'222'506);
  EXPECT_EQ(result["result"]["finish_time"], 1'795'222'566);
  EXPECT_EQ(result["result"], door.get("deploy/" + id));

  const auto& late = door.send(deploy(R"({"status":"failed"})", "PATCH", "deploy/" + id));
  EXPECT_EQ(late.reply.status, 409);
  EXPECT_EQ(text_of_error(late), "The deploy can not be updated because its status is not started.");
  EXPECT_THAT(ids(late), ElementsAre("rollbar.deploy.over"));
  door.expect_repeatable();
}

TEST(RollbarDeploy, TimesOutAfterAnHour) {
  Door door;
  const std::string id = id_of(door.send(deploy(R"({"environment":"e","revision":"r","status":"started"})")));
  door.now.vendor_ns += 3'599'000'000'000;
  EXPECT_EQ(door.get("deploy/" + id)["status"], "started");
  door.now.vendor_ns += 1'000'000'000;
  EXPECT_EQ(door.get("deploy/" + id)["status"], "timed_out");
  EXPECT_EQ(door.send(deploy(R"({"status":"succeeded"})", "PATCH", "deploy/" + id)).reply.status, 409);
}

TEST(RollbarDeploy, AnUnknownIdOrStatus) {
  Door door;
  const auto& unknown = door.send(deploy(R"({"status":"succeeded"})", "PATCH", "deploy/5"));
  EXPECT_EQ(unknown.reply.status, 404);
  EXPECT_THAT(ids(unknown), ElementsAre("rollbar.deploy.unknown"));
  const std::string id = id_of(door.send(deploy(R"({"environment":"e","revision":"r","status":"started"})")));
  EXPECT_EQ(door.send(deploy("{}", "PATCH", "deploy/" + id)).reply.status, 422);
  EXPECT_EQ(door.send(deploy(R"({"status":"x"})", "PATCH", "deploy/" + id)).reply.status, 422);
}

TEST(RollbarDeploy, ListedNewestFirstTwentyAPage) {
  Door door;
  for (int i = 0; i < 23; ++i) {
    door.send(deploy(R"({"environment":"e","revision":")" + std::to_string(i) + "\"}"));
  }
  const auto first = door.get("deploys?page=1");
  ASSERT_THAT(first["deploys"], SizeIs(20));
  EXPECT_EQ(first["deploys"][0]["revision"], "22");
  const auto second = door.get("deploys/?page=2");
  ASSERT_THAT(second["deploys"], SizeIs(3));
  EXPECT_EQ(second["deploys"][2]["revision"], "0");
  const auto few = door.get("deploys?limit=2&page=2");
  ASSERT_THAT(few["deploys"], SizeIs(2));
  EXPECT_EQ(few["deploys"][0]["revision"], "20");
}

TEST(RollbarDeploy, OfHerokusReleaseHook) {
  const std::pair<std::string, std::string> table[] = {
      {"application/x-www-form-urlencoded", "app=a&user=andrew&head=abc&head_long=abcdef&git_log=+*+mend"},
      {"application/json",
       R"({"actor":{"email":"andrew"},"data":{"slug":{"commit":"abcdef"},"description":" * mend"}})"}};
  for (const auto& [type, body] : table) {
    Door door;
    const auto& decision = door.send({.target = "/api/1/webhook/heroku?access_token=t&environment=production",
                                      .headers = "Content-Type: " + type + "\r\n",
                                      .body = body});
    ASSERT_EQ(decision.reply.status, 200) << decision.reply.body;
    EXPECT_THAT(ids(decision), IsEmpty());  // its token has no other place
    const auto made = door.get("deploy/10000001");
    EXPECT_EQ(made["environment"], "production");
    EXPECT_EQ(made["revision"], "abcdef");
    EXPECT_EQ(made["local_username"], "andrew");
    EXPECT_EQ(made["comment"], " * mend");
  }
  Door door;
  EXPECT_EQ(door.send({.target = "/api/1/webhook/heroku?access_token=t", .body = "head=a"}).reply.status, 422);
}

TEST(RollbarDeploy, IsARecord) {
  Door door;
  door.send(deploy(R"({"environment":"e","revision":"r","local_username":"andrew","status":"started"})"));
  door.send(deploy(R"({"status":"succeeded","comment":"done"})", "PATCH", "deploy/10000001"));
  const auto records = door.records();
  ASSERT_THAT(records, SizeIs(2));
  EXPECT_EQ(records[0].kind, "deploy");
  EXPECT_EQ(records[0].fields.dump(), R"({"id":10000001,"environment":"e","revision":"r","local_username":"andrew",)"
                                      R"("status":"started","project":"test"})");
  EXPECT_EQ(records[1].fields.dump(), R"({"id":10000001,"comment":"done","status":"succeeded","project":"test"})");
}

// ---- versions

std::string with_version(std::string_view text, std::string_view version) {
  return R"({"data":{"environment":"production","level":"error","code_version":")" + std::string(version) +
         R"(","body":{"message":{"body":")" + std::string(text) + "\"}}}}";
}

TEST(RollbarVersions, TellWhatAVersionBrought) {
  Door door;
  door.send(item(with_version("old", "1.0")));
  door.now.vendor_ns += 10'000'000'000;
  door.send(deploy(R"({"environment":"production","revision":"1.1","local_username":"andrew"})"));
  door.send(item(with_version("old", "1.1")));
  door.send(item(with_version("new", "1.1")));
  door.send(item(with_version("new", "1.1")));
  const auto version = door.get("versions/1.1?environment=production");
  EXPECT_EQ(version["deployed_by"], "andrew");
  EXPECT_EQ(version["last_deploy_timestamp"], 1'795'222'516);
  EXPECT_EQ(version["date_created"], 1'795'222'516);
  EXPECT_LT(version["first_occurrence_id"], version["last_occurrence_id"]);
  EXPECT_EQ(version["item_stats"]["new"]["error"], 1);
  EXPECT_EQ(version["item_stats"]["repeated"]["error"], 1);
  EXPECT_EQ(version["item_stats"]["reactivated"]["error"], 0);
  EXPECT_THAT(version["commits"], IsEmpty());
  const auto fresh = door.get("versions/1.1/items?environment=production&event=new");
  ASSERT_THAT(fresh["items"], SizeIs(1));
  EXPECT_EQ(fresh["items"][0]["title"], "new");
  EXPECT_EQ(fresh["items"][0]["occurrences_in_version_count"], 2);
  EXPECT_LT(fresh["items"][0]["first_occurrence_in_version_id"], fresh["items"][0]["last_occurrence_in_version_id"]);
  EXPECT_EQ(fresh["items"][0]["last_occurrence_in_version_timestamp"], 1'795'222'516);

  const std::string id = fresh["items"][0]["id"].dump();
  door.patch("item/" + id, {{"status", "resolved"}, {"resolved_in_version", "1.2"}});
  EXPECT_EQ(door.get("versions/1.2?environment=production")["item_stats"]["resolved"]["error"], 1);
  door.send(item(with_version("new", "1.3")));
  EXPECT_EQ(door.get("versions/1.3?environment=production")["item_stats"]["reactivated"]["error"], 1);
  EXPECT_THAT(door.get("versions/1.1/items?level=warning")["items"], IsEmpty());
}

TEST(RollbarReports, TopActiveItems) {
  Door door;
  door.send(item(with_version("rare", "1")));
  door.now.vendor_ns += 3'700'000'000'000;
  for (int i = 0; i < 3; ++i) door.send(item(with_version("often", "1")));
  const auto top = door.get("reports/top_active_items?hours=24&environments=production&sort=occurrences");
  ASSERT_THAT(top, SizeIs(2));
  EXPECT_EQ(top[0]["item"]["title"], "often");
  EXPECT_EQ(top[0]["item"]["occurrences"], 3);
  EXPECT_EQ(top[0]["item"]["level"], 40);  // numbers, unlike in lists
  EXPECT_THAT(top[0]["counts"], SizeIs(24));
  EXPECT_EQ(top[0]["counts"][23], 3);
  EXPECT_EQ(top[1]["counts"][22], 1);
  EXPECT_THAT(door.get("reports/top_active_items?environments=staging"), IsEmpty());
  EXPECT_THAT(door.get("reports/top_active_items?hours=1"), SizeIs(1));
}

TEST(RollbarReports, OccurrencesInBuckets) {
  Door door;
  door.now.vendor_ns = 1'795'222'800'000'000'000;  // a full hour
  door.send({});
  door.now.vendor_ns += 3'600'000'000'000;
  door.send({});
  door.send({});
  const auto hours = door.get("reports/occurrence_counts?bucket_size=3600&buckets=3");
  EXPECT_EQ(hours.dump(), "[[1795219200,0],[1795222800,1],[1795226400,2]]");
  EXPECT_THAT(door.get("reports/occurrence_counts"), SizeIs(24));
  EXPECT_EQ(door.get("reports/activated_counts?buckets=2")[1][1], 1);
  for (const std::string query : {"bucket_size=5", "buckets=1", "buckets=367", "bucket_size=60&buckets=241"}) {
    EXPECT_EQ(
        door.send({.method = "GET", .target = "/api/1/reports/occurrence_counts?" + query, .body = ""}).reply.status,
        422);
  }
}

TEST(RollbarEnvironments, AreThoseThatWereSeen) {
  Door door;
  door.send({});
  door.send(item(R"({"data":{"body":{"message":{"body":"x"}}}})"));
  const auto list = door.get("environments");
  ASSERT_THAT(list["environments"], SizeIs(2));
  EXPECT_EQ(list["environments"][0]["environment"], "production");
  EXPECT_EQ(list["environments"][1]["environment"], "unknown");
}

}  // namespace
}  // namespace understudy::rollbar
