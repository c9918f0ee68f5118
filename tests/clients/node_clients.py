"""What the Node SDKs send (node/*.cjs), as the vendors' records tell it. scripts/node-environment installs them."""

import json
import os
import shutil
from pathlib import Path

import sdk
import stories
from harness import expect
from harness.environments import ROOT

SCRIPTS = Path(__file__).resolve().parent / "node"

CLIENTS = sdk.Clients()
client = CLIENTS.client


def node(fakes, script, *arguments, **environment):
    """A script of node/ as a running program, with the environment that the fakes hand out."""
    modules = Path(os.environ.get("UNDERSTUDY_NODE_MODULES", ROOT / "build" / "node" / "node_modules"))
    if not shutil.which("node"):
        raise sdk.Skipped("there is no node in PATH")
    if not (modules.parent / "understudy-stamp").exists():
        raise sdk.Skipped("the SDKs were not installed: scripts/node-environment")
    return sdk.Program(
        ["node", SCRIPTS / script, *arguments],
        {
            "PATH": os.environ["PATH"],
            "HOME": os.devnull,
            "NODE_PATH": str(modules),
            "NODE_NO_WARNINGS": "1",  # the AWS SDK complains of Node 18's age
            **fakes.environment,
            **environment,
        },
    )


def run(fakes, script, *arguments, **environment):
    return node(fakes, script, *arguments, **environment).tell_and_end()


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
    exception = ("RangeError", "otlp.cjs")
    stories.check_home_page(fakes, ids, door, content_type, compression == "gzip", "frontend-node", exception)


@client("client.node.aws-xray-sdk-core")
def xray(fakes):
    told = stories.tell_xray(fakes, lambda: node(fakes, "xray.cjs"), "node-backend")
    _, inventory, calls = stories.check_xray_home(fakes, told, "node-backend", "X-Ray for Node.js")
    stories.check_xray_call(inventory, calls)
    # Java and Node write rule_name where the other SDKs write sampling_rule_name.
    stories.check_xray_decisions(fakes, told, "node-backend", ("TypeError", "no such table"), rule_member="rule_name")
    stories.check_xray_missing(fakes, told)


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

    stories.check_log_events(fakes, told, "cruddur-node")


@client(
    "client.node.aws-sdk-client-cloudwatch-logs-refused",
    findings=(
        "cloudwatch_logs.events.too-many",
        "cloudwatch_logs.events.unordered",
        "cloudwatch_logs.events.too-old",
        "cloudwatch_logs.group.missing",
    ),
)
def cloudwatch_logs_refused(fakes):
    fakes.add_fault({**sdk.THROTTLED_LOGS, "count": 2})
    told = run(fakes, "cloudwatch_logs_refused.cjs")
    expect.equal("throttled twice", told["throttled"], {"rejected": None, "attempts": 3})
    for batch, name in {"too_many": "InvalidParameterException", "unordered": "InvalidParameterException",
                        "deleted": "ResourceNotFoundException"}.items():
        expect.equal(f"error of {batch}", (told[batch]["name"], told[batch]["typed"]), (name, True))
    expect.equal("rejected as too old", told["too_old"]["rejected"], {"tooOldLogEventEndIndex": 1})
    record = expect.only("log event", fakes.records("log_event", vendor="cloudwatch_logs"))
    expect.equal("message", record["fields"]["message"], "throttled twice")


# The group is missing at the start and again when it was deleted; 10,001 lines in one batch are winston's own mistake.
@client(
    "client.node.winston-cloudwatch",
    findings=("cloudwatch_logs.group.missing", "cloudwatch_logs.events.too-many"),
)
def winston(fakes):
    fakes.add_fault({**sdk.THROTTLED_LOGS, "count": 2})
    told = run(fakes, "winston.cjs")
    expect.equal("error of the batch that was throttled twice", told["throttled"], None)
    expect.equal("error of the batch after the group was deleted", told["deleted"], None)
    expect.true(
        "the service's words on 10,001 events",
        told["too_many"].startswith("InvalidParameterException: 1 validation error detected: ")
        and told["too_many"].endswith("Member must have length less than or equal to 10000"),
        told["too_many"][-200:],
    )
    records = [record["fields"] for record in fakes.records("log_event", vendor="cloudwatch_logs")]
    messages = [json.loads(one["message"]) for one in records]
    # winston sorts before it sends, and turns lines of one millisecond around.
    expect.equal("first batch", {one["message"] for one in messages[:2]}, {"home", "Grüße 😀"})
    expect.equal("later", [one["message"] for one in messages[2:]], ["after the group was deleted", "the last line"])
    expect.equal("paths", [one["path"] for one in messages if "path" in one], ["/api/activities/home"])
    for one in records:
        expect.equal("group and stream", (one["log_group"], one["log_stream"]), ("cruddur-winston", "web"))


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
