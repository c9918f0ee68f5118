"""What boto3 makes of the operations beside events: its paginators page by page, its typed errors, what it reads back."""

import json

import boto3

logs = boto3.client("logs")
told = {}
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:f"
ROLE = "arn:aws:iam::000000000000:role/r"


def pages(operation, result, **arguments):
    """How many items came on each page of two."""
    found = logs.get_paginator(operation).paginate(PaginationConfig={"PageSize": 2}, **arguments)
    return [len(page[result]) for page in found]


def error_of(call, **arguments):
    try:
        call(**arguments)
    except logs.exceptions.ClientError as error:
        return [type(error).__name__, error.response["Error"]["Message"]]


logs.create_log_group(logGroupName="cruddur")
logs.create_log_stream(logGroupName="cruddur", logStreamName="web")
for i in range(5):
    logs.put_metric_filter(
        logGroupName="cruddur",
        filterName=f"filter-{i}",
        filterPattern="{ $.level = ERROR }",
        metricTransformations=[{"metricName": "Errors", "metricNamespace": "App", "metricValue": "1", "defaultValue": 0}],
    )
told["metric filters"] = pages("describe_metric_filters", "metricFilters", logGroupName="cruddur")
told["default value"] = logs.describe_metric_filters(metricName="Errors", metricNamespace="App")["metricFilters"][0][
    "metricTransformations"
][0]["defaultValue"]
told["matches"] = logs.test_metric_filter(
    filterPattern="[ip, user, status = 4*]", logEventMessages=["127.0.0.1 frank 200", "127.0.0.1 frank 404"]
)["matches"]

for name in ("one", "two"):
    logs.put_subscription_filter(
        logGroupName="cruddur", filterName=name, filterPattern="ERROR", destinationArn=FUNCTION
    )
told["a third subscription filter"] = error_of(
    logs.put_subscription_filter,
    logGroupName="cruddur",
    filterName="three",
    filterPattern="",
    destinationArn=FUNCTION,
)
told["subscription filters"] = pages("describe_subscription_filters", "subscriptionFilters", logGroupName="cruddur")

for i in range(3):
    logs.put_destination(destinationName=f"d{i}", targetArn="arn:aws:kinesis:us-east-1:000000000000:stream/s", roleArn=ROLE)
    logs.put_resource_policy(policyName=f"p{i}", policyDocument="{}")
    logs.put_delivery_source(
        name=f"s{i}", resourceArn="arn:aws:cloudfront::000000000000:distribution/E1", logType="ACCESS_LOGS"
    )
    destination = logs.put_delivery_destination(
        name=f"t{i}", deliveryDestinationConfiguration={"destinationResourceArn": "arn:aws:s3:::bucket"}
    )["deliveryDestination"]
    logs.create_delivery(deliverySourceName=f"s{i}", deliveryDestinationArn=destination["arn"])
told["destinations"] = pages("describe_destinations", "destinations")
told["resource policies"] = pages("describe_resource_policies", "resourcePolicies")
told["delivery sources"] = pages("describe_delivery_sources", "deliverySources")
told["delivery destinations"] = pages("describe_delivery_destinations", "deliveryDestinations")
told["deliveries"] = pages("describe_deliveries", "deliveries")
told["a source in use"] = error_of(logs.delete_delivery_source, name="s0")
told["no such delivery"] = error_of(logs.get_delivery, id="none")

task = logs.create_export_task(logGroupName="cruddur", fromTime=1, to=2, destination="bucket")["taskId"]
logs.cancel_export_task(taskId=task)
told["export tasks"] = [
    one["status"]["code"]
    for page in logs.get_paginator("describe_export_tasks").paginate()
    for one in page["exportTasks"]
]
query = logs.put_query_definition(name="errors", queryString="fields @message")["queryDefinitionId"]
told["saved queries"] = [one["name"] for one in logs.describe_query_definitions()["queryDefinitions"]]
told["deleted"] = logs.delete_query_definition(queryDefinitionId=query)["success"]
logs.put_index_policy(logGroupIdentifier="cruddur", policyDocument='{"Fields":["traceId"]}')
told["field indexes"] = [
    one["fieldIndexName"] for one in logs.describe_field_indexes(logGroupIdentifiers=["cruddur"])["fieldIndexes"]
]
told["groups"] = [one["logGroupName"] for one in logs.list_log_groups(logGroupNamePattern="^crud")["logGroups"]]
told["not built"] = error_of(logs.list_anomalies)
print(json.dumps(told))
