"""Logs Insights and filter patterns as tutorials use them with boto3; what came back goes to stdout as JSON."""

import json
import time

import boto3

logs = boto3.client("logs")
told = {}
now = int(time.time() * 1000)

logs.create_log_group(logGroupName="cruddur")
logs.create_log_stream(logGroupName="cruddur", logStreamName="web")
logs.put_log_events(
    logGroupName="cruddur",
    logStreamName="web",
    logEvents=[
        {"timestamp": now + i, "message": json.dumps({"level": "ERROR" if i % 2 else "INFO", "n": i})} for i in range(10)
    ],
)


def wait_for(query):
    """The loop of AWS's own examples."""
    while True:
        results = logs.get_query_results(queryId=query)
        if results["status"] not in ("Scheduled", "Running"):
            return results
        time.sleep(0.1)


def ask(text):
    started = logs.start_query(
        logGroupName="cruddur", startTime=now // 1000 - 60, endTime=now // 1000 + 60, queryString=text
    )
    return wait_for(started["queryId"])


paginator = logs.get_paginator("filter_log_events")
pages = paginator.paginate(
    logGroupName="cruddur", filterPattern='{ $.level = "ERROR" && $.n > 2 }', PaginationConfig={"PageSize": 3}
)
told["filtered"] = [json.loads(event["message"])["n"] for page in pages for event in page["events"]]

results = ask('fields @timestamp, n | filter level = "ERROR" | sort n desc | limit 2')
told["rows"] = [{field["field"]: field["value"] for field in row if field["field"] == "n"} for row in results["results"]]
told["statistics"] = results["statistics"]["recordsMatched"]
pointer = results["results"][0][-1]
told["record"] = logs.get_log_record(logRecordPointer=pointer["value"])["logRecord"]["level"]
told["counted"] = [
    [field["value"] for field in row] for row in ask("stats count(*) as c by level | sort level")["results"]
]
told["queries"] = len(logs.describe_queries(logGroupName="cruddur")["queries"])

try:
    ask("fields @message |")
except logs.exceptions.MalformedQueryException as refused:
    told["malformed"] = refused.response["queryCompileError"]["location"]["startCharOffset"]
try:
    logs.filter_log_events(logGroupName="cruddur", filterPattern="user.name")
except logs.exceptions.InvalidParameterException as refused:
    told["pattern"] = refused.response["Error"]["Message"]

print(json.dumps(told))
