"""What boto3 reads of traces: its paginators to their end, the graph, a series, the error of a filter."""

import json
import time

import boto3

xray = boto3.client("xray")
now = int(time.time())
told = {}


def document(number):
    made = {
        "id": f"{number:016x}",
        "name": "backend",
        "trace_id": f"1-{now - number % 60:08x}-{number:024x}",
        "start_time": now - 1.5,
        "end_time": now - 1.25,
        "fault": number % 10 == 0,
        "subsegments": [
            {
                "id": f"{number + 4096:016x}",
                "name": "DynamoDB",
                "namespace": "aws",
                "start_time": now - 1.5,
                "end_time": now - 1.375,
                "aws": {"table_name": "users"},
            }
        ],
    }
    return json.dumps(made)


documents = [document(number) for number in range(1, 131)]
told["refused"] = []
for first in range(0, len(documents), 50):
    reply = xray.put_trace_segments(TraceSegmentDocuments=documents[first : first + 50])
    told["refused"] += reply["UnprocessedTraceSegments"]

window = {"StartTime": now - 600, "EndTime": now + 1}
pages = list(xray.get_paginator("get_trace_summaries").paginate(**window))
told["summaries"] = [len(page["TraceSummaries"]) for page in pages]
ids = [summary["Id"] for page in pages for summary in page["TraceSummaries"]]
told["distinct"] = len(set(ids))
faults = xray.get_paginator("get_trace_summaries").paginate(FilterExpression='service("backend") { fault }', **window)
told["faults"] = sum(len(page["TraceSummaries"]) for page in faults)
traces = xray.get_paginator("batch_get_traces").paginate(TraceIds=ids[:5])
told["traces"] = [len(page["Traces"]) for page in traces]
graph = xray.get_paginator("get_service_graph").paginate(**window)
told["graph"] = sorted(service["Name"] for page in graph for service in page["Services"])
series = xray.get_paginator("get_time_series_service_statistics").paginate(**window)
told["series"] = sum(
    one["EdgeSummaryStatistics"]["TotalCount"] for page in series for one in page["TimeSeriesServiceStatistics"]
)
try:
    xray.get_trace_summaries(FilterExpression="servce()", **window)
except xray.exceptions.InvalidRequestException as error:
    told["error"] = ["InvalidRequestException", error.response["Error"]["Message"]]
print(json.dumps(told))
