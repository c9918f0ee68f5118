"""X-Ray's API by boto3, beside traces (xray_traces.py): groups, sampling rules, tags, encryption, resource policies,
indexing rules, destination, insights. Prints what came back."""

import json
import time

import boto3

xray = boto3.client("xray")
now = int(time.time())
told = {}


def error_of(call, **arguments):
    try:
        call(**arguments)
    except xray.exceptions.ClientError as error:
        return [error.response["Error"]["Code"], type(error).__name__]
    return None


group = xray.create_group(
    GroupName="Cruddur",
    FilterExpression='service("backend-flask")',
    InsightsConfiguration={"InsightsEnabled": True, "NotificationsEnabled": False},
    Tags=[{"Key": "team", "Value": "home"}],
)["Group"]
told["group"] = [group["GroupName"], group["FilterExpression"], group["InsightsConfiguration"]["InsightsEnabled"]]
told["a second"] = error_of(xray.create_group, GroupName="Cruddur")
told["tags"] = xray.list_tags_for_resource(ResourceARN=group["GroupARN"])["Tags"]
xray.tag_resource(ResourceARN=group["GroupARN"], Tags=[{"Key": "stage", "Value": "test"}])
xray.untag_resource(ResourceARN=group["GroupARN"], TagKeys=["team"])
told["tags later"] = xray.list_tags_for_resource(ResourceARN=group["GroupARN"])["Tags"]
xray.update_group(GroupName="Cruddur", FilterExpression="fault")
told["updated"] = xray.get_group(GroupName="Cruddur")["Group"]["FilterExpression"]
pages = xray.get_paginator("get_groups").paginate()
told["groups"] = sorted(one["GroupName"] for page in pages for one in page["Groups"])
xray.delete_group(GroupName="Cruddur")
told["deleted"] = error_of(xray.get_group, GroupName="Cruddur")

rule = {
    "RuleName": "cruddur", "ResourceARN": "*", "Priority": 9000, "FixedRate": 0.1, "ReservoirSize": 5, "Version": 1,
    "ServiceName": "backend-flask", "ServiceType": "*", "Host": "*", "HTTPMethod": "*", "URLPath": "*",
}
record = xray.create_sampling_rule(SamplingRule=rule)["SamplingRuleRecord"]
told["made now"] = abs(record["CreatedAt"].timestamp() - now) < 60
changed = xray.update_sampling_rule(SamplingRuleUpdate={"RuleName": "cruddur", "FixedRate": 0.5})["SamplingRuleRecord"]
told["changed"] = changed["SamplingRule"]["FixedRate"]
pages = xray.get_paginator("get_sampling_rules").paginate()
told["rules"] = sorted(one["SamplingRule"]["RuleName"] for page in pages for one in page["SamplingRuleRecords"])
targets = xray.get_sampling_targets(
    SamplingStatisticsDocuments=[
        {"RuleName": "cruddur", "ClientID": "0123456789abcdef01234567", "Timestamp": now, "RequestCount": 10,
         "SampledCount": 3, "BorrowCount": 1}
    ]
)
target = targets["SamplingTargetDocuments"][0]
told["target"] = [target["RuleName"], target["FixedRate"], target["ReservoirQuota"], targets["UnprocessedStatistics"]]
pages = xray.get_paginator("get_sampling_statistic_summaries").paginate()
told["statistics"] = [[one["RuleName"], one["RequestCount"], one["SampledCount"], one["BorrowCount"]]
                      for page in pages for one in page["SamplingStatisticSummaries"]]
told["no such rule"] = error_of(xray.delete_sampling_rule, RuleName="none")
xray.delete_sampling_rule(RuleName="cruddur")

told["encryption"] = xray.get_encryption_config()["EncryptionConfig"]["Type"]
told["key"] = xray.put_encryption_config(Type="KMS", KeyId="alias/aws/xray")["EncryptionConfig"]["Status"]
document = json.dumps({"Version": "2012-10-17", "Statement": []})
told["policy"] = xray.put_resource_policy(PolicyName="p", PolicyDocument=document)["ResourcePolicy"]["PolicyName"]
told["policies"] = len(xray.list_resource_policies()["ResourcePolicies"])
xray.delete_resource_policy(PolicyName="p")
told["indexing"] = [one["Name"] for one in xray.get_indexing_rules()["IndexingRules"]]
indexed = xray.update_indexing_rule(Name="Default", Rule={"Probabilistic": {"DesiredSamplingPercentage": 5.0}})
told["percentage"] = indexed["IndexingRule"]["Rule"]["Probabilistic"]["DesiredSamplingPercentage"]
told["destination"] = xray.get_trace_segment_destination()["Destination"]
told["destination later"] = xray.update_trace_segment_destination(Destination="CloudWatchLogs")["Destination"]

trace_id = f"1-{now:08x}-0123456789abcdef01234567"
segment = {"id": "53995c3f42cd8ad8", "name": "backend-flask", "trace_id": trace_id, "start_time": now - 1.5, "end_time": now - 1.0}
refused = {"id": "53995c3f42cd8ad9", "name": "backend-flask", "trace_id": "1-1", "start_time": now - 1.5, "end_time": now - 1.0}
reply = xray.put_trace_segments(TraceSegmentDocuments=[json.dumps(segment), json.dumps(refused), "no JSON"])
told["unprocessed"] = [one["ErrorCode"] for one in reply["UnprocessedTraceSegments"]]
told["trace graph"] = [one["Name"] for one in xray.get_trace_graph(TraceIds=[trace_id])["Services"]]
xray.put_telemetry_records(
    TelemetryRecords=[{"Timestamp": now, "SegmentsReceivedCount": 1, "SegmentsSentCount": 1}], Hostname="host"
)
told["insights"] = xray.get_insight_summaries(StartTime=now - 600, EndTime=now, States=["ACTIVE"])["InsightSummaries"]
print(json.dumps(told))
