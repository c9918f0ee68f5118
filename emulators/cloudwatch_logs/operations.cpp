#include "cloudwatch_logs/operations.h"

#include <algorithm>

#include "cloudwatch_logs/deliveries.h"
#include "cloudwatch_logs/export_tasks.h"
#include "cloudwatch_logs/group_settings.h"
#include "cloudwatch_logs/groups.h"
#include "cloudwatch_logs/insights.h"
#include "cloudwatch_logs/live_tail.h"
#include "cloudwatch_logs/metric_filters.h"
#include "cloudwatch_logs/policies.h"
#include "cloudwatch_logs/put_log_events.h"
#include "cloudwatch_logs/query_definitions.h"
#include "cloudwatch_logs/read_events.h"
#include "cloudwatch_logs/streams.h"
#include "cloudwatch_logs/subscription_filters.h"
#include "cloudwatch_logs/tags.h"
#include "cloudwatch_logs/transformers.h"

namespace understudy::cloudwatch_logs {
namespace {

constexpr NamedOperation built[] = {
    {"PutLogEvents", put_log_events},
    {"CreateLogGroup", create_log_group},
    {"CreateLogStream", create_log_stream},
    {"DescribeLogGroups", describe_log_groups},
    {"DescribeLogStreams", describe_log_streams},
    {"PutRetentionPolicy", put_retention_policy},
    {"DeleteRetentionPolicy", delete_retention_policy},
    {"GetLogEvents", get_log_events},
    {"FilterLogEvents", filter_log_events},
    {"DeleteLogGroup", delete_log_group},
    {"DeleteLogStream", delete_log_stream},
    {"TagResource", tag_resource},
    {"UntagResource", untag_resource},
    {"ListTagsForResource", list_tags_for_resource},
    {"TagLogGroup", tag_log_group},
    {"UntagLogGroup", untag_log_group},
    {"ListTagsLogGroup", list_tags_log_group},
};

// Every operation of the service, sorted [code: botocore 1.44.5, data/logs/2014-03-28/service-2.json].
constexpr std::string_view of_aws[] = {"AssociateKmsKey",
                                       "AssociateSourceToS3TableIntegration",
                                       "CancelExportTask",
                                       "CancelImportTask",
                                       "CreateDelivery",
                                       "CreateExportTask",
                                       "CreateImportTask",
                                       "CreateLogAnomalyDetector",
                                       "CreateLogGroup",
                                       "CreateLogStream",
                                       "CreateLookupTable",
                                       "CreateScheduledQuery",
                                       "DeleteAccountPolicy",
                                       "DeleteDataProtectionPolicy",
                                       "DeleteDelivery",
                                       "DeleteDeliveryDestination",
                                       "DeleteDeliveryDestinationPolicy",
                                       "DeleteDeliverySource",
                                       "DeleteDestination",
                                       "DeleteIndexPolicy",
                                       "DeleteIntegration",
                                       "DeleteLogAnomalyDetector",
                                       "DeleteLogGroup",
                                       "DeleteLogStream",
                                       "DeleteLookupTable",
                                       "DeleteMetricFilter",
                                       "DeleteQueryDefinition",
                                       "DeleteResourcePolicy",
                                       "DeleteRetentionPolicy",
                                       "DeleteScheduledQuery",
                                       "DeleteSubscriptionFilter",
                                       "DeleteSyslogConfiguration",
                                       "DeleteTransformer",
                                       "DescribeAccountPolicies",
                                       "DescribeConfigurationTemplates",
                                       "DescribeDeliveries",
                                       "DescribeDeliveryDestinations",
                                       "DescribeDeliverySources",
                                       "DescribeDestinations",
                                       "DescribeExportTasks",
                                       "DescribeFieldIndexes",
                                       "DescribeImportTaskBatches",
                                       "DescribeImportTasks",
                                       "DescribeIndexPolicies",
                                       "DescribeLogGroups",
                                       "DescribeLogStreams",
                                       "DescribeLookupTables",
                                       "DescribeMetricFilters",
                                       "DescribeQueries",
                                       "DescribeQueryDefinitions",
                                       "DescribeResourcePolicies",
                                       "DescribeSubscriptionFilters",
                                       "DisassociateKmsKey",
                                       "DisassociateSourceFromS3TableIntegration",
                                       "FilterLogEvents",
                                       "GetDataProtectionPolicy",
                                       "GetDelivery",
                                       "GetDeliveryDestination",
                                       "GetDeliveryDestinationPolicy",
                                       "GetDeliverySource",
                                       "GetIntegration",
                                       "GetLogAnomalyDetector",
                                       "GetLogEvents",
                                       "GetLogFields",
                                       "GetLogGroupFields",
                                       "GetLogObject",
                                       "GetLogRecord",
                                       "GetLookupTable",
                                       "GetQueryResults",
                                       "GetScheduledQuery",
                                       "GetScheduledQueryHistory",
                                       "GetStorageTierPolicy",
                                       "GetTransformer",
                                       "ListAggregateLogGroupSummaries",
                                       "ListAnomalies",
                                       "ListIntegrations",
                                       "ListLogAnomalyDetectors",
                                       "ListLogGroups",
                                       "ListLogGroupsForQuery",
                                       "ListScheduledQueries",
                                       "ListSourcesForS3TableIntegration",
                                       "ListSyslogConfigurations",
                                       "ListTagsForResource",
                                       "ListTagsLogGroup",
                                       "PutAccountPolicy",
                                       "PutBearerTokenAuthentication",
                                       "PutDataProtectionPolicy",
                                       "PutDeliveryDestination",
                                       "PutDeliveryDestinationPolicy",
                                       "PutDeliverySource",
                                       "PutDestination",
                                       "PutDestinationPolicy",
                                       "PutIndexPolicy",
                                       "PutIntegration",
                                       "PutLogEvents",
                                       "PutLogGroupDeletionProtection",
                                       "PutMetricFilter",
                                       "PutQueryDefinition",
                                       "PutResourcePolicy",
                                       "PutRetentionPolicy",
                                       "PutStorageTierPolicy",
                                       "PutSubscriptionFilter",
                                       "PutSyslogConfiguration",
                                       "PutTransformer",
                                       "StartLiveTail",
                                       "StartQuery",
                                       "StopQuery",
                                       "TagLogGroup",
                                       "TagResource",
                                       "TestMetricFilter",
                                       "TestTransformer",
                                       "UntagLogGroup",
                                       "UntagResource",
                                       "UpdateAnomaly",
                                       "UpdateDeliveryConfiguration",
                                       "UpdateLogAnomalyDetector",
                                       "UpdateLookupTable",
                                       "UpdateScheduledQuery"};
static_assert(std::ranges::is_sorted(of_aws));

}  // namespace

Operation find_operation(std::string_view name) {
  using Operations = std::span<const NamedOperation>;
  for (const auto& operations :
       {Operations(built), metric_filter_operations(), subscription_operations(), policy_operations(),
        query_definition_operations(), group_setting_operations(), delivery_operations(), export_task_operations(),
        transformer_operations(), insights_operations(), live_tail_operations()}) {
    const auto found = std::ranges::find(operations, name, &NamedOperation::name);
    if (found != operations.end()) return found->operation;
  }
  return nullptr;
}

std::span<const std::string_view> operations_of_aws() { return of_aws; }

bool exists_at_aws(std::string_view name) { return std::ranges::binary_search(of_aws, name); }

}  // namespace understudy::cloudwatch_logs
