// POST /api/1/item_batch/, as rollbar-php sent it before 1.0: each item of the list is one like any other.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/rollbar/door.h"

namespace understudy::rollbar {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view with_token = "X-Rollbar-Access-Token: 0123456789abcdef0123456789abcdef\r\n";

Sent batch(std::string_view list, std::string_view headers = with_token) {
  return {.target = "/api/1/item_batch/", .headers = std::string(headers), .body = fmt::format("[{}]", list)};
}

std::string message(std::string_view text, std::string_view more = "") {
  return fmt::format(
      R"({{"access_token":"t","data":{{"environment":"production",{}"body":{{"message":{{"body":"{}"}}}}}}}})", more,
      text);
}

nlohmann::ordered_json result_of(const recording::Decision& decision) {
  return nlohmann::ordered_json::parse(decision.reply.body)["result"];
}

TEST(RollbarBatch, EachOfItsItemsIsKept) {
  Door door;
  const auto& decision =
      door.send(batch(message("one") + "," + message("two", R"("uuid":"u2",)") + "," + message("one")));
  ASSERT_EQ(decision.reply.status, 200) << decision.reply.body;
  EXPECT_THAT(ids(decision), ElementsAre("rollbar.token.two-tokens"));
  EXPECT_EQ(header(decision.reply, "X-Rate-Limit-Remaining"), "4999");  // one call
  const auto result = result_of(decision);
  ASSERT_THAT(result, SizeIs(3));
  EXPECT_EQ(result[1]["uuid"], "u2");
  EXPECT_NE(result[0]["uuid"], result[2]["uuid"]);

  const auto records = door.records();
  ASSERT_THAT(records, SizeIs(3));
  EXPECT_EQ(records[1].fields["body"]["message"]["body"], "two");
  EXPECT_EQ(records[1].fields["access_token"], "0123\u2026(32 characters)");

  const auto list = door.get("items");
  ASSERT_EQ(list["total_count"], 2);
  EXPECT_EQ(list["items"][0]["title"], "one");
  EXPECT_EQ(list["items"][0]["total_occurrences"], 2);
  EXPECT_EQ(door.get("item/?uuid=u2")["title"], "two");
  door.send(item(message("one")));
  door.expect_repeatable();
}

TEST(RollbarBatch, ItsOccurrencesHaveIdsOfTheirOwn) {
  Door door;
  door.send(item(message("first")));
  door.send(batch(message("a") + "," + message("b", R"("uuid":"ub",)") + "," + message("c")));
  door.send(item(message("last")));
  const auto listed = door.get("instances")["instances"];
  std::vector<std::string> texts;
  std::vector<std::uint64_t> known;
  for (const auto& one : listed) {
    texts.push_back(one["data"]["body"]["message"]["body"]);
    known.push_back(one["id"]);
    EXPECT_EQ(door.get("instance/" + one["id"].dump()), one);
  }
  EXPECT_THAT(texts, ElementsAre("last", "c", "b", "a", "first"));
  EXPECT_EQ(listed[2]["data"]["uuid"], "ub");
  const auto older = door.get(fmt::format("instances?lastId={}", known[1]))["instances"];
  ASSERT_THAT(older, SizeIs(3));
  EXPECT_EQ(older[0]["id"], known[2]);
  EXPECT_EQ(
      door.send({.method = "DELETE", .target = fmt::format("/api/1/instance/{}", known[2]), .body = ""}).reply.status,
      200);
  EXPECT_THAT(door.get("instances")["instances"], SizeIs(4));
  EXPECT_EQ(
      door.send({.method = "GET", .target = fmt::format("/api/1/instance/{}", known[1] + 7), .body = ""}).reply.status,
      404);
  door.expect_repeatable();
}

TEST(RollbarBatch, TheTokenIsTheFirstItems) {
  Door door;
  door.accounts({{"tokens",
                  {{{"access_token", "t"}, {"project", "Cruddur"}, {"scopes", {"post_server_item"}}},
                   {{"access_token", "other"}, {"project", "onboarding"}, {"scopes", {"post_server_item"}}}}}});
  std::string second = message("two");
  second.replace(second.find("\"t\""), 3, "\"other\"");
  EXPECT_EQ(door.send(batch(message("one") + "," + second, "")).reply.status, 200);
  for (const auto& record : door.records()) EXPECT_EQ(record.fields["project"], "Cruddur");
  const auto& unknown = door.send(batch(R"({"access_token":"x"})", ""));
  EXPECT_EQ(unknown.reply.status, 403);
  const auto& browser = door.send(batch(message("one") + "," + message("two", R"("platform":"browser",)"), ""));
  EXPECT_EQ(browser.reply.status, 403);
  EXPECT_THAT(ids(browser), ElementsAre("rollbar.token.scope"));
  EXPECT_EQ(door.send(batch("", "X-Rollbar-Access-Token: x\r\n")).reply.status, 403);
}

TEST(RollbarBatch, IsRefusedAsAWhole) {
  Door door;
  const std::string body = message("one") + R"(,{"data":{"level":5,"body":{"message":{"body":"x"}}}},5)";
  const auto& decision = door.send(batch(body));
  EXPECT_EQ(decision.reply.status, 422);
  EXPECT_EQ(nlohmann::json::parse(decision.reply.body)["message"],
            "Invalid format. [1].data.level should be string. [2].data is a required property.");
  ASSERT_THAT(ids(decision),
              ElementsAre("rollbar.token.two-tokens", "rollbar.item.wrong-type", "rollbar.item.missing-key"));
  EXPECT_EQ(decision.findings[1].place, "[1].data.level");
  EXPECT_EQ(bytes_of(decision.findings[1], "[" + body + "]"), "5");
  EXPECT_EQ(decision.findings[2].place, "[2]");
  EXPECT_EQ(bytes_of(decision.findings[2], "[" + body + "]"), "5");
  EXPECT_THAT(door.records(), IsEmpty());
  EXPECT_THAT(door.get("items")["items"][0]["title"].get<std::string>(), HasSubstr("API error: Invalid format. [1]"));
  door.expect_repeatable();
}

TEST(RollbarBatch, WhatIsNoListOfItems) {
  for (const std::string body : {"[]", "{}", "5", R"({"data":{"body":{"message":{"body":"x"}}}})"}) {
    Door door;
    Sent sent = batch("");
    sent.body = body;
    const auto& decision = door.send(sent);
    EXPECT_EQ(decision.reply.status, 422) << body << decision.reply.body;
    EXPECT_THAT(door.records(), IsEmpty());
  }
}

TEST(RollbarBatch, AUuidTwice) {
  Door door;
  door.send(item(message("x", R"("uuid":"u0",)")));
  const auto& decision = door.send(batch(message("a", R"("uuid":"u1",)") + "," + message("b", R"("uuid":"u1",)") + "," +
                                         message("c", R"("uuid":"u0",)") + "," + message("d", R"("uuid":"u2",)")));
  EXPECT_EQ(decision.reply.status, 200);
  ASSERT_THAT(ids(decision),
              ElementsAre("rollbar.token.two-tokens", "rollbar.item.duplicate-uuid", "rollbar.item.duplicate-uuid"));
  EXPECT_EQ(decision.findings[1].place, "[1].data.uuid");
  EXPECT_THAT(door.records(), SizeIs(3));
  const auto listed = door.get("instances")["instances"];
  ASSERT_THAT(listed, SizeIs(3));
  EXPECT_EQ(listed[0]["data"]["body"]["message"]["body"], "d");
  EXPECT_EQ(listed[0]["data"]["uuid"], "u2");
  EXPECT_EQ(listed[1]["data"]["body"]["message"]["body"], "a");
  door.expect_repeatable();
}

TEST(RollbarBatch, FindingsNameTheItem) {
  Door door;
  door.settings(
      {{"grouping_rules",
        {{{"condition", {{"path", "environment"}, {"eq", "production"}}}, {"fingerprint", "all"}, {"title", "t"}}}}});
  const auto& decision = door.send(
      batch(message("a") + R"(,{"data":{"body":{"message":{"body":"x"}}}})", "X-Rollbar-Access-Token: t\r\n"));
  ASSERT_THAT(ids(decision), ElementsAre("rollbar.item.no-environment"));
  EXPECT_EQ(decision.findings[0].place, "[1].data.environment");
  const auto items = door.get("items")["items"];
  EXPECT_EQ(items[0]["hash"] == "all", false);
  EXPECT_EQ(items[1]["hash"], "all");
  EXPECT_EQ(items[1]["title"], "t");
  door.expect_repeatable();
}

}  // namespace
}  // namespace understudy::rollbar
