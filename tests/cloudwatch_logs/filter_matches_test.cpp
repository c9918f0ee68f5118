// What filters and the embedded metric format make of the events that come in.
#include "cloudwatch_logs/filter_matches.h"

#include <gmock/gmock.h>

#include "cloudwatch_logs/embedded_metrics.h"
#include "tests/cloudwatch_logs/lab.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto now = Lab::start_ms;

class FilterMatches : public testing::Test {
 protected:
  FilterMatches() { lab.make_stream(); }

  void subscribe(const std::string& pattern, const std::string& destination) {
    const json filter = {{"logGroupName", "g"},
                         {"filterName", "to-them"},
                         {"filterPattern", pattern},
                         {"roleArn", "arn:aws:iam::000000000000:role/r"},
                         {"destinationArn", destination}};
    lab.ask("PutSubscriptionFilter", filter.dump());
  }
  void measure(const json& transformation, const std::string& pattern) {
    const json filter = {{"logGroupName", "g"},
                         {"filterName", "metric"},
                         {"filterPattern", pattern},
                         {"metricTransformations", {transformation}}};
    lab.ask("PutMetricFilter", filter.dump());
  }
  std::vector<json> records(const std::string& kind) {
    std::vector<json> all;
    for (const auto& record : lab.records()) {
      if (record.kind == kind) all.push_back(json::parse(record.fields.dump()));
    }
    return all;
  }

  Lab lab;
};

TEST_F(FilterMatches, ASubscriberGetsWhatItsPatternSelects) {
  subscribe("ERROR", "arn:aws:lambda:us-east-1:000000000000:function:f");
  lab.put({{now, "fine"}, {now + 1, "ERROR 1"}, {now + 2, "ERROR 2"}});
  lab.put({{now, "fine"}});
  const auto deliveries = records("subscription_delivery");
  ASSERT_EQ(deliveries.size(), 1u);
  EXPECT_EQ(deliveries[0]["destination_arn"], "arn:aws:lambda:us-east-1:000000000000:function:f");
  const auto& payload = deliveries[0]["payload"];
  EXPECT_EQ(payload["messageType"], "DATA_MESSAGE");
  EXPECT_EQ(payload["owner"], "000000000000");
  EXPECT_EQ(payload["logGroup"], "g");
  EXPECT_EQ(payload["logStream"], "s");
  EXPECT_EQ(payload["subscriptionFilters"], json{"to-them"});
  ASSERT_EQ(payload["logEvents"].size(), 2u);
  EXPECT_EQ(payload["logEvents"][0]["message"], "ERROR 1");
  EXPECT_EQ(payload["logEvents"][1]["timestamp"], now + 2);
}

TEST_F(FilterMatches, AnEventHasOneIdForItsReadersAndItsSubscribers) {
  subscribe("", "arn:aws:lambda:us-east-1:000000000000:function:f");
  lab.put({{1, "too old, and nobody's"}, {now, "a"}});
  const auto delivered = records("subscription_delivery").at(0)["payload"]["logEvents"];
  ASSERT_EQ(delivered.size(), 1u);
  EXPECT_EQ(delivered[0]["id"], lab.ask("FilterLogEvents", R"({"logGroupName":"g"})")["events"][0]["eventId"]);
}

TEST_F(FilterMatches, AStreamIsTestedWhenItIsSubscribed) {
  subscribe("", "arn:aws:kinesis:us-east-1:000000000000:stream/s");
  const auto tested = records("subscription_delivery");
  ASSERT_EQ(tested.size(), 1u);
  EXPECT_EQ(tested[0]["payload"]["messageType"], "CONTROL_MESSAGE");
  EXPECT_EQ(tested[0]["payload"]["owner"], "CloudwatchLogs");
}

TEST_F(FilterMatches, AnAccountSubscribesToAllGroupsButThoseThatItNames) {
  lab.make_stream("loud");
  const json document = {{"DestinationArn", "arn:aws:lambda:us-east-1:000000000000:function:all"},
                         {"FilterPattern", ""}};
  lab.ask("PutAccountPolicy", json{{"policyName", "all"},
                                   {"policyType", "SUBSCRIPTION_FILTER_POLICY"},
                                   {"policyDocument", document.dump()},
                                   {"selectionCriteria", R"(LogGroupName NOT IN ["loud"])"}}
                                  .dump());
  lab.put({{now, "a"}});
  lab.put({{now, "b"}}, "loud");
  const auto deliveries = records("subscription_delivery");
  ASSERT_EQ(deliveries.size(), 1u);
  EXPECT_EQ(deliveries[0]["log_group"], "g");
}

TEST_F(FilterMatches, APolicyOfOtherTypesIsNoReasonToFail) {
  lab.ask("PutAccountPolicy", json{{"policyName", "odd"},
                                   {"policyType", "SUBSCRIPTION_FILTER_POLICY"},
                                   {"policyDocument", R"({"FilterPattern":1,"DestinationArn":[]})"}}
                                  .dump());
  EXPECT_EQ(lab.put({{now, "a"}}).reply.status, 200);
}

TEST_F(FilterMatches, AMetricFilterMeasures) {
  measure({{"metricName", "Bytes"},
           {"metricNamespace", "App"},
           {"metricValue", "$.bytes"},
           {"unit", "Bytes"},
           {"dimensions", {{"Path", "$.path"}}}},
          "{ $.bytes >= 100 }");
  lab.put({{now, R"({"bytes":50,"path":"/a"})"}, {now + 1, R"({"bytes":1534,"path":"/b"})"}});
  const auto data = records("metric_datum");
  ASSERT_EQ(data.size(), 1u);
  EXPECT_EQ(data[0]["source"], "metric_filter");
  EXPECT_EQ(data[0]["filter_name"], "metric");
  EXPECT_EQ(data[0]["namespace"], "App");
  EXPECT_EQ(data[0]["name"], "Bytes");
  EXPECT_EQ(data[0]["values"], json{1534.0});
  EXPECT_EQ(data[0]["dimensions"], (json{{"Path", "/b"}}));
  EXPECT_EQ(data[0]["timestamp"], now + 1);
}

TEST_F(FilterMatches, AValueThatIsNoNumberMeasuresNothing) {
  measure({{"metricName", "Bytes"}, {"metricNamespace", "App"}, {"metricValue", "$.bytes"}}, "{ $.bytes = * }");
  lab.put({{now, R"({"bytes":"many"})"}});
  EXPECT_TRUE(records("metric_datum").empty());
}

std::string embedded(const json& metadata, json more = json::object()) {
  more["_aws"] = metadata;
  return more.dump();
}

json directive(const json& dimensions, const json& metrics) {
  return {{"Timestamp", now},
          {"CloudWatchMetrics", {{{"Namespace", "App"}, {"Dimensions", dimensions}, {"Metrics", metrics}}}}};
}

TEST_F(FilterMatches, EmbeddedMetricsAreTakenOutOfAnEvent) {
  lab.put({{now, embedded(directive({{"Function"}, json::array()}, {{{"Name", "Time"}, {"Unit", "Milliseconds"}}}),
                          {{"Function", "f"}, {"Time", {1, 2.5}}})}});
  EXPECT_EQ(records("log_event").size(), 1u);
  const auto data = records("metric_datum");
  ASSERT_EQ(data.size(), 2u) << "one for each set of dimensions";
  EXPECT_EQ(data[0]["source"], "embedded_metric_format");
  EXPECT_EQ(data[0]["values"], (json{1.0, 2.5}));
  EXPECT_EQ(data[0]["unit"], "Milliseconds");
  EXPECT_EQ(data[0]["dimensions"], (json{{"Function", "f"}}));
  EXPECT_EQ(data[1]["dimensions"], json::object());
}

TEST_F(FilterMatches, AFaultInEmbeddedMetricsIsTold) {
  const auto fault_of = [&](const std::string& message) {
    const auto decision = lab.put({{now, "before"}, {now, message}});
    EXPECT_EQ(decision.reply.status, 200);
    if (decision.findings.empty()) return std::string();
    EXPECT_EQ(decision.findings[0].id, "cloudwatch_logs.embedded-metrics.fault");
    EXPECT_EQ(decision.findings[0].place, "logEvents[1].message");
    return decision.findings[0].detail;
  };
  const json one = {{{"Name", "Time"}}};
  EXPECT_EQ(fault_of(embedded(directive({json::array()}, one), {{"Time", 1}})), "");
  EXPECT_EQ(fault_of(embedded(directive({json::array()}, one))),
            "CloudWatchMetrics[0].Metrics[0]: 'Time' is no member of the event");
  EXPECT_EQ(fault_of(embedded(directive({json::array()}, one), {{"Time", "1"}})),
            "CloudWatchMetrics[0].Metrics[0]: 'Time' is no number and no array of 1 to 100 numbers of the event");
  EXPECT_EQ(fault_of(embedded(directive({{"Function"}}, one), {{"Time", 1}})),
            "CloudWatchMetrics[0].Dimensions[0]: 'Function' is no member of the event");
  EXPECT_EQ(fault_of(embedded(directive(json::array(), {{{"Name", "Time"}, {"Unit", "ms"}}}), {{"Time", 1}})),
            "CloudWatchMetrics[0].Metrics[0].Unit: no unit 'ms'");
  auto seconds = directive(json::array(), one);
  seconds["Timestamp"] = now / 1000;
  EXPECT_THAT(fault_of(embedded(seconds, {{"Time", 1}})), HasSubstr("are no milliseconds since 1970"));
  auto beyond = directive(json::array(), one);
  beyond["Timestamp"] = 1e300;
  EXPECT_THAT(fault_of(embedded(beyond, {{"Time", 1}})), HasSubstr("are no milliseconds since 1970"));
  auto aws = directive(json::array(), one);
  aws["CloudWatchMetrics"][0]["Namespace"] = "AWS/Lambda";
  EXPECT_THAT(fault_of(embedded(aws, {{"Time", 1}})), HasSubstr("'AWS/Lambda' belongs to AWS"));
  EXPECT_THAT(fault_of(R"({"_aws":{"CloudWatchMetrics":[)"), HasSubstr("the message is no JSON"));
  EXPECT_TRUE(records("metric_datum").size() == 1) << "the sound one";
}

TEST(EmbeddedMetrics, HoldTheLimitsOfTheSpecification) {
  json metrics = json::array();
  json event = json::object();
  for (int i = 0; i < 101; ++i) {
    metrics.push_back({{"Name", fmt::format("m{}", i)}});
    event[fmt::format("m{}", i)] = i;
  }
  EXPECT_THAT(read_embedded_metrics(embedded(directive(json::array(), metrics), event))->faults,
              ElementsAre("CloudWatchMetrics[0].Metrics: 101 of them; 100 are the most"));
  json keys = json::array();
  for (int i = 0; i < 31; ++i) {
    keys.push_back(fmt::format("d{}", i));
    event[fmt::format("d{}", i)] = "x";
  }
  EXPECT_THAT(read_embedded_metrics(embedded(directive(json::array({keys}), {{{"Name", "m0"}}}), event))->faults,
              ElementsAre("CloudWatchMetrics[0].Dimensions[0]: 31 keys; 30 are the most"));
  EXPECT_FALSE(read_embedded_metrics("CloudWatchMetrics are a fine thing"));
  EXPECT_FALSE(read_embedded_metrics(R"({"message":{"_aws":{"CloudWatchMetrics":[]}}})"));
}

}  // namespace
}  // namespace understudy::cloudwatch_logs
