#include "xray/operations.h"

#include <algorithm>

namespace understudy::xray {
namespace {

// [code: boto/botocore data/xray/2016-04-12/service-2.json]
constexpr Operation all[] = {
    {"/TraceSegments", "PutTraceSegments", put_trace_segments},
    {"/TelemetryRecords", "PutTelemetryRecords", put_telemetry_records},
    {"/GetSamplingRules", "GetSamplingRules", get_sampling_rules},
    {"/SamplingTargets", "GetSamplingTargets", get_sampling_targets},
    {"/CreateSamplingRule", "CreateSamplingRule", create_sampling_rule},
    {"/UpdateSamplingRule", "UpdateSamplingRule", update_sampling_rule},
    {"/DeleteSamplingRule", "DeleteSamplingRule", delete_sampling_rule},
    {"/CreateGroup", "CreateGroup", create_group},
    {"/GetGroup", "GetGroup", get_group},
    {"/UpdateGroup", "UpdateGroup", update_group},
    {"/DeleteGroup", "DeleteGroup", delete_group},
    {"/Groups", "GetGroups", get_groups},
    {"/SamplingStatisticSummaries", "GetSamplingStatisticSummaries"},
    {"/TraceSummaries", "GetTraceSummaries"},
    {"/Traces", "BatchGetTraces"},
    {"/ServiceGraph", "GetServiceGraph"},
    {"/TraceGraph", "GetTraceGraph"},
    {"/TimeSeriesServiceStatistics", "GetTimeSeriesServiceStatistics"},
    {"/Insight", "GetInsight"},
    {"/InsightEvents", "GetInsightEvents"},
    {"/InsightImpactGraph", "GetInsightImpactGraph"},
    {"/InsightSummaries", "GetInsightSummaries"},
    {"/EncryptionConfig", "GetEncryptionConfig"},
    {"/PutEncryptionConfig", "PutEncryptionConfig"},
    {"/TagResource", "TagResource"},
    {"/UntagResource", "UntagResource"},
    {"/ListTagsForResource", "ListTagsForResource"},
    {"/PutResourcePolicy", "PutResourcePolicy"},
    {"/DeleteResourcePolicy", "DeleteResourcePolicy"},
    {"/ListResourcePolicies", "ListResourcePolicies"},
    {"/StartTraceRetrieval", "StartTraceRetrieval"},
    {"/ListRetrievedTraces", "ListRetrievedTraces"},
    {"/GetRetrievedTracesGraph", "GetRetrievedTracesGraph"},
    {"/CancelTraceRetrieval", "CancelTraceRetrieval"},
    {"/GetIndexingRules", "GetIndexingRules"},
    {"/UpdateIndexingRule", "UpdateIndexingRule"},
    {"/GetTraceSegmentDestination", "GetTraceSegmentDestination"},
    {"/UpdateTraceSegmentDestination", "UpdateTraceSegmentDestination"},
    {"/v1/traces", "the OTLP endpoint"},  // [docs: CloudWatch, OTLP endpoints]
};

}  // namespace

Answer Answer::refusal(aws::Error error, recording::Finding finding) {
  Answer answer;
  answer.refused = std::move(error);
  answer.findings.push_back(std::move(finding));
  return answer;
}

const Operation* find_operation(std::string_view path) {
  const auto* found = std::ranges::find(all, path, &Operation::path);
  return found == std::end(all) ? nullptr : found;
}

}  // namespace understudy::xray
