// Each mistake that a single request shows, and the finding that it gets.
#include "cloudwatch_logs/findings.h"

#include <gmock/gmock.h>

#include "tests/cloudwatch_logs/lab.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::json;

struct Mistake {
  const char* operation;
  std::string body;
  const char* finding;
};

std::string batch_of(const char* events) {
  return fmt::format(R"({{"logGroupName":"g","logStreamName":"s","logEvents":[{}]}})", events);
}

std::string tags_of(int count) {
  json tags = json::object();
  for (int i = 0; i < count; ++i) tags[fmt::format("k{}", i)] = "v";
  return json{{"logGroupName", "g"}, {"tags", tags}}.dump();
}

TEST(Mistakes, AreToldInTheirOwnFindings) {
  const std::vector<Mistake> mistakes = {
      {"PutLogEvents", batch_of(R"({"timestamp":"1","message":"a"})"), "body.type"},
      {"PutLogEvents", batch_of(""), "events.none"},
      {"PutLogEvents", batch_of(R"({"message":"a"})"), "events.timestamp-missing"},
      {"PutLogEvents", Lab::batch({{Lab::start_ms, std::string(1'048'551, 'x')}}).dump(), "events.too-large"},
      {"PutLogEvents", Lab::batch({{Lab::start_ms + 3 * 3'600'000, "a"}}).dump(), "events.too-new"},
      {"PutLogEvents", Lab::batch({{Lab::start_ms - 2 * 86'400'000, "a"}}).dump(), "events.expired"},
      {"PutLogEvents",
       batch_of(fmt::format(R"({{"timestamp":{},"message":"a"}})", Lab::start_ms).c_str()).insert(1, R"("entity":1,)"),
       "entity.rejected"},
      {"DescribeLogStreams", "{}", "input.group-absent"},
      {"DescribeLogGroups", R"({"nextToken":"mine"})", "input.next-token"},
      {"PutRetentionPolicy", R"({"logGroupName":"g","retentionInDays":730})", "group.retention-value"},
      {"TagLogGroup", tags_of(51), "group.too-many-tags"},
      {"CreateLogStream", R"({"logGroupName":"g","logStreamName":"s"})", "stream.already-exists"},
      {"PutLogEvents", Lab::batch({{Lab::start_ms, "a"}}, "none").dump(), "group.missing"},
      {"PutLogEvents", Lab::batch({{Lab::start_ms, "a"}}, "g", "none").dump(), "stream.missing"},
      {"CreateLogStream", R"({"logGroupName":"g","logStreamName":"C:\\log"})", "stream.name"},
      {"CreateLogStream", R"({"logGroupName":"g","logStreamName":"host//app.py/7"})", "stream.path-name"},
  };
  for (const auto& mistake : mistakes) {
    Lab lab;
    lab.make_stream();
    lab.ask("PutRetentionPolicy", R"({"logGroupName":"g","retentionInDays":1})");
    const auto decision = lab.call(mistake.operation, mistake.body);
    ASSERT_FALSE(decision.findings.empty()) << mistake.finding;
    EXPECT_EQ(decision.findings[0].id, std::string("cloudwatch_logs.") + mistake.finding);
  }
}

}  // namespace
}  // namespace understudy::cloudwatch_logs
