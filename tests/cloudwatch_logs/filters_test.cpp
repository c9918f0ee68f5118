// Metric filters, subscription filters and destinations.
#include "cloudwatch_logs/filters.h"

#include <gmock/gmock.h>

#include "tests/cloudwatch_logs/lab.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::json;

class Filters : public testing::Test {
 protected:
  Filters() { lab.make_stream(); }

  static json metric_filter(const std::string& name, const std::string& pattern = "ERROR") {
    return {{"logGroupName", "g"},
            {"filterName", name},
            {"filterPattern", pattern},
            {"metricTransformations", {{{"metricName", "Errors"}, {"metricNamespace", "App"}, {"metricValue", "1"}}}}};
  }
  static json subscription(const std::string& name, const std::string& destination, const std::string& pattern = "") {
    return {{"logGroupName", "g"}, {"filterName", name}, {"filterPattern", pattern}, {"destinationArn", destination}};
  }
  Refused refused_put(const json& filter) { return refused(lab.call("PutSubscriptionFilter", filter.dump())); }

  Lab lab;
};

constexpr auto function = "arn:aws:lambda:us-east-1:000000000000:function:f";

TEST_F(Filters, AMetricFilterIsListedAsItWasPut) {
  auto filter = metric_filter("errors");
  filter["metricTransformations"][0]["defaultValue"] = 0;
  EXPECT_EQ(lab.call("PutMetricFilter", filter.dump()).reply.body, "");
  EXPECT_EQ(
      lab.call("DescribeMetricFilters", R"({"logGroupName":"g"})").reply.body,
      fmt::format(R"({{"metricFilters":[{{"applyOnTransformedLogs":false,"creationTime":{},"filterName":"errors",)"
                  R"("filterPattern":"ERROR","logGroupName":"g","metricTransformations":[{{"defaultValue":0.0,)"
                  R"("metricName":"Errors","metricNamespace":"App","metricValue":"1"}}]}}]}})",
                  Lab::start_ms));
  EXPECT_EQ(lab.ask("DescribeLogGroups", "{}")["logGroups"][0]["metricFilterCount"], 1);
}

TEST_F(Filters, MetricFiltersAreListedByNameAcrossGroupsAndByMetric) {
  lab.make_stream("h");
  auto other = metric_filter("b");
  other["logGroupName"] = "h";
  other["metricTransformations"][0]["metricName"] = "Other";
  lab.ask("PutMetricFilter", metric_filter("c").dump());
  lab.ask("PutMetricFilter", other.dump());
  lab.ask("PutMetricFilter", metric_filter("a").dump());
  const auto names = [&](const char* input) {
    std::string all;
    const auto page = lab.ask("DescribeMetricFilters", input);
    for (const auto& one : page["metricFilters"]) {
      all += one["filterName"].get<std::string>();
    }
    return all;
  };
  EXPECT_EQ(names("{}"), "abc");
  EXPECT_EQ(names(R"({"logGroupName":"g"})"), "ac");
  EXPECT_EQ(names(R"({"logGroupName":"g","filterNamePrefix":"c"})"), "c");
  EXPECT_EQ(names(R"({"metricName":"Other","metricNamespace":"App"})"), "b");
  const auto first = lab.ask("DescribeMetricFilters", R"({"limit":2})");
  EXPECT_EQ(first["metricFilters"].size(), 2u);
  const auto rest = lab.ask("DescribeMetricFilters", json{{"limit", 2}, {"nextToken", first["nextToken"]}}.dump());
  EXPECT_EQ(rest["metricFilters"][0]["filterName"], "c");
  EXPECT_FALSE(rest.contains("nextToken"));
  EXPECT_EQ(refused(lab.call("DescribeMetricFilters", R"({"nextToken":"mine"})")).message,
            "The specified nextToken is invalid.");
  EXPECT_EQ(refused(lab.call("DescribeMetricFilters", R"({"logGroupName":"none"})")).finding,
            "cloudwatch_logs.group.missing");
}

TEST_F(Filters, AGroupTakesFivePatternsWithRegularExpressions) {
  for (int i = 0; i < 4; ++i) lab.ask("PutMetricFilter", metric_filter(fmt::format("f{}", i), "%a%").dump());
  lab.ask("PutSubscriptionFilter", subscription("s", function, "%b%").dump());
  EXPECT_EQ(refused(lab.call("PutMetricFilter", metric_filter("more", "%c%").dump())).type, "LimitExceededException");
  lab.ask("PutMetricFilter", metric_filter("f0", "%d%").dump());
  lab.ask("PutMetricFilter", metric_filter("plain", "c").dump());
}

TEST_F(Filters, AHundredMetricFiltersAreTheLimit) {
  for (int i = 0; i < 100; ++i) lab.ask("PutMetricFilter", metric_filter(fmt::format("f{}", i)).dump());
  const auto answer = refused(lab.call("PutMetricFilter", metric_filter("one-more").dump()));
  EXPECT_EQ(answer.type, "LimitExceededException");
  EXPECT_EQ(answer.message, "Resource limit exceeded.");
  EXPECT_EQ(answer.finding, "cloudwatch_logs.quota.resources");
  EXPECT_EQ(lab.call("PutMetricFilter", metric_filter("f7").dump()).reply.status, 200) << "an update";
}

TEST_F(Filters, AMetricFilterIsDeletedOnce) {
  lab.ask("PutMetricFilter", metric_filter("errors").dump());
  EXPECT_EQ(lab.call("DeleteMetricFilter", R"({"logGroupName":"g","filterName":"errors"})").reply.body, "");
  EXPECT_EQ(lab.call("DeleteMetricFilter", R"({"logGroupName":"g","filterName":"errors"})").reply.body,
            R"({"__type":"ResourceNotFoundException","message":"The specified metric filter does not exist."})");
  EXPECT_TRUE(lab.ask("DescribeMetricFilters", "{}")["metricFilters"].empty());
}

TEST_F(Filters, DimensionsAndADefaultExcludeEachOther) {
  auto filter = metric_filter("errors", "{ $.level = * }");
  filter["metricTransformations"][0]["defaultValue"] = 0;
  filter["metricTransformations"][0]["dimensions"] = {{"Level", "$.level"}};
  EXPECT_EQ(refused(lab.call("PutMetricFilter", filter.dump())).finding, "cloudwatch_logs.input.exclusive");
}

TEST_F(Filters, ANullIsAnAbsentMember) {
  auto filter = metric_filter("errors");
  filter["metricTransformations"][0]["unit"] = nullptr;
  filter["metricTransformations"][0]["defaultValue"] = nullptr;
  lab.ask("PutMetricFilter", filter.dump());
  lab.put({{Lab::start_ms, "ERROR"}});
  EXPECT_EQ(lab.records().back().fields["unit"], "None");
  filter["metricTransformations"][0]["dimensions"] = {{"a", nullptr}};
  EXPECT_EQ(refused(lab.call("PutMetricFilter", filter.dump())).message,
            "1 validation error detected: Value null at 'metricTransformations.1.member.dimensions.a.member' failed to "
            "satisfy constraint: Member must not be null");
}

TEST_F(Filters, APatternThatCannotBeReadIsRefused) {
  const auto answer = refused(lab.call("PutMetricFilter", metric_filter("errors", "{ $.a = ").dump()));
  EXPECT_EQ(answer.type, "InvalidParameterException");
  EXPECT_EQ(answer.finding, "cloudwatch_logs.filter-pattern.invalid");
  EXPECT_EQ(refused_put(subscription("s", function, "{ $.a")).finding, "cloudwatch_logs.filter-pattern.invalid");
  EXPECT_EQ(refused(lab.call("TestMetricFilter", R"({"filterPattern":"{","logEventMessages":["a"]})")).finding,
            "cloudwatch_logs.filter-pattern.invalid");
}

TEST_F(Filters, TestMetricFilterLeavesOutWhatDoesNotMatch) {
  const auto matches = lab.ask("TestMetricFilter", R"({"filterPattern":"[ip, user, status = 4*]","logEventMessages":)"
                                                   R"(["127.0.0.1 frank 200","127.0.0.1 frank 404"]})")["matches"];
  ASSERT_EQ(matches.size(), 1u);
  EXPECT_EQ(matches[0]["eventNumber"], 2);
  EXPECT_EQ(matches[0]["eventMessage"], "127.0.0.1 frank 404");
  EXPECT_EQ(matches[0]["extractedValues"], (json{{"$ip", "127.0.0.1"}, {"$user", "frank"}, {"$status", "404"}}));
  EXPECT_EQ(
      lab.ask("TestMetricFilter", R"({"filterPattern":"ERR","logEventMessages":["ERROR 1"]})"),
      (json{{"matches", {{{"eventNumber", 1}, {"eventMessage", "ERROR 1"}, {"extractedValues", json::object()}}}}}));
}

TEST_F(Filters, ASubscriptionFilterIsListedAsItWasPut) {
  EXPECT_EQ(lab.call("PutSubscriptionFilter", subscription("s", function).dump()).reply.body, "");
  EXPECT_EQ(lab.call("DescribeSubscriptionFilters", R"({"logGroupName":"g"})").reply.body,
            fmt::format(R"({{"subscriptionFilters":[{{"applyOnTransformedLogs":false,"creationTime":{},)"
                        R"("destinationArn":"{}","distribution":"ByLogStream","filterName":"s","filterPattern":"",)"
                        R"("logGroupName":"g"}}]}})",
                        Lab::start_ms, function));
}

TEST_F(Filters, AGroupTakesTwoSubscriptionFilters) {
  lab.ask("PutSubscriptionFilter", subscription("a", function).dump());
  lab.ask("PutSubscriptionFilter", subscription("b", function).dump());
  lab.ask("PutSubscriptionFilter", subscription("b", function, "ERROR").dump());
  EXPECT_EQ(lab.call("PutSubscriptionFilter", subscription("c", function).dump()).reply.body,
            R"({"__type":"LimitExceededException","message":"Resource limit exceeded."})");
  EXPECT_EQ(lab.ask("DeleteSubscriptionFilter", R"({"logGroupName":"g","filterName":"a"})"), json());
  EXPECT_EQ(refused(lab.call("DeleteSubscriptionFilter", R"({"logGroupName":"g","filterName":"a"})")).message,
            "The specified subscription filter does not exist.");
}

TEST_F(Filters, ADestinationIsLookedAtBeforeTheGroup) {
  auto foreign = subscription("s", "arn:aws:lambda:us-east-1:111111111111:function:f");
  foreign["logGroupName"] = "none";
  EXPECT_EQ(refused_put(foreign).type, "AccessDeniedException");
  EXPECT_EQ(refused_put(foreign).message,
            "Cross-account lambda invocation passing is not allowed. You must use DestinationPolicies to create cross "
            "account lambda triggers.");
  EXPECT_EQ(refused_put(subscription("s", "arn:aws:kinesis:us-east-1:000000000000:stream/s")).message,
            "destinationArn for vendor kinesis cannot be used without roleArn");
  EXPECT_EQ(refused_put(subscription("s", "arn:aws:logs:us-east-1:000000000000:destination:none")).finding,
            "cloudwatch_logs.subscription.destination");
  EXPECT_EQ(refused_put(subscription("s", "nowhere")).type, "InvalidParameterException");
}

TEST_F(Filters, ADestinationGetsItsPolicyLater) {
  const auto put = lab.ask("PutDestination", R"({"destinationName":"d","targetArn":"arn:aws:kinesis:us-east-1:)"
                                             R"(000000000000:stream/s","roleArn":"arn:aws:iam::000000000000:role/r"})");
  EXPECT_EQ(put["destination"]["arn"], "arn:aws:logs:us-east-1:000000000000:destination:d");
  EXPECT_FALSE(put["destination"].contains("accessPolicy"));
  lab.ask("PutDestinationPolicy", R"({"destinationName":"d","accessPolicy":"{}"})");
  const auto listed = lab.ask("DescribeDestinations", R"({"DestinationNamePrefix":"d"})")["destinations"];
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0]["accessPolicy"], "{}");
  EXPECT_TRUE(lab.ask("DescribeDestinations", R"({"DestinationNamePrefix":"e"})")["destinations"].empty());
  EXPECT_EQ(
      lab.call("PutSubscriptionFilter", subscription("s", "arn:aws:logs:us-east-1:000000000000:destination:d").dump())
          .reply.status,
      200);
  lab.ask("DeleteDestination", R"({"destinationName":"d"})");
  EXPECT_EQ(refused(lab.call("DeleteDestination", R"({"destinationName":"d"})")).finding,
            "cloudwatch_logs.resource.missing");
  EXPECT_EQ(refused(lab.call("PutDestinationPolicy", R"({"destinationName":"d","accessPolicy":"{}"})")).type,
            "ResourceNotFoundException");
}

TEST_F(Filters, GoWithTheirGroup) {
  lab.ask("PutMetricFilter", metric_filter("errors").dump());
  lab.ask("PutSubscriptionFilter", subscription("s", function).dump());
  lab.ask("DeleteLogGroup", R"({"logGroupName":"g"})");
  lab.make_stream();
  EXPECT_TRUE(lab.ask("DescribeMetricFilters", R"({"logGroupName":"g"})")["metricFilters"].empty());
  EXPECT_TRUE(lab.ask("DescribeSubscriptionFilters", R"({"logGroupName":"g"})")["subscriptionFilters"].empty());
}

}  // namespace
}  // namespace understudy::cloudwatch_logs
