#include "cloudwatch_logs/model.h"

#include <gmock/gmock.h>

#include <span>

#include "cloudwatch_logs/operations.h"
#include "tests/cloudwatch_logs/lab.h"

namespace understudy::cloudwatch_logs {
namespace {

std::string message_of(const recording::Decision& decision) { return refused(decision).message; }

TEST(Model, HasTheInputsOfOperationsThatAreBuilt) {
  for (const auto& input : std::span(model::inputs, model::input_count)) {
    EXPECT_TRUE(exists_at_aws(input.operation)) << input.operation;
    EXPECT_EQ(model::input_of(input.operation), &model::shapes[input.shape]) << input.operation;
  }
  EXPECT_EQ(model::input_of("PutLogEvents"), nullptr);
}

TEST(Model, MatchesItsPatterns) {
  const auto group = "[\\.\\-_/#A-Za-z0-9]+";
  EXPECT_TRUE(model::matches(group, "/aws/lambda-1_a.b#"));
  EXPECT_FALSE(model::matches(group, "a b"));
  EXPECT_FALSE(model::matches(group, ""));
  EXPECT_TRUE(model::matches("[^:*]*", "a b/c"));
  EXPECT_FALSE(model::matches("[^:*]*", "a:b"));
  EXPECT_TRUE(model::matches("[\\w-]*", "a-b_9"));
  EXPECT_FALSE(model::matches("[\\w-]*", "a.b"));
  EXPECT_TRUE(model::matches("^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+)$", "Umläut 1"));
  EXPECT_FALSE(model::matches("^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+)$", "a!"));
  EXPECT_TRUE(model::matches("^\\d{12}$", "000000000000"));
  EXPECT_FALSE(model::matches("^\\d{12}$", "00000000000a"));
}

TEST(Model, NamesEveryViolationInItsOrder) {
  Lab lab;
  EXPECT_EQ(message_of(lab.call("PutMetricFilter", R"({"filterName":"a:b","filterPattern":""})")),
            "3 validation errors detected: Value null at 'logGroupName' failed to satisfy constraint: Member must not "
            "be null; Value 'a:b' at 'filterName' failed to satisfy constraint: Member must satisfy regular expression "
            "pattern: [^:*]*; Value null at 'metricTransformations' failed to satisfy constraint: Member must not be "
            "null");
}

// As the real service wrote it.
TEST(Model, PrintsStructuresAsJavaDoes) {
  Lab lab;
  const auto decision =
      lab.call("PutMetricFilter", R"({"logGroupName":"g","filterName":"f","filterPattern":"","metricTransformations":[)"
                                  R"({"metricName":"metric1","metricNamespace":"namespace1","metricValue":"1"},)"
                                  R"({"metricName":"metric2","metricNamespace":"namespace2","metricValue":"2"}]})");
  EXPECT_EQ(message_of(decision),
            "1 validation error detected: Value '[MetricTransformation(metricName=metric1, metricNamespace=namespace1, "
            "metricValue=1, defaultValue=null, unit=null, dimensions=null), MetricTransformation(metricName=metric2, "
            "metricNamespace=namespace2, metricValue=2, defaultValue=null, unit=null, dimensions=null)]' at "
            "'metricTransformations' failed to satisfy constraint: Member must have length less than or equal to 1");
}

TEST(Model, NamesThePlaceInAList) {
  Lab lab;
  EXPECT_EQ(message_of(lab.call("TestMetricFilter", R"({"filterPattern":"","logEventMessages":["a",""]})")),
            "1 validation error detected: Value '' at 'logEventMessages.2.member' failed to satisfy constraint: Member "
            "must have length greater than or equal to 1");
}

TEST(Model, HasTheServersOrderOfNames) {
  Lab lab;
  EXPECT_EQ(message_of(lab.call("PutDeliveryDestination", R"({"name":"d","outputFormat":"xml"})")),
            "1 validation error detected: Value 'xml' at 'outputFormat' failed to satisfy constraint: Member must "
            "satisfy enum value set: [w3c, raw, json, plain, parquet]");
}

TEST(Model, RefusesOtherJsonTypes) {
  Lab lab;
  const auto text = lab.call("DescribeDestinations", R"({"limit":"5"})");
  EXPECT_EQ(
      text.reply.body,
      R"({"__type":"SerializationException","message":"class java.lang.String can not be converted to a Integer"})");
  EXPECT_EQ(refused(lab.call("PutDestination", R"({"destinationName":1,"targetArn":"a","roleArn":"b"})")).type,
            "SerializationException");
  EXPECT_EQ(refused(lab.call("DescribeDestinations", R"({"limit":)")).type, "SerializationException");
}

TEST(Model, HoldsNumbersToTheirRanges) {
  Lab lab;
  EXPECT_EQ(message_of(lab.call("DescribeDestinations", R"({"limit":51})")),
            "1 validation error detected: Value '51' at 'limit' failed to satisfy constraint: Member must have value "
            "less than or equal to 50");
  EXPECT_EQ(message_of(lab.call("DescribeDestinations", R"({"limit":-99999999999999999999999})")).substr(0, 60),
            "1 validation error detected: Value '-9223372036854775808' at");
}

TEST(Model, AnswersALongGroupNameInItsOwnWords) {
  Lab lab;
  EXPECT_EQ(
      message_of(lab.call("DescribeMetricFilters", fmt::format(R"({{"logGroupName":"{}"}})", std::string(513, 'a')))),
      "Invalid LogGroup or LogStream, both must have length less than or equal to 512.");
}

TEST(Model, DoesNotRepeatAnIdentifier) {
  Lab lab;
  const auto decision = lab.call("GetDataProtectionPolicy",
                                 R"({"logGroupIdentifier":"arn:aws:logs:us-east-1:000000000000:log-group:g:*"})");
  EXPECT_EQ(message_of(decision),
            "1 validation error detected: Value at 'logGroupIdentifier' failed to satisfy constraint: Member must "
            "satisfy regular expression pattern: [\\w#+=/:,.@-]*");
  EXPECT_EQ(refused(decision).finding, "cloudwatch_logs.input.identifier-arn-star");
}

}  // namespace
}  // namespace understudy::cloudwatch_logs
