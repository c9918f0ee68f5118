"""What the programs of several languages do alike, and how it must arrive."""

import time

from harness import expect
from sdk import deliveries, header


def check_home_page(fakes, ids, door, content_type, is_gzip, service, exception):
    """The trace that each OTLP client sends, and how it came."""
    posts = deliveries(fakes, check_home_spans(fakes, ids, service, exception))
    # The SDKs' batches hold 512 spans at most.
    expect.equal("posts", len(posts), 2)
    for post in posts:
        check_post(post, door, content_type, is_gzip)


def check_home_spans(fakes, ids, service, exception):
    """A page, what it loads, 600 rows. `exception`: its type and what its stack trace names."""
    records = fakes.records("span", vendor="honeycomb")
    spans = {record["fields"]["span_id"]: record["fields"] for record in records}
    expect.equal("spans", (len(records), len(spans)), (603, 603))
    check_page(spans[ids["page"]["spanId"]], ids)
    check_load(spans[ids["load"]["spanId"]], ids, *exception)
    rows = [span for span in spans.values() if span["name"].startswith("row ")]
    expect.equal("rows", sorted(expect.member(row, "attributes", "row") for row in rows), list(range(600)))
    expect.equal("parents of the rows", {row["parent_span_id"] for row in rows}, {ids["page"]["spanId"]})
    for span in spans.values():
        expect.equal("service.name", expect.member(span, "resource", "attributes", "service.name"), service)
        expect.equal("scope", span["scope"], {"name": "home.page", "version": "1.0.0"})
        expect.equal("dataset", span["dataset"], service)
    return records


def check_post(post, door, content_type, is_gzip):
    expect.equal("door", post["door"], door)
    expect.equal("status", (post["status"], post["reply"].get("grpc_status", 0)), (200, 0))
    expect.true(f"content-type {content_type}", header(post, "content-type").startswith(content_type), post["headers"])
    coding = header(post, "grpc-encoding" if content_type == "application/grpc" else "content-encoding")
    expect.equal("content coding", coding if coding != "identity" else None, "gzip" if is_gzip else None)


def check_page(page, ids):
    expect.equal("name", page["name"], "HomeFeedPage")
    expect.equal("kind", page["kind"], "CLIENT")
    expect.equal("trace id", page["trace_id"], ids["page"]["traceId"])
    expect.true("a root", "parent_span_id" not in page, page)
    expect.equal(
        "attributes",
        page["attributes"],
        {
            "app.userId": "andrewbrown",
            "items": 3,
            "ratio": 0.25,
            "cached": False,
            "tags": ["a", "b"],
            "umlaut": "äöü😀",
        },
    )
    expect.equal("status", page["status"]["code"], "UNSET")


def check_load(load, ids, exception_type, place):
    expect.equal("parent", load["parent_span_id"], ids["page"]["spanId"])
    expect.equal("status", load["status"], {"code": "ERROR", "message": "home feed did not load"})
    expect.equal("events", [event["name"] for event in load["events"]], ["answered", "exception"])
    expect.equal("attributes of the event", load["events"][0]["attributes"], {"http.response.status_code": 500})
    exception = load["events"][1]["attributes"]
    expect.equal("exception.type", exception["exception.type"], exception_type)
    expect.equal("exception.message", exception["exception.message"], "home feed did not load")
    expect.true("a stack trace", place in exception["exception.stacktrace"], exception)
    link = expect.only("link", load["links"])
    expect.equal("link", (link["trace_id"], link["span_id"]), (ids["other"]["traceId"], ids["other"]["spanId"]))
    expect.equal("attributes of the link", link["attributes"], {"why": "came from"})


def check_signals(fakes, service, is_gzip, door="honeycomb_http", content_type="application/x-protobuf"):
    """Two log records; a counter, a histogram, a gauge. Java's SDK adds metrics about itself."""
    logs = fakes.records("log_record", vendor="honeycomb")
    fields = [record["fields"] for record in logs]
    expect.equal("severities", [one["severity_text"] for one in fields], ["INFO", "ERROR"])
    for one in fields:
        expect.equal("body", one["body"], "GET /api/activities/home")
        expect.equal("attributes", one["attributes"], {"http.response.status_code": 200, "tags": ["a"]})
        expect.equal("service.name", expect.member(one, "resource", "attributes", "service.name"), service)
    metrics = fakes.records("metric", vendor="honeycomb")
    names = {one["fields"]["name"] for one in metrics}
    expect.none("metric that did not arrive", {"requests", "duration", "temperature"} - names)
    for post in deliveries(fakes, logs + metrics):
        check_post(post, door, content_type, is_gzip)


def check_xray_ids(fakes, told, before):
    """One trace over two SDKs: a page traced by OpenTelemetry with X-Ray's ids and header, and a service that X-Ray's own
    SDK traces. `before`: a time in seconds before the page began."""
    page = told["page"]
    trace_id = f"1-{page['traceId'][:8]}-{page['traceId'][8:]}"
    expect.true("the time in the trace id", before <= int(page["traceId"][:8], 16) <= int(time.time()), page)
    expect.equal("header", told["header"], f"Root={trace_id};Parent={page['spanId']};Sampled=1")
    expect.equal("trace of the answer", told["answered"], page["traceId"])
    span = expect.only("span", fakes.records("span", vendor="honeycomb"))["fields"]
    expect.equal("ids of the span", (span["trace_id"], span["span_id"]), (page["traceId"], page["spanId"]))
    segment = expect.only("segment", segments(fakes))
    expect.equal("ids of the segment", (segment["trace_id"], segment["parent_id"]), (trace_id, page["spanId"]))


def create_sampling_rule(fakes, name, service, **members):
    """A rule that samples every request of a service, where `members` say nothing else."""
    rule = {
        "RuleName": name,
        "ResourceARN": "*",
        "Priority": 1,
        "FixedRate": 1.0,
        "ReservoirSize": 5,
        "Version": 1,
        "ServiceName": service,
        "ServiceType": "*",
        "Host": "*",
        "HTTPMethod": "*",
        "URLPath": "*",
        **members,
    }
    status, reply = fakes.call_xray("CreateSamplingRule", {"SamplingRule": rule})
    expect.equal(f"status of CreateSamplingRule, which said {reply}", status, 200)


def wait_for_statistics(fakes, name):
    """What a client reported of a rule; the SDKs do so every 10 s."""
    statistics = fakes.wait_for_one("sampling_statistics", [("RuleName", "=", name)])["fields"]
    sampled = statistics["SampledCount"] + statistics["BorrowCount"]
    expect.true("a request that the rule sampled", sampled >= 1, statistics)


def segments(fakes, where=()):
    """The first of each id. Now and then Go's SDK sends a segment again, with its subsegments twice, where the end of the
    request and that of the segment race."""
    found = {}
    for record in fakes.records("segment", where, vendor="xray"):
        found.setdefault(record["fields"]["id"], record["fields"])
    return list(found.values())


def segments_of(fakes, request):
    return segments(fakes, [("trace_id", "=", request["trace_id"])])


def rule_of(service):
    return f"{service}-all"


def tell_xray(fakes, start, service):
    """Runs the program that tells X-Ray's story, under a rule that samples every request of its service, until its SDK
    has reported of the rule. What the program told."""
    create_sampling_rule(fakes, rule_of(service), service)
    program = start()
    told = program.told()
    wait_for_statistics(fakes, rule_of(service))
    program.end()
    return told


def check_xray_home(fakes, told, service, sdk):
    """A page that calls another service. Its segment, the other's, the subsegments of its calls."""
    home, inventory = sorted(segments_of(fakes, told["home"]), key=lambda one: "parent_id" in one)
    expect.equal("name", home["name"], service)
    expect.equal("sdk", home["aws"]["xray"]["sdk"], sdk)
    expect.equal("request", (home["http"]["request"]["method"], home["http"]["response"]["status"]), ("GET", 200))
    mock = expect.only("subsegment", home["subsegments"])
    expect.equal("annotations", mock["annotations"], {"results": 3})
    expect.equal("metadata", mock["metadata"], {"home": {"now": {"day": "Saturday"}}})
    return home, inventory, mock["subsegments"]


def check_xray_call(inventory, calls):
    call = expect.only("subsegment of the call", calls)
    expect.equal("namespace of the call", call["namespace"], "remote")
    expect.equal("parent of the called service's segment", inventory["parent_id"], call["id"])


def check_xray_calls(fakes, home, inventory, calls, logs):
    """The same beside a call of CloudWatch Logs, which the SDK names `logs`."""
    by_namespace = {call["namespace"]: call for call in calls}
    expect.equal("namespaces of the calls", set(by_namespace), {"remote", "aws"})
    check_xray_call(inventory, [by_namespace["remote"]])
    aws = by_namespace["aws"]
    expect.equal("call of AWS", (aws["name"], aws["aws"]["operation"]), (logs, "DescribeLogGroups"))
    sent = [fakes.entry(one["ordinal"]) for one in fakes.entries(kind="exchange", vendor="cloudwatch_logs")]
    trace_header = f"Root={home['trace_id']};Parent={aws['id']};Sampled=1"
    is_there = trace_header in [header(call, "x-amzn-trace-id") for call in sent]
    expect.true(f"a call of AWS with {trace_header}", is_there, sent)


def check_xray_decisions(fakes, told, service, exception, rule_member="sampling_rule_name"):
    """A page that breaks, one that is not sampled, one that the rule sampled. `exception`: its type and message."""
    broken = expect.only("segment of the broken page", segments_of(fakes, told["broken"]))
    query = expect.only("subsegment", broken["subsegments"])
    seen = expect.only("exception", expect.member(query, "cause", "exceptions"))
    expect.equal("exception", (seen["type"], seen["message"]), exception)
    expect.equal("faults", (broken["fault"], query["fault"]), (True, True))
    expect.none("segment of the page that is not sampled", segments_of(fakes, told["unsampled"]))
    ruled = expect.only("segment that the rule sampled", segments_of(fakes, told["ruled"]))
    expect.equal("rule", expect.member(ruled, "aws", "xray", rule_member), rule_of(service))


def check_xray_missing(fakes, told):
    expect.equal("error of /missing", expect.only("segment", segments_of(fakes, told["missing"]))["error"], True)


def check_xray_downstream(fakes, told):
    """The caller's trace goes on."""
    downstream = expect.only("segment of a caller's trace", segments_of(fakes, told["downstream"]))
    expect.equal("parent", downstream["parent_id"], "53995c3f42cd8ad8")


def check_log_events(fakes, told, group):
    """Three events and then a thousand in one stream, in two calls."""
    records = fakes.records("log_event", vendor="cloudwatch_logs")
    messages = [record["fields"]["message"] for record in records]
    expect.equal("messages", messages, told["first"] + [f"line {i}" for i in range(1000)])
    times = [record["fields"]["timestamp"] - told["now"] for record in records]
    expect.equal("timestamps", times, [0, 1, 2] + list(range(10, 1010)))
    for record in records:
        fields = record["fields"]
        expect.equal("group and stream", (fields["log_group"], fields["log_stream"]), (group, "web/1"))
    expect.equal("calls that carried events", [post["status"] for post in deliveries(fakes, records)], [200, 200])
