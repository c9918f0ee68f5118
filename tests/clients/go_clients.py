"""What the Go SDKs send (go/*.go), as the vendors' records tell it. scripts/go-environment builds their program."""

import os
import socket
import time
from pathlib import Path

import sdk
import stories
from harness import expect
from harness.environments import ROOT

CLIENTS = sdk.Clients()
client = CLIENTS.client


def go(fakes, story, *arguments, **environment):
    """A story of go/main.go as a running program, with the environment that the fakes hand out."""
    program = Path(os.environ.get("UNDERSTUDY_GO_CLIENTS", ROOT / "build" / "go" / "clients"))
    if not (program.parent / "understudy-stamp").exists():
        raise sdk.Skipped("the Go clients were not built: scripts/go-environment")
    return sdk.Program([program, story, *arguments], {"HOME": os.devnull, **fakes.environment, **environment}, f"go {story}")


def run(fakes, story, *arguments, **environment):
    return go(fakes, story, *arguments, **environment).tell_and_end()


@client("client.go.otlp-http", "http", "honeycomb_http", "application/x-protobuf")
@client("client.go.otlp-http-gzip", "http", "honeycomb_http", "application/x-protobuf", "gzip")
@client("client.go.otlp-grpc", "grpc", "honeycomb_grpc", "application/grpc")
@client("client.go.otlp-grpc-gzip", "grpc", "honeycomb_grpc", "application/grpc", "gzip")
def otlp(fakes, transport, door, content_type, compression="none"):
    ids = run(
        fakes,
        "otlp",
        transport,
        OTEL_EXPORTER_OTLP_ENDPOINT=fakes.url(door),
        OTEL_EXPORTER_OTLP_COMPRESSION=compression,
        OTEL_RESOURCE_ATTRIBUTES="service.name=frontend-go,deployment.environment=test",
    )
    exception = ("main.rangeError", "otlp.go")
    stories.check_home_page(fakes, ids, door, content_type, compression == "gzip", "frontend-go", exception)


@client("client.go.otlp-grpc-health-checked")
def otlp_health_checked(fakes):
    """grpc-go sends nothing before Health/Watch has said SERVING, and takes its end for a failure."""
    otlp(fakes, "grpc-health", "honeycomb_grpc", "application/grpc")
    paths = [one["target"] for one in fakes.entries(kind="exchange", vendor="honeycomb")]
    expect.equal("calls of Watch", paths.count("/grpc.health.v1.Health/Watch"), 1)
    expect.equal("first call", paths[0], "/grpc.health.v1.Health/Watch")


@client("client.go.otlp-http-signals")
@client("client.go.otlp-http-signals-gzip", "gzip")
def otlp_signals(fakes, compression="none"):
    run(
        fakes,
        "otlp-signals",
        OTEL_EXPORTER_OTLP_COMPRESSION=compression,
        OTEL_RESOURCE_ATTRIBUTES="service.name=frontend-go",
    )
    stories.check_signals(fakes, "frontend-go", compression == "gzip")


@client("client.go.aws-xray-sdk")
def xray(fakes):
    told = stories.tell_xray(fakes, lambda: go(fakes, "xray"), "go-backend")
    home, inventory, calls = stories.check_xray_home(fakes, told, "go-backend", "X-Ray for Go")
    stories.check_xray_calls(fakes, home, inventory, calls, "CloudWatch Logs")
    stories.check_xray_decisions(fakes, told, "go-backend", ("main.rangeError", "no such table"))
    stories.check_xray_missing(fakes, told)
    stories.check_xray_downstream(fakes, told)


@client("client.go.otel-xray-ids")
def xray_ids(fakes):
    before = int(time.time())
    told = run(fakes, "xray-ids", OTEL_SERVICE_NAME="frontend-go")
    stories.check_xray_ids(fakes, told, before)


@client("client.go.aws-sdk-v2-cloudwatchlogs")
def cloudwatch_logs(fakes):
    told = run(fakes, "cloudwatch-logs")
    expect.true("a second CreateLogGroup refused by its type", told["second_group"])
    expect.true("PutLogEvents without stream refused by its type", told["without_stream"])
    expect.equal("answer to PutLogEvents", told["put"], {"token": True, "rejected": False})
    expect.equal("groups", told["groups"], ["cruddur-go"])
    expect.equal("streams", told["streams"], ["web/1"])
    expect.equal("events read back, page by page", told["read"], told["first"] + [f"line {i}" for i in range(1000)])
    expect.equal("events up to endTime", told["filtered"], told["first"])
    stories.check_log_events(fakes, told, "cruddur-go")


@client(
    "client.go.aws-sdk-v2-cloudwatchlogs-refused",
    findings=[
        "cloudwatch_logs.events.too-many",
        "cloudwatch_logs.events.too-old",
        "cloudwatch_logs.group.missing",
    ],
)
def cloudwatch_logs_refused(fakes):
    fakes.add_fault({**sdk.THROTTLED_LOGS, "count": 1})
    told = run(fakes, "cloudwatch-logs-refused")
    expect.equal("refused as its type says", set(told.items()), {(name, True) for name in told})
    record = expect.only("log event", fakes.records("log_event", vendor="cloudwatch_logs"))
    expect.equal("message", record["fields"]["message"], "throttled once")


# The url goes out with its password.
@client("client.go.rollbar", findings=["rollbar.secret.in-text"])
def rollbar(fakes):
    told = run(fakes, "rollbar")
    expect.none("complaint of the SDK", told["complaints"])
    items = {record["fields"]["level"]: record["fields"] for record in fakes.records("item", vendor="rollbar")}
    expect.equal("levels", set(items), {"error", "warning", "critical"})

    error = items["error"]
    chain = error["body"]["trace_chain"]
    expect.equal(
        "exception and cause",
        [(one["exception"]["class"], one["exception"]["message"]) for one in chain],
        [
            ("fmt.wrapError", "home feed did not load: no such table"),
            ("errors.errorString", "no such table"),
        ],
    )
    expect.equal("custom", error["custom"], {"release": "blue", "rows": 3, "tags": ["a", "b"]})
    request = error["request"]
    expect.equal("request", (request["method"], request["user_ip"]), ("POST", "203.0.113.9"))
    # It scrubs everything but the url.
    expect.equal("query", request["GET"], {"term": "a", "password": "[FILTERED]"})
    expect.equal("header", request["headers"], {"Authorization": "[FILTERED]"})

    message = items["warning"]
    expect.equal("message", expect.member(message, "body", "message", "body"), "Hello Wörld!")
    expect.equal("custom of the message", message["custom"], {"release": "blue", "rows": 0})
    panic = expect.only("trace of the panic", items["critical"]["body"]["trace_chain"])
    expect.equal("panic", panic["exception"]["message"], told["panicked"])
    expect.true("the function that panicked", "main.rollbarItems.func1" in [one["method"] for one in panic["frames"]], panic)
    for one in items.values():
        expect.equal("environment", (one["environment"], one["code_version"]), ("test", "1.2.3"))
        person = {"id": "1001", "username": "andrewbrown", "email": "andrew@example.com"}
        expect.equal("person", one["person"], person)
        expect.equal("notifier", one["notifier"]["name"], "rollbar/rollbar-go")


@client("client.go.rollbar-rate-limited")
def rollbar_rate_limited(fakes):
    fakes.add_fault({"vendor": "rollbar", "when": "before", "action": "status", "status": 429, "count": 3})
    told = run(fakes, "rollbar-refused")
    # It tries three times more, at once.
    expect.equal("complaints", told["complaints"], ["Rollbar error: received response: 429 Too Many Requests\n"] * 3)
    expect.only("item", fakes.records("item", vendor="rollbar"))


@client("client.go.rollbar-server-gone")
def rollbar_server_gone(fakes):
    fakes.add_fault({"vendor": "rollbar", "when": "before", "action": "reset", "count": 1})
    told = run(fakes, "rollbar-refused")
    # A reset connection is no reason for it to try again: the item is lost.
    complaint = expect.only("complaint", told["complaints"])
    expect.true("a failed POST", complaint.startswith("Rollbar error: POST failed"), complaint)
    expect.none("item", fakes.records("item", vendor="rollbar"))


@client("client.go.rollbar-too-large", findings=["rollbar.body.too-large"])
def rollbar_too_large(fakes):
    fakes.set_settings({"rollbar": {"max_payload_bytes": 131072}})
    told = run(fakes, "rollbar-too-large")
    complaint = expect.only("complaint", told["complaints"])
    expect.true("the status", "413" in complaint, complaint)
    expect.none("item", fakes.records("item", vendor="rollbar"))


@client("client.go.rollbar-refused", findings=["rollbar.item.unknown-level"])
def rollbar_refused(fakes):
    told = run(fakes, "rollbar-unknown-level")
    complaint = expect.only("complaint", told["complaints"])
    expect.true("the status", "422" in complaint, complaint)


@client("client.go.rollbar-over-limit", findings=["rollbar.rate.over-limit"])
def rollbar_over_limit(fakes):
    """The door's own 429, whose window does not end: it tries three times more, at once, and the item is lost."""
    fakes.set_settings({"rollbar": {"rate_limit": 1, "rate_quota": "enforce"}})
    expect.none("complaint of the first", run(fakes, "rollbar-refused")["complaints"])
    told = run(fakes, "rollbar-refused")
    expect.true("the status", told["complaints"] and all("429" in one for one in told["complaints"]), told)
    posts = [one["status"] for one in fakes.entries(kind="exchange", vendor="rollbar")]
    expect.equal("statuses", posts, [200, 429, 429, 429, 429])
    expect.only("item", fakes.records("item", vendor="rollbar"))


@client("client.go.rollbar-nobody-listens")
def rollbar_nobody_listens(fakes):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{unused.getsockname()[1]}/api/1/item/"
        told = run(fakes, "rollbar-refused", ROLLBAR_ENDPOINT=endpoint)
    expect.true("a failed POST", told["complaints"] and "POST failed" in told["complaints"][-1], told)
    expect.none("item", fakes.records("item", vendor="rollbar"))


@client("client.go.rollbar-exits")
def rollbar_exits(fakes):
    run(fakes, "rollbar-exits")
    item = expect.only("item", fakes.records("item", vendor="rollbar"))["fields"]
    expect.equal("message", expect.member(item, "body", "message", "body"), "the last words")
