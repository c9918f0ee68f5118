#include "aws/reply.h"

#include <gmock/gmock.h>

#include "aws/arn.h"
#include "aws/constraints.h"

namespace understudy::aws {
namespace {

using testing::ElementsAre;
using testing::Pair;

const recording::Entropy entropy(7, "v", 3);

TEST(JsonReply, HasTheHeadersThatShippersLookFor) {
  const auto reply = json_reply("{}", entropy);
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.headers, ElementsAre(Pair("x-amzn-RequestId", entropy.uuid("request id")),
                                         Pair("Content-Type", "application/x-amz-json-1.1")));
}

TEST(JsonError, IsCompactWithTheTypeFirst) {
  EXPECT_EQ(json_error({"ResourceNotFoundException", "The specified log group does not exist.", 400, {}}, entropy).body,
            R"({"__type":"ResourceNotFoundException","message":"The specified log group does not exist."})");
  EXPECT_EQ(json_error({"UnknownOperationException", "", 400, {}}, entropy).body,
            R"({"__type":"UnknownOperationException"})");
  EXPECT_EQ(json_error({"T", "m", 400, {{"resourceName", "\"a\""}}}, entropy).body,
            R"({"__type":"T","message":"m","resourceName":"a"})");
}

TEST(RestJsonError, SatisfiesEveryReader) {
  const auto reply = rest_json_error({"InvalidRequestException", "no", 403, {}}, entropy);
  EXPECT_EQ(reply.status, 403);
  EXPECT_EQ(reply.body, R"({"__type":"InvalidRequestException","Message":"no"})");
  EXPECT_THAT(reply.headers, testing::Contains(Pair("x-amzn-ErrorType", "InvalidRequestException")));
}

TEST(JsonString, EscapesWhatMustBeAndRepairsDamagedUtf8) {
  const auto written = [](std::string_view text) {
    std::string json;
    append_json_string(json, text);
    return json;
  };
  EXPECT_EQ(written("a\"\\\n\r\t\x01 caf\xC3\xA9 \xF0\x9F\x98\x80"),
            "\"a\\\"\\\\\\n\\r\\t\\u0001 caf\xC3\xA9 \xF0\x9F\x98\x80\"");
  EXPECT_EQ(written("\xFF\xC3"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
  EXPECT_EQ(written("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
  EXPECT_EQ(written("\xE0\x80\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST(Violations, AreOneSentenceInAwsWords) {
  Violations violations;
  violations.add("51", "limit", constraint::max_value(50));
  EXPECT_EQ(violations.message(),
            "1 validation error detected: Value '51' at 'limit' failed to satisfy constraint: Member must have value "
            "less than or equal to 50");
  violations.add_null("logEvents");
  violations.add_unquoted("logGroupIdentifier", constraint::pattern("[x]*"));
  EXPECT_EQ(violations.message(),
            "3 validation errors detected: Value '51' at 'limit' failed to satisfy constraint: Member must have value "
            "less than or equal to 50; Value null at 'logEvents' failed to satisfy constraint: Member must not be "
            "null; Value at 'logGroupIdentifier' failed to satisfy constraint: Member must satisfy regular expression "
            "pattern: [x]*");
}

TEST(Violations, StopAtTen) {
  Violations violations;
  for (int i = 0; i < 12; ++i) violations.add_null("x");
  EXPECT_TRUE(violations.message().starts_with("10 validation errors detected: "));
}

TEST(Regions, AreToldFromMisspeltOnes) {
  for (const auto* region : {"us-east-1", "ca-central-1", "ap-southeast-4", "us-gov-west-1", "cn-northwest-1",
                             "eusc-de-east-1", "us-iso-east-1", "me-central-1"}) {
    EXPECT_TRUE(looks_like_region(region)) << region;
  }
  for (const auto* region :
       {"", "can-central-1", "us-east-1a", "us-east", "useast-1", "us-est-1", "local", "us-east-"}) {
    EXPECT_FALSE(looks_like_region(region)) << region;
  }
}

TEST(Arn, NamesThePartitionOfItsRegion) {
  EXPECT_EQ(arn("logs", "eu-west-1", "000000000000", "log-group:g"), "arn:aws:logs:eu-west-1:000000000000:log-group:g");
  EXPECT_EQ(arn("logs", "cn-north-1", "1", "x"), "arn:aws-cn:logs:cn-north-1:1:x");
}

}  // namespace
}  // namespace understudy::aws
