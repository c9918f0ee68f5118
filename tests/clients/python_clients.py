"""What Python's SDKs do by themselves (python/*.py), as the vendors' records tell it. Within a Flask backend they are the
scenarios' business."""

import json
import os
import subprocess
import time

import sdk
import stories
from harness import environments, expect
from tls_clients import FOLDER, SECONDS

CLIENTS = sdk.Clients()
client = CLIENTS.client


def python(fakes, script, *arguments, **environment):
    """A script of python/ as a running program, with the environment that the fakes hand out."""
    interpreter = environments.python_of("today")
    if interpreter is None:
        raise sdk.Skipped("the environment today was not made: scripts/python-environment today")
    own = {"PATH": os.environ["PATH"], "HOME": os.devnull, "PYTHONDONTWRITEBYTECODE": "1"}
    return sdk.Program(
        [interpreter, FOLDER / "python" / script, *arguments], {**own, **fakes.environment, **environment}
    )


def run(fakes, script, *arguments, **environment):
    return python(fakes, script, *arguments, **environment).tell_and_end()


def compressed_by(compression):
    """Python's gRPC exporter takes no `none`, which the specification has, but only an unset variable."""
    return {} if compression == "none" else {"OTEL_EXPORTER_OTLP_COMPRESSION": compression}


@client("client.python.otlp-proto-http", "proto-http", "honeycomb_http", "application/x-protobuf")
@client("client.python.otlp-proto-http-gzip", "proto-http", "honeycomb_http", "application/x-protobuf", "gzip")
@client("client.python.otlp-proto-grpc", "proto-grpc", "honeycomb_grpc", "application/grpc")
@client("client.python.otlp-proto-grpc-gzip", "proto-grpc", "honeycomb_grpc", "application/grpc", "gzip")
@client("client.python.otlp-json-http", "json-http", "honeycomb_http", "application/json")
@client("client.python.otlp-json-http-gzip", "json-http", "honeycomb_http", "application/json", "gzip")
def otlp(fakes, exporter, door, content_type, compression="none"):
    ids = run(
        fakes,
        "otlp_traces.py",
        exporter,
        OTEL_EXPORTER_OTLP_ENDPOINT=fakes.url(door),
        **compressed_by(compression),
        OTEL_RESOURCE_ATTRIBUTES="service.name=frontend-python,deployment.environment=test",
    )
    exception = ("IndexError", "otlp_traces.py")
    stories.check_home_page(fakes, ids, door, content_type, compression == "gzip", "frontend-python", exception)


@client("client.python.otlp-proto-http-signals", "proto-http", "application/x-protobuf")
@client("client.python.otlp-proto-http-signals-gzip", "proto-http", "application/x-protobuf", "gzip")
@client("client.python.otlp-proto-grpc-signals", "proto-grpc", "application/grpc")
@client("client.python.otlp-json-http-signals", "json-http", "application/json")
def otlp_signals(fakes, exporter, content_type, compression="none"):
    door = "honeycomb_grpc" if exporter == "proto-grpc" else "honeycomb_http"
    run(
        fakes,
        "otlp_signals.py",
        exporter,
        OTEL_EXPORTER_OTLP_ENDPOINT=fakes.url(door),
        **compressed_by(compression),
        OTEL_RESOURCE_ATTRIBUTES="service.name=frontend-python",
    )
    stories.check_signals(fakes, "frontend-python", compression == "gzip", door, content_type)


@client("client.python.otel-xray-ids")
def xray_ids(fakes):
    before = int(time.time())
    told = run(fakes, "xray_ids.py", OTEL_SERVICE_NAME="frontend-python")
    stories.check_xray_ids(fakes, told, before)


@client("client.python.aws-xray-sdk")
def xray_sdk(fakes):
    told = stories.tell_xray(fakes, lambda: python(fakes, "xray_sdk.py"), "python-worker")
    home, inventory, calls = stories.check_xray_home(fakes, told, "python-worker", "X-Ray for Python")
    expect.equal("user", home["user"], "andrewbrown")
    expect.equal("name of the called service", inventory["name"], "inventory")
    stories.check_xray_calls(fakes, home, inventory, calls, "logs")
    stories.check_xray_decisions(fakes, told, "python-worker", ("LookupError", "no such table"))
    stories.check_xray_downstream(fakes, told)
    rows = stories.segments_of(fakes, told["streamed"])
    streamed = expect.only("segment", [one for one in rows if one["name"] == "python-worker"])
    inside = [one["name"] for one in streamed.get("subsegments", [])]
    apart = [one for one in fakes.records("subsegment", [("trace_id", "=", told["streamed"]["trace_id"])])]
    names = {one["fields"]["name"] for one in apart} | set(inside)
    expect.equal("subsegments, in datagrams of their own or not", names, {f"row {row}" for row in range(40)})
    expect.true("some left before their segment did", len(inside) < 40, inside)


@client(
    "client.python.boto3-xray-api",
    findings=(
        "xray.group.exists",
        "xray.group.unknown",
        "xray.rule.unknown",
        "xray.segment.invalid-trace-id",
        "xray.segment.unreadable",
    ),
)
def xray_api(fakes):
    told = run(fakes, "xray_api.py")
    expect.equal("group", told["group"], ["Cruddur", 'service("backend-flask")', True])
    invalid = ["InvalidRequestException", "InvalidRequestException"]
    for what in ("a second", "deleted", "no such rule"):
        expect.equal(what, told[what], invalid)
    expect.equal("tags", told["tags"], [{"Key": "team", "Value": "home"}])
    expect.equal("tags later", told["tags later"], [{"Key": "stage", "Value": "test"}])
    expect.equal("updated", told["updated"], "fault")
    expect.true("Cruddur among the groups", "Cruddur" in told["groups"], told)
    expect.equal("a time that boto3 can read", told["made now"], True)
    expect.equal("changed", told["changed"], 0.5)
    expect.equal("rules", told["rules"], ["Default", "cruddur"])
    expect.equal("target", told["target"], ["cruddur", 0.5, 5, []])
    expect.equal("statistics", told["statistics"], [["Default", 0, 0, 0], ["cruddur", 10, 3, 1]])
    expect.equal("encryption", (told["encryption"], told["key"]), ("NONE", "UPDATING"))
    expect.equal("policy", (told["policy"], told["policies"]), ("p", 1))
    expect.equal("indexing", (told["indexing"], told["percentage"]), (["Default"], 5.0))
    expect.equal("destinations", (told["destination"], told["destination later"]), ("XRay", "CloudWatchLogs"))
    expect.equal("refused documents", len(told["unprocessed"]), 2)
    expect.equal("services of the trace, its client among them", told["trace graph"], ["backend-flask"] * 2)
    expect.equal("insights", told["insights"], [])


@client(
    "client.python.boto3-xray-retrieval",
    findings=["xray.request.constraint", "xray.resource.unknown", "xray.retrieval.unknown-token"],
)
def xray_retrieval(fakes):
    """Traces read by a job, as Transaction Search does. The jobs' time is that of the vendors' clock."""
    program = python(fakes, "boto3_calls.py", "xray")

    def call(name, **arguments):
        return program.ask({"call": name, "arguments": arguments})

    changed = call("update_trace_segment_destination", Destination="CloudWatchLogs")
    expect.equal("destination, as it changes", changed, {"Destination": "CloudWatchLogs", "Status": "PENDING"})
    fakes.set_clock(10_000)
    settled = call("get_trace_segment_destination")
    expect.equal("destination", settled, {"Destination": "CloudWatchLogs", "Status": "ACTIVE"})
    check_indexing_rules(call)

    now = int(time.time())
    ids = [f"1-{now:08x}-{number:024x}" for number in range(1, 8)]
    documents = [
        {"id": f"{number:016x}", "name": "backend", "trace_id": trace, "start_time": now - 1.5, "end_time": now - 1.25}
        for number, trace in enumerate(ids, 1)
    ]
    call("put_trace_segments", TraceSegmentDocuments=[json.dumps(document) for document in documents])
    window = {"StartTime": now - 600, "EndTime": now + 1}
    job = {"RetrievalToken": call("start_trace_retrieval", TraceIds=ids, **window)["RetrievalToken"]}
    running = call("list_retrieved_traces", **job)
    expect.equal("at once", (running["RetrievalStatus"], running["Traces"]), ("RUNNING", []))
    fakes.set_clock(12_000)
    check_retrieved_traces(call, job, ids)
    graph = call("get_retrieved_traces_graph", **job)
    services = [(one["Service"]["Name"], one["Service"].get("Type"), one["Links"]) for one in graph["Services"]]
    expect.equal("services", services, [("backend", None, []), ("backend", "client", [])])
    expect.equal("a job that is done, cancelled", call("cancel_trace_retrieval", **job), {})
    expect.equal("its status", call("list_retrieved_traces", **job)["RetrievalStatus"], "COMPLETE")

    job = {"RetrievalToken": call("start_trace_retrieval", TraceIds=ids[:1], **window)["RetrievalToken"]}
    call("cancel_trace_retrieval", **job)
    expect.equal("a job cancelled in time", call("list_retrieved_traces", **job)["RetrievalStatus"], "CANCELLED")
    unknown = call("get_retrieved_traces_graph", RetrievalToken="none")
    expect.equal("no such job", (unknown["error"], unknown["status"]), ("ResourceNotFoundException", 404))
    many = call("start_trace_retrieval", TraceIds=[ids[0]] * 101, **window)
    expect.equal("101 ids", (many["error"], many["status"]), ("InvalidRequestException", 400))
    program.end()


def check_indexing_rules(call):
    rule = expect.only("indexing rule", call("get_indexing_rules")["IndexingRules"])
    share = expect.member(rule, "Rule", "Probabilistic")
    expect.equal("rule", (rule["Name"], share["DesiredSamplingPercentage"]), ("Default", 1.0))
    wanted = {"Probabilistic": {"DesiredSamplingPercentage": 20.0}}
    call("update_indexing_rule", Name="Default", Rule=wanted)
    rule = expect.only("indexing rule", call("get_indexing_rules")["IndexingRules"])
    share = expect.member(rule, "Rule", "Probabilistic")
    expect.equal("percentages", (share["DesiredSamplingPercentage"], share["ActualSamplingPercentage"]), (20.0, 20.0))
    expect.true("the time of the change", abs(rule["ModifiedAt"] - time.time()) < 60, rule)
    unknown = call("update_indexing_rule", Name="none", Rule=wanted)
    expect.equal("no such rule", (unknown["error"], unknown["status"]), ("ResourceNotFoundException", 404))


def check_retrieved_traces(call, job, ids):
    first = call("list_retrieved_traces", **job)
    expect.equal("the first page", (first["RetrievalStatus"], len(first["Traces"])), ("COMPLETE", 5))
    last = call("list_retrieved_traces", NextToken=first["NextToken"], **job)
    expect.true("no page after the second", "NextToken" not in last, last)
    traces = first["Traces"] + last["Traces"]
    expect.equal("traces", [trace["Id"] for trace in traces], ids)
    for trace in traces:
        segment = json.loads(expect.only("document", trace["Spans"])["Document"])
        expect.equal("segment", (segment["name"], segment["trace_id"]), ("backend", trace["Id"]))
        expect.equal("duration", trace["Duration"], 0.25)
    spans = call("list_retrieved_traces", TraceFormat="OTEL", **job)
    expect.equal("format", spans["TraceFormat"], "OTEL")
    span = json.loads(expect.only("span", spans["Traces"][0]["Spans"])["Document"])
    expect.equal("span", (span["name"], span["traceId"]), ("backend", ids[0].replace("-", "")[1:]))


@client("client.python.watchtower", findings=["cloudwatch_logs.group.missing"])
def watchtower(fakes):
    fakes.add_fault({**sdk.THROTTLED_LOGS, "count": 2})
    told = run(fakes, "watchtower_life.py")
    expect.equal("warnings while it sent, throttled twice", told["warned of batches"], 0)
    cut = "Log message size exceeds CWL max payload size, truncated"
    expect.equal("warning of a line too long", told["warned of a long line"], ["WatchtowerWarning", cut])
    said = [text for text in told["warned of the group"] if text.startswith("Failed to")]
    expect.true("warnings of the group that is gone", said, told)
    stop = "Received message after logging system shutdown"
    expect.equal("warning after the stop", told["warned of the stop"], [["WatchtowerWarning", stop]])
    expect.none("thread that holds the process", told["threads"])

    records = fakes.records("log_event", vendor="cloudwatch_logs")
    messages = [record["fields"]["message"] for record in records]
    expect.equal("lines", messages[:25], [f"line {line}" for line in range(25)])
    expect.equal("as JSON", json.loads(messages[25]), {"path": "/api/activities/home", "umlaut": "äöü😀"})
    expect.equal("what is left of a long line", (set(messages[26]), len(messages[26])), ({"x"}, 262118))
    expect.equal("afterwards", messages[27:], ["after the group came back"])
    sizes = [len([one for one in records if one["entry"] == entry]) for entry in sorted({one["entry"] for one in records})]
    expect.equal("events a batch", sizes, [10, 10, 6, 1, 1])


@client("client.python.boto3-xray-traces", findings=("xray.filter.unreadable",))
def xray_traces(fakes):
    told = run(fakes, "xray_traces.py")
    expect.equal("documents refused", told["refused"], [])
    expect.equal("summaries a page", told["summaries"], [100, 30])
    expect.equal("traces found once each", told["distinct"], 130)
    expect.equal("faults", told["faults"], 13)
    expect.equal("traces of five ids", told["traces"], [5])
    expect.equal("services of the graph", told["graph"], ["backend", "backend", "users"])
    expect.equal("requests in the series", told["series"], 130)
    expect.equal("error of a filter", told["error"][0], "InvalidRequestException")
    expect.true("the place in its message", "line 1, column 1" in told["error"][1], told["error"])


@client(
    "client.python.boto3-logs-operations",
    findings=(
        "cloudwatch_logs.quota.resources",
        "cloudwatch_logs.delivery.in-use",
        "cloudwatch_logs.resource.missing",
        "cloudwatch_logs.input.ignored",
        "cloudwatch_logs.operation.not-built",
    ),
)
def logs_operations(fakes):
    told = run(fakes, "logs_operations.py")
    expect.equal("metric filters a page", told["metric filters"], [2, 2, 1])
    expect.equal("default value", told["default value"], 0.0)
    expect.equal("matches", [one["eventNumber"] for one in told["matches"]], [2])
    expect.equal(
        "a third subscription filter",
        told["a third subscription filter"],
        ["LimitExceededException", "Resource limit exceeded."],
    )
    expect.equal("subscription filters a page", told["subscription filters"], [2])
    for what in ("destinations", "resource policies", "delivery sources", "delivery destinations", "deliveries"):
        expect.equal(f"{what} a page", told[what], [2, 1])
    expect.equal("a source in use", told["a source in use"][0], "ConflictException")
    expect.equal(
        "no such delivery",
        told["no such delivery"],
        ["ResourceNotFoundException", "Requested Delivery does not exist in this account."],
    )
    expect.equal("export tasks", told["export tasks"], ["CANCELLED"])
    expect.equal("saved queries", told["saved queries"], ["errors"])
    expect.equal("deleted", told["deleted"], True)
    expect.equal("field indexes", told["field indexes"], ["traceId"])
    expect.equal("groups", told["groups"], ["cruddur"])
    expect.equal("an operation that is not built", told["not built"][0], "ClientError")


@client(
    "client.python.boto3-logs-insights",
    findings=("cloudwatch_logs.insights.syntax", "cloudwatch_logs.filter-pattern.invalid"),
)
def logs_insights(fakes):
    told = run(fakes, "logs_insights.py")
    expect.equal("events that the pattern selects", told["filtered"], [3, 5, 7, 9])
    expect.equal("rows", told["rows"], [{"n": "9"}, {"n": "7"}])
    expect.equal("records matched", told["statistics"], 5.0)
    expect.equal("the record behind @ptr", told["record"], "ERROR")
    expect.equal("counted by level", told["counted"], [["ERROR", "5"], ["INFO", "5"]])
    expect.equal("queries", told["queries"], 2)
    expect.equal("where the query ends", told["malformed"], 17)
    expect.equal("the pattern's fault", told["pattern"], "Invalid character(s) in term 'user.name'")


@client("client.python.boto3-logs-live-tail", findings=("cloudwatch_logs.group.missing",))
def logs_live_tail(fakes):
    told = run(fakes, "logs_live_tail.py")
    group = "arn:aws:logs:us-east-1:000000000000:log-group:cruddur"
    expect.equal("the session's start", told["start"], [[group], "ERROR"])
    expect.equal("what arrived since, and the pattern selects", told["shown"], [[group, "web", "ERROR é"]])
    expect.equal("all of it is shown", told["sampled"], False)
    expect.equal("of 600 in a second", told["many"], [500, True])
    expect.equal("a group that is not there", told["absent"], "ResourceNotFoundException")
