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
    {"/SamplingStatisticSummaries", "GetSamplingStatisticSummaries", get_sampling_statistic_summaries},
    {"/TraceSummaries", "GetTraceSummaries", get_trace_summaries},
    {"/Traces", "BatchGetTraces", batch_get_traces},
    {"/ServiceGraph", "GetServiceGraph", get_service_graph},
    {"/TraceGraph", "GetTraceGraph", get_trace_graph},
    {"/TimeSeriesServiceStatistics", "GetTimeSeriesServiceStatistics", get_time_series_service_statistics},
    {"/Insight", "GetInsight", get_insight},
    {"/InsightEvents", "GetInsightEvents", get_insight_events},
    {"/InsightImpactGraph", "GetInsightImpactGraph", get_insight_impact_graph},
    {"/InsightSummaries", "GetInsightSummaries", get_insight_summaries},
    {"/EncryptionConfig", "GetEncryptionConfig", get_encryption_config},
    {"/PutEncryptionConfig", "PutEncryptionConfig", put_encryption_config},
    {"/TagResource", "TagResource", tag_resource},
    {"/UntagResource", "UntagResource", untag_resource},
    {"/ListTagsForResource", "ListTagsForResource", list_tags_for_resource},
    {"/PutResourcePolicy", "PutResourcePolicy", put_resource_policy},
    {"/DeleteResourcePolicy", "DeleteResourcePolicy", delete_resource_policy},
    {"/ListResourcePolicies", "ListResourcePolicies", list_resource_policies},
    {"/StartTraceRetrieval", "StartTraceRetrieval", start_trace_retrieval},
    {"/ListRetrievedTraces", "ListRetrievedTraces", list_retrieved_traces},
    {"/GetRetrievedTracesGraph", "GetRetrievedTracesGraph", get_retrieved_traces_graph},
    {"/CancelTraceRetrieval", "CancelTraceRetrieval", cancel_trace_retrieval},
    {"/GetIndexingRules", "GetIndexingRules", get_indexing_rules},
    {"/UpdateIndexingRule", "UpdateIndexingRule", update_indexing_rule},
    {"/GetTraceSegmentDestination", "GetTraceSegmentDestination", get_trace_segment_destination},
    {"/UpdateTraceSegmentDestination", "UpdateTraceSegmentDestination", update_trace_segment_destination},
    {"/v1/traces", "the OTLP endpoint", put_otlp_traces},  // [docs: CloudWatch, OTLP endpoints]
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
