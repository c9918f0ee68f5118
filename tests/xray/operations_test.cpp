// Every operation of the API's model: its path and its required members.
#include "xray/operations.h"

#include <gmock/gmock.h>

#include "tests/xray/support.h"

namespace understudy::xray {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Modelled {
  std::string_view operation;
  std::string_view path;
  std::vector<std::string_view> required;
};

// [code: botocore 1.44.8 data/xray/2016-04-12/service-2.json]
const Modelled modelled[] = {
    {"BatchGetTraces", "/Traces", {"traceIds"}},
    {"CancelTraceRetrieval", "/CancelTraceRetrieval", {"retrievalToken"}},
    {"CreateGroup", "/CreateGroup", {"groupName"}},
    {"CreateSamplingRule", "/CreateSamplingRule", {"samplingRule"}},
    {"DeleteGroup", "/DeleteGroup", {"groupName"}},  // or GroupARN
    {"DeleteResourcePolicy", "/DeleteResourcePolicy", {"policyName"}},
    {"DeleteSamplingRule", "/DeleteSamplingRule", {"ruleName"}},  // or RuleARN
    {"GetEncryptionConfig", "/EncryptionConfig", {}},
    {"GetGroup", "/GetGroup", {"groupName"}},  // or GroupARN
    {"GetGroups", "/Groups", {}},
    {"GetIndexingRules", "/GetIndexingRules", {}},
    {"GetInsight", "/Insight", {"insightId"}},
    {"GetInsightEvents", "/InsightEvents", {"insightId"}},
    {"GetInsightImpactGraph", "/InsightImpactGraph", {"insightId", "startTime", "endTime"}},
    {"GetInsightSummaries", "/InsightSummaries", {"startTime", "endTime"}},
    {"GetRetrievedTracesGraph", "/GetRetrievedTracesGraph", {"retrievalToken"}},
    {"GetSamplingRules", "/GetSamplingRules", {}},
    {"GetSamplingStatisticSummaries", "/SamplingStatisticSummaries", {}},
    {"GetSamplingTargets", "/SamplingTargets", {"samplingStatisticsDocuments"}},
    {"GetServiceGraph", "/ServiceGraph", {"startTime", "endTime"}},
    {"GetTimeSeriesServiceStatistics", "/TimeSeriesServiceStatistics", {"startTime", "endTime"}},
    {"GetTraceGraph", "/TraceGraph", {"traceIds"}},
    {"GetTraceSegmentDestination", "/GetTraceSegmentDestination", {}},
    {"GetTraceSummaries", "/TraceSummaries", {"startTime", "endTime"}},
    {"ListResourcePolicies", "/ListResourcePolicies", {}},
    {"ListRetrievedTraces", "/ListRetrievedTraces", {"retrievalToken"}},
    {"ListTagsForResource", "/ListTagsForResource", {"resourceARN"}},
    {"PutEncryptionConfig", "/PutEncryptionConfig", {"type"}},
    {"PutResourcePolicy", "/PutResourcePolicy", {"policyName", "policyDocument"}},
    {"PutTelemetryRecords", "/TelemetryRecords", {"telemetryRecords"}},
    {"PutTraceSegments", "/TraceSegments", {"traceSegmentDocuments"}},
    {"StartTraceRetrieval", "/StartTraceRetrieval", {"traceIds", "startTime", "endTime"}},
    {"TagResource", "/TagResource", {"resourceARN", "tags"}},
    {"UntagResource", "/UntagResource", {"resourceARN", "tagKeys"}},
    {"UpdateGroup", "/UpdateGroup", {"groupName"}},  // or GroupARN
    {"UpdateIndexingRule", "/UpdateIndexingRule", {"name", "rule"}},
    {"UpdateSamplingRule", "/UpdateSamplingRule", {"samplingRuleUpdate"}},
    {"UpdateTraceSegmentDestination", "/UpdateTraceSegmentDestination", {}},
};

TEST(Operation, OfTheModelAreAllThereWithTheirRequiredMembers) {
  Session session;
  for (const auto& [name, path, required] : modelled) {
    const auto* operation = find_operation(path);
    ASSERT_TRUE(operation) << name;
    EXPECT_EQ(operation->name, name);
    const auto reply = session.call(path, "{}").reply;
    EXPECT_EQ(reply.status, required.empty() ? 200 : 400) << name << reply.body;
    for (const auto member : required) {
      EXPECT_THAT(reply.body, HasSubstr(fmt::format("Value null at '{}'", member))) << name;
    }
  }
  EXPECT_EQ(find_operation("/GetSamplingTargets"), nullptr) << "a name that is no path";
  EXPECT_EQ(session.folded(), session.live());
}

TEST(Operation, ThatDoesNotExistSaysSo) {
  Session session;
  const auto decision = session.call("/GetSamplingTargets", "{}");
  EXPECT_EQ(decision.reply.status, 404);
  EXPECT_EQ(decision.reply.body, R"({"__type":"UnknownOperationException"})");
  EXPECT_EQ(header(decision.reply, "x-amzn-ErrorType"), "UnknownOperationException");
  ASSERT_THAT(ids(decision.findings), ElementsAre("xray.operation.unknown"));
  EXPECT_EQ(decision.findings[0].place, "POST /GetSamplingTargets");
  EXPECT_THAT(ids(session.send("xray", "/GetSamplingRules", "", "", "GET").findings),
              ElementsAre("xray.operation.unknown"));
}

}  // namespace
}  // namespace understudy::xray
