"""What the Node SDKs send (node/*.cjs), as the vendors' records tell it. scripts/node-environment installs them."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from harness import expect, process
from harness.environments import ROOT

SCRIPTS = Path(__file__).resolve().parent / "node"
SECONDS = 60


class Skipped(Exception):
    pass


CLIENTS = {}


def client(name, *arguments):
    def register(check):
        CLIENTS[name] = lambda fakes: check(fakes, *arguments)
        return check

    return register


class Node:
    """A script of node/ as a running process, with the environment that the fakes hand out."""

    def __init__(self, fakes, script, *arguments, **environment):
        modules = Path(os.environ.get("UNDERSTUDY_NODE_MODULES", ROOT / "build" / "node" / "node_modules"))
        if not shutil.which("node"):
            raise Skipped("there is no node in PATH")
        if not (modules.parent / "understudy-stamp").exists():
            raise Skipped("the SDKs were not installed: scripts/node-environment")
        self.script = script
        self.process = subprocess.Popen(
            ["node", SCRIPTS / script, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=process.die_with_parent,
            # Nothing of the caller's that an SDK could read.
            env={
                "PATH": os.environ["PATH"],
                "HOME": os.devnull,
                "NODE_PATH": str(modules),
                "NODE_NO_WARNINGS": "1",  # the AWS SDK complains of Node 18's age
                **fakes.environment,
                **environment,
            },
        )

    def told(self):
        """The one line of JSON that the script prints, as soon as it does."""
        line = self.process.stdout.readline()
        if not line:
            self.end()
            raise AssertionError(f"{self.script} ended well, but printed nothing")
        return json.loads(line)

    def end(self):
        """Ends standard input and waits for the process. An SDK that has something to complain about fails the test."""
        try:
            output, errors = self.process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            output, errors = self.process.communicate()
            raise AssertionError(f"{self.script} did not end within {SECONDS} s; it said:\n{output}{errors}") from None
        expect.equal(f"exit code of {self.script}, which said {errors}", self.process.returncode, 0)
        expect.equal(f"standard error of {self.script}", errors, "")


def run(fakes, script, *arguments, **environment):
    node = Node(fakes, script, *arguments, **environment)
    told = node.told()
    node.end()
    return told


def deliveries(fakes, records):
    """The exchanges that carried the records, whole."""
    return [fakes.entry(ordinal) for ordinal in sorted({record["entry"] for record in records})]


def header(entry, name):
    return next((one["value"] for one in entry["headers"] if one["name"].lower() == name), None)


OTLP = "@opentelemetry/exporter-trace-otlp-"


@client("client.node.otlp-http-json", "http", "honeycomb_http", "application/json")
@client("client.node.otlp-http-json-gzip", "http", "honeycomb_http", "application/json", "gzip")
@client("client.node.otlp-http-proto", "proto", "honeycomb_http", "application/x-protobuf")
@client("client.node.otlp-http-proto-gzip", "proto", "honeycomb_http", "application/x-protobuf", "gzip")
@client("client.node.otlp-grpc", "grpc", "honeycomb_grpc", "application/grpc")
@client("client.node.otlp-grpc-gzip", "grpc", "honeycomb_grpc", "application/grpc", "gzip")
def otlp(fakes, exporter, door, content_type, compression="none"):
    ids = run(
        fakes,
        "otlp.cjs",
        OTLP + exporter,
        OTEL_EXPORTER_OTLP_ENDPOINT=fakes.url(door),
        OTEL_EXPORTER_OTLP_COMPRESSION=compression,
        OTEL_RESOURCE_ATTRIBUTES="service.name=frontend-node,deployment.environment=test",
    )
    records = fakes.records("span", vendor="honeycomb")
    spans = {record["fields"]["span_id"]: record["fields"] for record in records}
    expect.equal("spans", (len(records), len(spans)), (603, 603))
    check_page(spans[ids["page"]["spanId"]], ids)
    check_load(spans[ids["load"]["spanId"]], ids)
    rows = [span for span in spans.values() if span["name"].startswith("row ")]
    expect.equal("rows", sorted(expect.member(row, "attributes", "row") for row in rows), list(range(600)))
    expect.equal("parents of the rows", {row["parent_span_id"] for row in rows}, {ids["page"]["spanId"]})
    for span in spans.values():
        expect.equal("service.name", expect.member(span, "resource", "attributes", "service.name"), "frontend-node")
        expect.equal("scope", span["scope"], {"name": "home.page", "version": "1.0.0"})
        expect.equal("dataset", span["dataset"], "frontend-node")
    posts = deliveries(fakes, records)
    # The SDK's batches hold 512 spans at most.
    expect.equal("posts", len(posts), 2)
    for post in posts:
        expect.equal("door", post["door"], door)
        expect.equal("status", (post["status"], post["reply"].get("grpc_status", 0)), (200, 0))
        expect.true(
            f"content-type {content_type}", header(post, "content-type").startswith(content_type), post["headers"]
        )
        coding = header(post, "grpc-encoding" if exporter == "grpc" else "content-encoding")
        expect.equal(
            "content coding", coding if coding != "identity" else None, "gzip" if compression == "gzip" else None
        )


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


def check_load(load, ids):
    expect.equal("parent", load["parent_span_id"], ids["page"]["spanId"])
    expect.equal("status", load["status"], {"code": "ERROR", "message": "home feed did not load"})
    expect.equal("events", [event["name"] for event in load["events"]], ["answered", "exception"])
    expect.equal("attributes of the event", load["events"][0]["attributes"], {"http.response.status_code": 500})
    exception = load["events"][1]["attributes"]
    expect.equal("exception.type", exception["exception.type"], "RangeError")
    expect.true("a stack trace", "otlp.cjs" in exception["exception.stacktrace"], exception)
    link = expect.only("link", load["links"])
    expect.equal("link", (link["trace_id"], link["span_id"]), (ids["other"]["traceId"], ids["other"]["spanId"]))
    expect.equal("attributes of the link", link["attributes"], {"why": "came from"})


@client("client.node.aws-xray-sdk-core")
def xray(fakes):
    rule = {
        "RuleName": "node-all",
        "ResourceARN": "*",
        "Priority": 1,
        "FixedRate": 1.0,
        "ReservoirSize": 5,
        "Version": 1,
        "ServiceName": "node-backend",
        "ServiceType": "*",
        "Host": "*",
        "HTTPMethod": "*",
        "URLPath": "*",
    }
    status, reply = fakes.call_xray("CreateSamplingRule", {"SamplingRule": rule})
    expect.equal(f"status of CreateSamplingRule, which said {reply}", status, 200)
    node = Node(fakes, "xray.cjs")
    told = node.told()
    # The SDK reports what it sampled every 10 s.
    statistics = fakes.wait_for_one("sampling_statistics", [("RuleName", "=", "node-all")], timeout=40)["fields"]
    node.end()
    expect.true(
        "a request that the rule sampled", statistics["SampledCount"] + statistics["BorrowCount"] >= 1, statistics
    )

    home, inventory = sorted(segments(fakes, told["home"]), key=lambda one: "parent_id" in one)
    expect.equal("name", home["name"], "node-backend")
    expect.equal("sdk", home["aws"]["xray"]["sdk"], "X-Ray for Node.js")
    expect.equal("request", (home["http"]["request"]["method"], home["http"]["response"]["status"]), ("GET", 200))
    mock = expect.only("subsegment", home["subsegments"])
    expect.equal("annotations", mock["annotations"], {"results": 3})
    expect.equal("metadata", mock["metadata"], {"home": {"now": {"day": "Saturday"}}})
    call = expect.only("subsegment of the call", mock["subsegments"])
    expect.equal("namespace of the call", call["namespace"], "remote")
    expect.equal("parent of the called service's segment", inventory["parent_id"], call["id"])

    broken = expect.only("segment of /broken", segments(fakes, told["broken"]))
    query = expect.only("subsegment", broken["subsegments"])
    exception = expect.only("exception", expect.member(query, "cause", "exceptions"))
    expect.equal("exception", (exception["type"], exception["message"]), ("TypeError", "no such table"))
    expect.equal("faults", (broken["fault"], query["fault"]), (True, True))
    expect.equal("error of /missing", expect.only("segment", segments(fakes, told["missing"]))["error"], True)
    expect.none("segment of an unsampled request", segments(fakes, told["unsampled"]))
    ruled = expect.only("segment that the rule sampled", segments(fakes, told["ruled"]))
    # Node writes rule_name where the other SDKs write sampling_rule_name.
    expect.equal("rule", expect.member(ruled, "aws", "xray", "rule_name"), "node-all")


def segments(fakes, request):
    return [record["fields"] for record in fakes.records("segment", [("trace_id", "=", request["trace_id"])])]


@client("client.node.aws-sdk-client-cloudwatch-logs")
def cloudwatch_logs(fakes):
    told = run(fakes, "cloudwatch_logs.cjs")
    expect.equal(
        "a second CreateLogGroup", told["second_group"], {"name": "ResourceAlreadyExistsException", "typed": True}
    )
    expect.equal("without stream", told["without_stream"], {"name": "ResourceNotFoundException", "typed": True})
    expect.equal("answer to PutLogEvents", told["put"], {"token": "string", "rejected": None})
    expect.equal("groups", told["groups"], ["cruddur-node"])
    expect.equal("streams", told["streams"], ["web/1"])
    expect.equal("events read back", told["read"], told["first"])
    expect.equal("events up to endTime", told["filtered"], told["first"])

    records = fakes.records("log_event", vendor="cloudwatch_logs")
    messages = [record["fields"]["message"] for record in records]
    expect.equal("messages", messages, told["first"] + [f"line {i}" for i in range(1000)])
    times = [record["fields"]["timestamp"] - told["now"] for record in records]
    expect.equal("timestamps", times, [0, 1, 2] + list(range(10, 1010)))
    for record in records:
        fields = record["fields"]
        expect.equal("group and stream", (fields["log_group"], fields["log_stream"]), ("cruddur-node", "web/1"))
    expect.equal("calls that carried events", [post["status"] for post in deliveries(fakes, records)], [200, 200])


@client("client.node.rollbar")
def rollbar(fakes):
    told = run(fakes, "rollbar.cjs")
    for what, uuid in (("error", told["item"]), ("warning", told["message"])):
        answered = told["answered"][what]
        expect.equal(f"error of {what}", answered["error"], None)
        expect.equal(f"uuid that answered {what}", answered["reply"]["uuid"], uuid)
    items = {record["fields"]["uuid"]: record["fields"] for record in fakes.records("item", vendor="rollbar")}
    expect.equal("items", set(items), {told["item"], told["message"]})

    item = items[told["item"]]
    expect.equal("level", item["level"], "error")
    trace = expect.member(item, "body", "trace_chain", 0)
    expect.equal(
        "exception",
        (trace["exception"]["class"], trace["exception"]["message"]),
        ("RangeError", "home feed did not load"),
    )
    expect.equal("innermost frame", trace["frames"][-1]["method"], "readFeed")
    expect.equal("custom", item["custom"]["rows"], 3)
    request = item["request"]
    expect.equal(
        "request", (request["method"], request["url"]), ("POST", "http://localhost:4567/api/activities?term=a")
    )
    expect.equal("user_ip", request["user_ip"], "203.0.113.9")
    expect.true("scrubbed secrets", "secret-canary" not in json.dumps(item), request)

    message = items[told["message"]]
    expect.equal("level", message["level"], "warning")
    expect.equal("message", expect.member(message, "body", "message", "body"), "Hello Wörld!")
    for one in items.values():
        expect.equal("environment", (one["environment"], one["code_version"]), ("test", "1.2.3"))
        expect.equal("person", one["person"], {"id": "1001", "username": "andrewbrown"})
        expect.equal("notifier", one["notifier"]["name"], "node_rollbar")
