#include <gmock/gmock.h>

#include "tests/cloudwatch_logs/lab.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::json;

std::vector<std::string> names(const json& list, const char* member) {
  std::vector<std::string> found;
  for (const auto& item : list) found.push_back(item[member]);
  return found;
}

TEST(LogGroups, AreCreatedWithAnEmptyAnswerAndOnlyOnce) {
  Lab lab;
  const auto created = lab.call("CreateLogGroup", R"({"logGroupName":"cruddur"})");
  EXPECT_EQ(created.reply.status, 200);
  EXPECT_EQ(created.reply.body, "");
  const auto again = lab.call("CreateLogGroup", R"({"logGroupName":"cruddur"})");
  EXPECT_EQ(again.reply.body,
            R"({"__type":"ResourceAlreadyExistsException","message":"The specified log group already exists"})");
  EXPECT_EQ(refused(again).finding, "cloudwatch_logs.group.already-exists");
}

TEST(LogGroups, AreListedInTheRecordedShape) {
  Lab lab;
  lab.ask("CreateLogGroup", R"({"logGroupName":"cruddur"})");
  EXPECT_EQ(lab.call("DescribeLogGroups", R"({"logGroupNamePrefix": "cruddur"})").reply.body,
            R"({"logGroups":[{"arn":"arn:aws:logs:us-east-1:000000000000:log-group:cruddur:*",)"
            R"("creationTime":1795222519000,"deletionProtectionEnabled":false,)"
            R"("logGroupArn":"arn:aws:logs:us-east-1:000000000000:log-group:cruddur","logGroupClass":"STANDARD",)"
            R"("logGroupName":"cruddur","metricFilterCount":0,"storedBytes":0}]})");
  lab.ask("PutRetentionPolicy", R"({"logGroupName":"cruddur","retentionInDays":14})");
  EXPECT_EQ(lab.ask("DescribeLogGroups", "{}")["logGroups"][0]["retentionInDays"], 14);
  lab.ask("DeleteRetentionPolicy", R"({"logGroupName":"cruddur"})");
  EXPECT_FALSE(lab.ask("DescribeLogGroups", "{}")["logGroups"][0].contains("retentionInDays"));
}

TEST(LogGroups, EchoWhatTheyWereCreatedWith) {
  Lab lab;
  lab.ask("CreateLogGroup",
          R"({"logGroupName":"g","kmsKeyId":"arn:k","logGroupClass":"INFREQUENT_ACCESS","tags":{"a":"b"},)"
          R"("deletionProtectionEnabled":true})");
  const auto group = lab.ask("DescribeLogGroups", "{}")["logGroups"][0];
  EXPECT_EQ(group["kmsKeyId"], "arn:k");
  EXPECT_EQ(group["logGroupClass"], "INFREQUENT_ACCESS");
  EXPECT_EQ(group["deletionProtectionEnabled"], true);
  EXPECT_EQ(lab.call("ListTagsLogGroup", R"({"logGroupName":"g"})").reply.body, R"({"tags":{"a":"b"}})");
  EXPECT_EQ(refused(lab.call("DeleteLogGroup", R"({"logGroupName":"g"})")).finding, "cloudwatch_logs.group.protected");
}

TEST(LogGroups, ArePagedInAsciiOrder) {
  Lab lab;
  for (const auto* name : {"b", "B", "a/1", "a-1", "c"}) {
    lab.ask("CreateLogGroup", fmt::format(R"({{"logGroupName":"{}"}})", name));
  }
  std::vector<std::string> all;
  json page = lab.ask("DescribeLogGroups", R"({"limit":2})");
  for (;;) {
    for (const auto& name : names(page["logGroups"], "logGroupName")) all.push_back(name);
    if (!page.contains("nextToken")) break;
    page = lab.ask("DescribeLogGroups", json({{"limit", 2}, {"nextToken", page["nextToken"]}}).dump());
  }
  EXPECT_THAT(all, testing::ElementsAre("B", "a-1", "a/1", "b", "c"));
  const auto bad = lab.call("DescribeLogGroups", R"({"nextToken":"nonsense"})");
  EXPECT_EQ(refused(bad).message, "The specified nextToken is invalid.");
  EXPECT_EQ(refused(bad).type, "InvalidParameterException");
}

TEST(LogGroups, AreFoundByPrefixOrPatternButNotBoth) {
  Lab lab;
  for (const auto* name : {"app/one", "app/two", "other"}) {
    lab.ask("CreateLogGroup", fmt::format(R"({{"logGroupName":"{}"}})", name));
  }
  const auto list = [&](const char* body) {
    return names(lab.ask("DescribeLogGroups", body)["logGroups"], "logGroupName");
  };
  EXPECT_THAT(list(R"({"logGroupNamePrefix":"app/"})"), testing::ElementsAre("app/one", "app/two"));
  EXPECT_THAT(list(R"({"logGroupNamePattern":"o"})"), testing::ElementsAre("app/one", "app/two", "other"));
  EXPECT_THAT(list(R"({"logGroupNamePattern":"two"})"), testing::ElementsAre("app/two"));
  EXPECT_THAT(list(R"({"logGroupIdentifiers":["other","arn:aws:logs:us-east-1:000000000000:log-group:app/one"]})"),
              testing::ElementsAre("app/one", "other"));
  const auto found = lab.ask("DescribeLogGroups", R"({"logGroupNamePattern":"two"})");
  const auto rest =
      lab.ask("DescribeLogGroups", json{{"logGroupNamePattern", "two"}, {"nextToken", found["nextToken"]}}.dump());
  EXPECT_EQ(rest.dump(), R"({"logGroups":[]})") << "one page more than there is";
  const auto item = found["logGroups"][0];
  EXPECT_FALSE(item.contains("storedBytes"));
  EXPECT_FALSE(item.contains("deletionProtectionEnabled"));
  EXPECT_EQ(refused(lab.call("DescribeLogGroups", R"({"logGroupNamePrefix":"a","logGroupNamePattern":"b"})")).message,
            "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
}

TEST(LogGroups, HoldTheirInputToTheModel) {
  Lab lab;
  EXPECT_EQ(refused(lab.call("DescribeLogGroups", R"({"limit":51})")).message,
            "1 validation error detected: Value '51' at 'limit' failed to satisfy constraint: Member must have value "
            "less than or equal to 50");
  EXPECT_EQ(refused(lab.call("CreateLogGroup", "{}")).message,
            "1 validation error detected: Value null at 'logGroupName' failed to satisfy constraint: Member must not "
            "be null");
  EXPECT_EQ(refused(lab.call("CreateLogGroup", "")).message,
            "1 validation error detected: Value null at 'logGroupName' failed to satisfy constraint: Member must not "
            "be null");
  EXPECT_EQ(refused(lab.call("CreateLogGroup", R"({"logGroupName":""})")).message,
            "2 validation errors detected: Value '' at 'logGroupName' failed to satisfy constraint: Member must have "
            "length greater than or equal to 1; Value '' at 'logGroupName' failed to satisfy constraint: Member must "
            "satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+");
  EXPECT_EQ(
      refused(lab.call("CreateLogGroup", fmt::format(R"({{"logGroupName":"{}"}})", std::string(513, 'a')))).message,
      "Invalid LogGroup or LogStream, both must have length less than or equal to 512.");
  EXPECT_EQ(refused(lab.call("CreateLogGroup", R"({"logGroupName":"g","logGroupClass":"CHEAP"})")).message,
            "1 validation error detected: Value 'CHEAP' at 'logGroupClass' failed to satisfy constraint: Member must "
            "satisfy enum value set: [STANDARD, INFREQUENT_ACCESS, DELIVERY, ESSENTIALS]");
  EXPECT_EQ(refused(lab.call("CreateLogGroup", R"({"logGroupName":"aws/x"})")).finding,
            "cloudwatch_logs.group.reserved-name");
  EXPECT_EQ(refused(lab.call("CreateLogGroup", R"({"logGroupName":7})")).type, "SerializationException");
  EXPECT_EQ(refused(lab.call("CreateLogGroup", "7")).type, "SerializationException");
}

TEST(LogGroups, AreDeletedWithTheirStreams) {
  Lab lab;
  lab.make_stream();
  lab.put({{Lab::start_ms, "a"}});
  EXPECT_EQ(lab.call("DeleteLogGroup", R"({"logGroupName":"g"})").reply.body, "");
  EXPECT_EQ(refused(lab.call("DeleteLogGroup", R"({"logGroupName":"g"})")).message,
            "The specified log group does not exist.");
  EXPECT_EQ(refused(lab.put({{Lab::start_ms, "a"}})).finding, "cloudwatch_logs.group.missing");
  lab.ask("CreateLogGroup", R"({"logGroupName":"g"})");
  EXPECT_EQ(lab.ask("DescribeLogStreams", R"({"logGroupName":"g"})")["logStreams"], json::array());
}

TEST(Retention, TakesOnlyItsValues) {
  Lab lab;
  lab.ask("CreateLogGroup", R"({"logGroupName":"g"})");
  const auto decision = lab.call("PutRetentionPolicy", R"({"logGroupName":"g","retentionInDays":730})");
  EXPECT_EQ(
      refused(decision).message,
      "Invalid retention value. Valid values are: [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, "
      "1096, 1827, 2192, 2557, 2922, 3288, 3653]");
  EXPECT_THAT(decision.findings.at(0).detail, testing::StartsWith("730 days; nearest allowed: 731, 545"));
  EXPECT_EQ(refused(lab.call("PutRetentionPolicy", R"({"logGroupName":"none","retentionInDays":7})")).type,
            "ResourceNotFoundException");
  EXPECT_EQ(
      refused(lab.call("PutRetentionPolicy", R"({"logGroupName":"g"})")).message,
      "1 validation error detected: Value null at 'retentionInDays' failed to satisfy constraint: Member must not "
      "be null");
}

TEST(Accounts, AndRegionsKeepTheirOwnGroups) {
  Lab lab;
  lab.ask("CreateLogGroup", R"({"logGroupName":"g"})");
  lab.authorization =
      "AWS4-HMAC-SHA256 Credential=other/20261121/eu-west-1/logs/aws4_request, SignedHeaders=host, "
      "Signature=" +
      std::string(64, 'b');
  EXPECT_EQ(lab.ask("DescribeLogGroups", "{}")["logGroups"], json::array());
  lab.ask("CreateLogGroup", R"({"logGroupName":"g"})");
  EXPECT_EQ(lab.ask("DescribeLogGroups", "{}")["logGroups"][0]["logGroupArn"],
            "arn:aws:logs:eu-west-1:000000000000:log-group:g");
}

TEST(Tags, AreOneStoreByNameAndByArn) {
  Lab lab;
  lab.ask("CreateLogGroup", R"({"logGroupName":"g"})");
  const std::string arn = R"("resourceArn":"arn:aws:logs:us-east-1:000000000000:log-group:g")";
  EXPECT_EQ(lab.call("ListTagsForResource", "{" + arn + "}").reply.body, R"({"tags":{}})");
  lab.ask("TagResource", "{" + arn + R"(,"tags":{"a":"1","b":"2"}})");
  lab.ask("TagLogGroup", R"({"logGroupName":"g","tags":{"c":"3"}})");
  lab.ask("UntagResource", "{" + arn + R"(,"tagKeys":["a"]})");
  EXPECT_EQ(lab.ask("ListTagsLogGroup", R"({"logGroupName":"g"})"), json({{"tags", {{"b", "2"}, {"c", "3"}}}}));
  lab.ask("UntagLogGroup", R"({"logGroupName":"g","tags":["b","c","none"]})");
  EXPECT_EQ(lab.call("ListTagsForResource", "{" + arn + "}").reply.body, R"({"tags":{}})");

  json many = {{"logGroupName", "g"}, {"tags", json::object()}};
  for (int i = 0; i < 51; ++i) many["tags"][fmt::format("k{}", i)] = "";
  const auto refusal = lab.call("TagLogGroup", many.dump());
  EXPECT_EQ(refused(refusal).type, "TooManyTagsException");
  EXPECT_EQ(json::parse(refusal.reply.body)["resourceName"], "arn:aws:logs:us-east-1:000000000000:log-group:g");
  EXPECT_EQ(refused(lab.call("TagResource", R"({"resourceArn":"arn:aws:logs:us-east-1:1:x","tags":{"a":"b"}})")).type,
            "ResourceNotFoundException");
  EXPECT_EQ(refused(lab.call("UntagResource", "{" + arn + "}")).message,
            "1 validation error detected: Value null at 'tagKeys' failed to satisfy constraint: Member must not be "
            "null");
}

}  // namespace
}  // namespace understudy::cloudwatch_logs
