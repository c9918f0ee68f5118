// Queries over occurrences: their jobs, their conditions, their groups, and what cannot be read.
#include "rollbar/rql.h"

#include <gmock/gmock.h>

#include "tests/rollbar/door.h"

namespace understudy::rollbar {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string occurrence(std::string_view text, int row, std::string_view environment = "production") {
  return R"({"data":{"environment":")" + std::string(environment) + R"(","level":"error","code_version":"1.)" +
         std::to_string(row % 2) + R"(","custom":{"row":)" + std::to_string(row) + R"(,"tags":["a","b"]},)" +
         R"("body":{"message":{"body":")" + std::string(text) + "\"}}}}";
}

const recording::Decision& ask(Door& door, const std::string& query, bool forced = false) {
  return door.send(
      {.target = "/api/1/rql/jobs", .body = nlohmann::json{{"query_string", query}, {"force_refresh", forced}}.dump()});
}

nlohmann::ordered_json result_of(Door& door, const std::string& query) {
  const auto& decision = ask(door, query);
  EXPECT_EQ(decision.reply.status, 200) << decision.reply.body;
  const std::string id = nlohmann::json::parse(decision.reply.body)["result"]["id"].dump();
  return door.get("rql/job/" + id + "/result")["result"];
}

std::string rows(Door& door, const std::string& query) { return result_of(door, query)["rows"].dump(); }

void fill(Door& door) {
  for (int i = 0; i < 4; ++i) door.send(item(occurrence("feed", i)));
  door.send(item(occurrence("login", 9, "staging")));
}

TEST(RollbarRql, JobsAndTheirResults) {
  Door door;
  fill(door);
  const std::string query = "SELECT count(*) FROM item_occurrence";
  const auto job = nlohmann::ordered_json::parse(ask(door, query).reply.body)["result"];
  std::vector<std::string> names;
  for (const auto& [name, value] : job.items()) names.push_back(name);
  EXPECT_THAT(names,
              ElementsAre("id", "project_id", "query_string", "status", "job_hash", "date_created", "date_modified"));
  EXPECT_EQ(job["status"], "success");
  const auto result = door.get("rql/job/1/result");
  EXPECT_EQ(result["job_id"], 1);
  const auto& told = result["result"];
  EXPECT_EQ(told["rows"].dump(), "[[5]]");
  EXPECT_EQ(told["columns"][0], "count(*)");
  EXPECT_EQ(told["selectionColumns"], told["columns"]);
  EXPECT_THAT(told["errors"], IsEmpty());
  EXPECT_THAT(told["warnings"], IsEmpty());
  EXPECT_EQ(told["rowcount"], 1);
  EXPECT_EQ(told["executionTime"], 0);
  EXPECT_EQ(nlohmann::json::parse(ask(door, query).reply.body)["result"]["id"], 1);
  EXPECT_EQ(nlohmann::json::parse(ask(door, query, true).reply.body)["result"]["id"], 2);
  EXPECT_EQ(door.get("rql/job/2")["query_string"], query);
  EXPECT_EQ(door.get("rql/jobs")["jobs"][0]["id"], 2);
  EXPECT_EQ(door.send({.method = "GET", .target = "/api/1/rql/job/3", .body = ""}).reply.status, 404);
  EXPECT_EQ(door.send({.method = "GET", .target = "/api/1/rql/job/3/result", .body = ""}).reply.status, 404);
  door.expect_repeatable();
}

TEST(RollbarRql, Conditions) {
  Door door;
  fill(door);
  const std::pair<std::string, std::string> table[] = {
      {"custom.row = 2", "[[2]]"},
      {"custom.row != 2 and custom.row < 9", "[[0],[1],[3]]"},
      {"custom.row <> 2 AND NOT custom.row >= 3", "[[0],[1]]"},
      {"custom.row IN (1, 9) or custom.row = 3", "[[1],[3],[9]]"},
      {"custom.row NOT IN (0, 1, 2, 3)", "[[9]]"},
      {"custom.row between 1 and 2", "[[1],[2]]"},
      {"body.message.body like 'L%G_n'", "[[9]]"},
      {"body.message.body not like '%ee%'", "[[9]]"},
      {"environment = 'staging'", "[[9]]"},
      {"item.environment = \"staging\"", "[[9]]"},
      {"item.counter = 2 and item.level = 40", "[[9]]"},
      {"custom.tags.1 = 'b' and custom.row = 0", "[[0]]"},
      {"person.id is not null", "[]"},
      {"person.id is null and custom.row = 9", "[[9]]"},
      {"timestamp > unix_timestamp() - 60 * 60 and custom.row = 9", "[[9]]"},
      {"timestamp < unix_timestamp() - 60 * 60", "[]"},
      {"(custom.row = 1 or custom.row = 2) and code_version = '1.1'", "[[1]]"}};
  for (const auto& [where, expected] : table) {
    EXPECT_EQ(rows(door, "select custom.row from item_occurrence where " + where + " order by custom.row"), expected)
        << where;
  }
}

TEST(RollbarRql, GroupsAndFunctions) {
  Door door;
  fill(door);
  EXPECT_EQ(rows(door,
                 "select item.title, count(*) as n, max(custom.row), min(custom.row), sum(custom.row), "
                 "avg(custom.row), count(distinct code_version) from item_occurrence group by item.title "
                 "order by n desc"),
            R"([["feed",4,3,0,6,1.5,2],["login",1,9,9,9,9,1]])");
  EXPECT_EQ(rows(door, "select count(*) from item_occurrence where environment = 'none'"), "[[0]]");
  EXPECT_EQ(rows(door, "select custom.row from item_occurrence order by custom.row desc limit 2"), "[[9],[3]]");
  EXPECT_EQ(rows(door, "select custom.row from item_occurrence order by custom.row limit 1, 2"), "[[1],[2]]");
  EXPECT_EQ(rows(door, "select custom.row from item_occurrence order by custom.row limit 2 offset 3"), "[[3],[9]]");
  EXPECT_EQ(rows(door, "select environment, count(*) from item_occurrence group by environment order by count(*)"),
            R"([["staging",1],["production",4]])");
}

TEST(RollbarRql, AllColumns) {
  Door door;
  fill(door);
  const auto result = result_of(door, "select * from item_occurrence where custom.row < 2 order by custom.row desc");
  const auto& columns = result["columns"];
  ASSERT_EQ(result["rows"].size(), 2U);
  const auto value = [&](std::string_view name, std::size_t row) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i] == name) return result["rows"][row].at(i);
    }
    return nlohmann::ordered_json("no such column");
  };
  EXPECT_EQ(columns[0], "timestamp");
  EXPECT_EQ(value("timestamp", 0), 1'795'222'506);
  EXPECT_EQ(value("custom.row", 0), 1);
  EXPECT_EQ(value("custom.row", 1), 0);
  EXPECT_EQ(value("custom.tags.1", 0), "b");
  EXPECT_EQ(value("item.level", 0), 40);
  EXPECT_EQ(value("body.message.body", 1), "feed");
}

TEST(RollbarRql, AJobThatIsDoneIsNotCancelled) {
  Door door;
  ask(door, "select level from item_occurrence");
  const auto& decision = door.send({.target = "/api/1/rql/job/1/cancel", .body = ""});
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_EQ(nlohmann::json::parse(decision.reply.body)["result"]["status"], "success");
  EXPECT_EQ(door.send({.target = "/api/1/rql/job/2/cancel", .body = ""}).reply.status, 404);
}

TEST(RollbarRql, WhatCannotBeReadFails) {
  const std::pair<std::string, std::string> table[] = {
      {"select", "a name is expected, at character 7"},
      {"select * from item_occurrence group by level", "\"*\" has no groups"},
      {"select a from items", "the table \"items\" is not known"},
      {"select date(a) from item_occurrence", "the function \"date\" is not built"},
      {"select a from item_occurrence where", "a name is expected"},
      {"select a from item_occurrence where a", "a comparison is expected"},
      {"select a from item_occurrence where a = 'x", "is not closed"},
      {"select a from item_occurrence where a = ", "a value is expected"},
      {"select a from item_occurrence limit x", "a number is expected"},
      {"select a from item_occurrence nonsense", "\"nonsense\" is not expected"},
      {"select a from item_occurrence where " + std::string(1000, '('), "nested too deep"}};
  for (const auto& [query, error] : table) {
    Door door;
    const auto& decision = ask(door, query);
    EXPECT_EQ(decision.reply.status, 200);
    EXPECT_EQ(nlohmann::json::parse(decision.reply.body)["result"]["status"], "failed") << query;
    ASSERT_THAT(ids(decision), ElementsAre("rollbar.rql.refused")) << query;
    EXPECT_THAT(decision.findings[0].detail, HasSubstr(error)) << query;
    const auto result = door.get("rql/job/1/result")["result"];
    EXPECT_THAT(result["rows"], IsEmpty());
    EXPECT_THAT(result["errors"][0].get<std::string>(), HasSubstr(error));
  }
  Door door;
  EXPECT_EQ(door.send({.target = "/api/1/rql/jobs", .body = "{}"}).reply.status, 422);
}

TEST(RollbarRql, OneProjectDoesNotSeeAnother) {
  Door door;
  door.accounts({{"tokens",
                  {{{"access_token", "a"}, {"project", "one"}, {"scopes", {"post_server_item"}}},
                   {{"access_token", "b"}, {"project", "two"}, {"scopes", {"read"}}}}}});
  door.send(with_headers("X-Rollbar-Access-Token: a\r\n"));
  const std::string header = "X-Rollbar-Access-Token: b\r\n";
  door.send({.target = "/api/1/rql/jobs",
             .headers = header,
             .body = R"({"query_string":"select count(*) from item_occurrence"})"});
  const auto& decision =
      door.send({.method = "GET", .target = "/api/1/rql/job/1/result", .headers = header, .body = ""});
  EXPECT_EQ(nlohmann::json::parse(decision.reply.body)["result"]["result"]["rows"].dump(), "[[0]]");
}

}  // namespace
}  // namespace understudy::rollbar
