#include <gmock/gmock.h>

#include "tests/cloudwatch_logs/lab.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::json;
constexpr std::int64_t now = Lab::start_ms;

std::vector<std::string> names(const json& page) {
  std::vector<std::string> found;
  for (const auto& item : page["logStreams"]) found.push_back(item["logStreamName"]);
  return found;
}

TEST(LogStreams, AreCreatedOnceInAGroupThatExists) {
  Lab lab;
  const auto no_group = lab.call("CreateLogStream", R"({"logGroupName":"g","logStreamName":"s"})");
  EXPECT_EQ(refused(no_group).message, "The specified log group does not exist.");
  lab.make_stream();
  const auto again = lab.call("CreateLogStream", R"({"logGroupName":"g","logStreamName":"s"})");
  EXPECT_EQ(again.reply.body,
            R"({"__type":"ResourceAlreadyExistsException","message":"The specified log stream already exists"})");
  EXPECT_EQ(refused(lab.call("CreateLogStream", R"({"logGroupName":"g","logStreamName":"C:\\x"})")).finding,
            "cloudwatch_logs.stream.name");
}

TEST(LogStreams, WithAProgramsPathForANameAreNoted) {
  Lab lab;
  lab.make_stream();
  const auto decision = lab.call(
      "CreateLogStream", R"({"logGroupName":"g","logStreamName":"host//venv/site-packages/flask/__main__.py/app/9"})");
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_EQ(decision.findings.at(0).id, "cloudwatch_logs.stream.path-name");
}

TEST(LogStreams, TellOfEventsOnlyOnceTheyHaveSome) {
  Lab lab;
  lab.make_stream();
  EXPECT_EQ(lab.call("DescribeLogStreams", R"({"logGroupName":"g"})").reply.body,
            R"({"logStreams":[{"arn":"arn:aws:logs:us-east-1:000000000000:log-group:g:log-stream:s",)"
            R"("creationTime":1795222519000,"logStreamName":"s","storedBytes":0}]})");
  lab.put({{1, "dropped"}});
  EXPECT_FALSE(
      lab.ask("DescribeLogStreams", R"({"logGroupName":"g"})")["logStreams"][0].contains("firstEventTimestamp"));
  lab.put({{now - 10, "a"}, {now, "b"}});
  lab.put({{now - 20, "c"}});
  lab.now_ms += 5;
  const auto last = json::parse(lab.put({{now - 15, "d"}}).reply.body)["nextSequenceToken"];
  EXPECT_EQ(lab.ask("DescribeLogStreams", R"({"logGroupName":"g"})")["logStreams"][0],
            json({{"arn", "arn:aws:logs:us-east-1:000000000000:log-group:g:log-stream:s"},
                  {"creationTime", now},
                  {"firstEventTimestamp", now - 20},
                  {"lastEventTimestamp", now},
                  {"lastIngestionTime", now + 5},
                  {"logStreamName", "s"},
                  {"storedBytes", 0},
                  {"uploadSequenceToken", last}}));
}

TEST(LogStreams, AreOrderedByNameOrByLastEvent) {
  Lab lab;
  for (const auto* name : {"b", "a", "c"}) lab.make_stream("g", name);
  lab.put({{now - 1, "x"}}, "g", "a");
  lab.put({{now - 2, "x"}}, "g", "c");
  const auto list = [&](const json& more) {
    json body = {{"logGroupName", "g"}, {"limit", 1}};
    body.update(more);
    std::vector<std::string> all;
    for (int pages = 0; pages < 9; ++pages) {
      const auto page = lab.ask("DescribeLogStreams", body.dump());
      for (const auto& name : names(page)) all.push_back(name);
      if (!page.contains("nextToken")) break;
      body["nextToken"] = page["nextToken"];
    }
    return all;
  };
  EXPECT_THAT(list(json::object()), testing::ElementsAre("a", "b", "c"));
  EXPECT_THAT(list({{"descending", true}}), testing::ElementsAre("c", "b", "a"));
  EXPECT_THAT(list({{"orderBy", "LastEventTime"}}), testing::ElementsAre("b", "c", "a"));
  EXPECT_THAT(list({{"orderBy", "LastEventTime"}, {"descending", true}}), testing::ElementsAre("a", "c", "b"));
  EXPECT_THAT(list({{"logStreamNamePrefix", "b"}}), testing::ElementsAre("b"));
}

TEST(LogStreams, AreListedByNameOrIdentifierOfTheGroup) {
  Lab lab;
  lab.make_stream();
  const auto message = [&](const char* body) { return refused(lab.call("DescribeLogStreams", body)); };
  EXPECT_THAT(names(lab.ask("DescribeLogStreams", R"({"logGroupIdentifier":"g"})")), testing::ElementsAre("s"));
  EXPECT_THAT(names(lab.ask("DescribeLogStreams",
                            R"({"logGroupIdentifier":"arn:aws:logs:us-east-1:000000000000:log-group:g"})")),
              testing::ElementsAre("s"));
  const auto star = message(R"({"logGroupIdentifier":"arn:aws:logs:us-east-1:000000000000:log-group:g:*"})");
  EXPECT_EQ(star.message,
            "1 validation error detected: Value at 'logGroupIdentifier' failed to satisfy constraint: Member must "
            "satisfy regular expression pattern: [\\w#+=/:,.@-]*");
  EXPECT_EQ(star.finding, "cloudwatch_logs.input.identifier-arn-star");
  const auto both = message(R"({"logGroupIdentifier":"g","logGroupName":"g"})");
  EXPECT_EQ(both.type, "ValidationException");
  EXPECT_EQ(both.message, "LogGroup name and LogGroup ARN are mutually exclusive parameters.");
  EXPECT_EQ(message("{}").type, "ValidationException");
  EXPECT_EQ(message(R"({"logGroupIdentifier":"arn:aws:logs:us-east-1:111111111111:log-group:g"})").type,
            "ResourceNotFoundException");
  EXPECT_EQ(
      message(R"({"logGroupName":"g","orderBy":"x"})").message,
      "1 validation error detected: Value 'x' at 'orderBy' failed to satisfy constraint: Member must satisfy enum "
      "value set: [LogStreamName, LastEventTime]");
  EXPECT_EQ(message(R"({"logGroupName":"g","orderBy":"LastEventTime","logStreamNamePrefix":"s"})").message,
            "Cannot order by LastEventTime with a logStreamNamePrefix.");
  EXPECT_EQ(message(R"({"logGroupName":"none"})").message, "The specified log group does not exist.");
  EXPECT_EQ(message(R"({"logGroupName":"g","nextToken":"x"})").message, "The specified nextToken is invalid.");
}

TEST(LogStreams, AreDeletedWithTheirEvents) {
  Lab lab;
  lab.make_stream();
  lab.put({{now, "a"}});
  lab.ask("DeleteLogStream", R"({"logGroupName":"g","logStreamName":"s"})");
  EXPECT_EQ(refused(lab.call("DeleteLogStream", R"({"logGroupName":"g","logStreamName":"s"})")).message,
            "The specified log stream does not exist.");
  lab.make_stream();
  EXPECT_EQ(lab.ask("GetLogEvents", R"({"logGroupName":"g","logStreamName":"s"})")["events"], json::array());
}

}  // namespace
}  // namespace understudy::cloudwatch_logs
