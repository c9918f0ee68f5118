"""What the Java SDKs send (java/*.java), as the vendors' records tell it. scripts/java-environment fetches them and
compiles their clients."""

import os
import shutil
import socket
import time
from pathlib import Path

import sdk
import stories
from harness import expect
from harness.environments import ROOT

CLIENTS = sdk.Clients()
client = CLIENTS.client

# It lives for a second: quick to start rather than quick to run.
JAVA = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Dfile.encoding=UTF-8"]
JDK_SENDER = (
    "-Dio.opentelemetry.sdk.common.export.HttpSenderProvider="
    "io.opentelemetry.exporter.sender.jdk.internal.JdkHttpSenderProvider"
)
OKHTTP_SENDER = (
    "-Dio.opentelemetry.sdk.common.export.HttpSenderProvider="
    "io.opentelemetry.exporter.sender.okhttp.internal.OkHttpHttpSenderProvider"
)


def java(fakes, story, *options, **environment):
    """A story of java/Clients.java as a running program, with the environment that the fakes hand out."""
    folder = Path(os.environ.get("UNDERSTUDY_JAVA_CLIENTS", ROOT / "build" / "java"))
    if not shutil.which("java"):
        raise sdk.Skipped("there is no java in PATH")
    if not (folder / "understudy-stamp").exists():
        raise sdk.Skipped("the SDKs were not fetched: scripts/java-environment")
    # slf4j takes one of the two to log to: logback is for the story that ships logs with it.
    other = "slf4j-jdk14" if story == "log-shipping" else "logback-"
    jars = [jar for jar in sorted((folder / "lib").glob("*.jar")) if not jar.name.startswith(other)]
    classes = ":".join(map(str, [folder / "classes", *jars]))
    command = ["java", *JAVA, *(options or [OKHTTP_SENDER]), "-cp", classes]
    return sdk.Program(
        [*command, "Clients", story],
        {"PATH": os.environ["PATH"], "HOME": os.devnull, **fakes.environment, **environment},
        f"java {story}",
    )


def sampled_by_xray(fakes, story, service, **environment):
    """A story of OpenTelemetry's, with X-Ray's remote sampler and spans alone."""
    return java(
        fakes,
        story,
        OTEL_SERVICE_NAME=service,
        OTEL_TRACES_SAMPLER="xray",
        OTEL_TRACES_SAMPLER_ARG="endpoint=" + fakes.url("xray"),
        OTEL_METRICS_EXPORTER="none",
        OTEL_LOGS_EXPORTER="none",
        **environment,
    )


def run(fakes, story, *options, **environment):
    return java(fakes, story, *options, **environment).tell_and_end()


@client("client.java.otlp-http", "http/protobuf", "honeycomb_http", "application/x-protobuf")
@client("client.java.otlp-http-gzip", "http/protobuf", "honeycomb_http", "application/x-protobuf", "gzip")
@client(
    "client.java.otlp-http-jdk-sender", "http/protobuf", "honeycomb_http", "application/x-protobuf", "none", JDK_SENDER
)
@client("client.java.otlp-grpc", "grpc", "honeycomb_grpc", "application/grpc")
@client("client.java.otlp-grpc-gzip", "grpc", "honeycomb_grpc", "application/grpc", "gzip")
def otlp(fakes, protocol, door, content_type, compression="none", *options):
    ids = run(
        fakes,
        "otlp",
        *options,
        OTEL_EXPORTER_OTLP_ENDPOINT=fakes.url(door),
        OTEL_EXPORTER_OTLP_PROTOCOL=protocol,
        OTEL_EXPORTER_OTLP_COMPRESSION=compression,
        OTEL_RESOURCE_ATTRIBUTES="service.name=frontend-java,deployment.environment=test",
        OTEL_METRICS_EXPORTER="none",
        OTEL_LOGS_EXPORTER="none",
    )
    exception = ("java.lang.IndexOutOfBoundsException", "OtlpTraces.java")
    stories.check_home_page(fakes, ids, door, content_type, compression == "gzip", "frontend-java", exception)


@client("client.java.otlp-http-signals")
@client("client.java.otlp-http-signals-gzip", "gzip")
def otlp_signals(fakes, compression="none"):
    run(
        fakes,
        "otlp-signals",
        OTEL_EXPORTER_OTLP_COMPRESSION=compression,
        OTEL_RESOURCE_ATTRIBUTES="service.name=frontend-java",
        OTEL_TRACES_EXPORTER="none",
    )
    stories.check_signals(fakes, "frontend-java", compression == "gzip")


@client("client.java.aws-xray-sdk")
def xray(fakes):
    told = stories.tell_xray(fakes, lambda: java(fakes, "xray"), "java-backend")
    _, inventory, calls = stories.check_xray_home(fakes, told, "java-backend", "X-Ray for Java")
    stories.check_xray_call(inventory, calls)
    exception = ("java.lang.IllegalStateException", "no such table")
    # Java and Node write rule_name where the other SDKs write sampling_rule_name.
    stories.check_xray_decisions(fakes, told, "java-backend", exception, rule_member="rule_name")
    stories.check_xray_missing(fakes, told)
    stories.check_xray_downstream(fakes, told)


# The rule with an attribute is for OpenTelemetry's samplers alone, and their spans do not go to the daemon. This one counts
# a borrowed request as sampled, too, so that the rate seems to be exceeded.
@client(
    "client.java.otel-xray-sampler",
    findings=[
        "xray.rule.skipped-by-sdks",
        "xray.sampling.sampled-but-no-segments",
    ],
)
def xray_sampler(fakes):
    gold = {"FixedRate": 0.0, "ReservoirSize": 0, "Attributes": {"tier": "gold"}}
    stories.create_sampling_rule(fakes, "java-gold", "frontend-java", **gold)
    stories.create_sampling_rule(fakes, "java-all", "frontend-java", Priority=2)
    before = int(time.time())
    program = sampled_by_xray(fakes, "xray-sampler", "frontend-java")
    expect.equal("sampled", program.told(), {"plain": 20, "gold": 0})
    stories.wait_for_statistics(fakes, "java-all")
    gold = expect.only("statistics of java-gold", fakes.records("sampling_statistics", [("RuleName", "=", "java-gold")]))
    expect.equal("requests and samples", (gold["fields"]["RequestCount"], gold["fields"]["SampledCount"]), (10, 0))
    program.end()
    spans = [record["fields"] for record in fakes.records("span", vendor="honeycomb")]
    expect.equal("spans", len([span for span in spans if span["name"] == "plain"]), 20)
    for span in spans:
        born = int(span["trace_id"][:8], 16)
        expect.true("the time in the trace id", before <= born <= int(time.time()), span)


@client("client.java.rollbar")
def rollbar(fakes):
    answers = run(fakes, "rollbar")
    records = fakes.records("item", vendor="rollbar")
    expect.equal("answers", [(one["status"], one["err"]) for one in answers], [(200, 0)] * 3)
    # It compresses by default.
    codings = [sdk.header(post, "content-encoding") for post in sdk.deliveries(fakes, records)]
    expect.equal("content codings", codings, ["gzip"] * 3)
    error, message, uncaught = [record["fields"] for record in records]

    expect.equal("levels", [one["level"] for one in (error, message, uncaught)], ["error", "warning", "error"])
    chain = [(one["exception"]["class"], one["exception"]["message"]) for one in error["body"]["trace_chain"]]
    expect.equal(
        "exception and cause",
        chain,
        [
            ("java.lang.IllegalStateException", "home feed did not load"),
            ("java.lang.RuntimeException", "no such table"),
        ],
    )
    expect.equal("custom", error["custom"], {"rows": 3, "tags": ["a", "b"]})
    expect.equal("message", expect.member(message, "body", "message", "body"), "Hello Wörld!")
    trace = uncaught["body"]["trace"]
    expect.equal("uncaught", (uncaught["is_uncaught"], trace["frames"][-1]["method"]), (True, "fail"))
    expect.true("the threads of the process", len(uncaught["body"]["threads"]) > 1, uncaught)
    for one in (error, message, uncaught):
        expect.equal("environment", (one["environment"], one["code_version"]), ("test", "1.2.3"))
        person = {"id": "1001", "username": "andrewbrown", "email": "andrew@example.com"}
        expect.equal("person", one["person"], person)
        request = (one["request"]["method"], one["request"]["url"], one["request"]["user_ip"])
        expect.equal("request", request, ("POST", "http://localhost:4567/api/activities?term=a", "203.0.113.9"))
        expect.equal("notifier", one["notifier"]["name"], "rollbar-java")


@client("client.java.rollbar-rate-limited")
def rollbar_rate_limited(fakes):
    body = '{"err": 1, "message": "over the rate limit"}'
    fault = {"vendor": "rollbar", "when": "before", "action": "status", "status": 429, "body": body, "count": 1}
    fakes.add_fault(fault)
    answer = expect.only("answer", run(fakes, "rollbar-refused"))
    expect.true("the server's words", "over the rate limit" in answer["error"], answer)
    expect.none("item", fakes.records("item", vendor="rollbar"))


@client("client.java.rollbar-server-gone")
def rollbar_server_gone(fakes):
    # Java itself tries a POST once more.
    fakes.add_fault({"vendor": "rollbar", "when": "before", "action": "reset", "count": 2})
    answer = expect.only("answer", run(fakes, "rollbar-refused"))
    expect.true("a reset connection", "SocketException" in answer["error"], answer)
    expect.none("item", fakes.records("item", vendor="rollbar"))


@client("client.java.rollbar-over-limit", findings=["rollbar.rate.over-limit"])
def rollbar_over_limit(fakes):
    """The door's own 429."""
    fakes.set_settings({"rollbar": {"rate_limit": 1, "rate_quota": "enforce"}})
    expect.equal("the first", expect.only("answer", run(fakes, "rollbar-refused")).get("status"), 200)
    answer = expect.only("answer", run(fakes, "rollbar-refused"))
    expect.true("the server's words", "Over rate limit" in answer["error"], answer)
    expect.only("item", fakes.records("item", vendor="rollbar"))


@client("client.java.rollbar-too-large", "rollbar-too-large", "request entity too large",
        findings=["rollbar.body.too-large"])
@client("client.java.rollbar-refused", "rollbar-invalid", "data.person.id", findings=["rollbar.item.missing-key"])
def rollbar_refused(fakes, story, words):
    fakes.set_settings({"rollbar": {"max_payload_bytes": 131072}})
    answer = expect.only("answer", run(fakes, story))
    expect.true(f"the server's words: {words}", words in answer["error"], answer)
    expect.none("item", fakes.records("item", vendor="rollbar"))


@client("client.java.rollbar-nobody-listens")
def rollbar_nobody_listens(fakes):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{unused.getsockname()[1]}/api/1/item/"
        answer = expect.only("answer", run(fakes, "rollbar-refused", ROLLBAR_ENDPOINT=endpoint))
    expect.true("a refused connection", "ConnectException" in answer["error"], answer)


@client("client.java.rollbar-exits")
def rollbar_exits(fakes):
    """Without close(true) a process that ends at once takes its queue along; the other stories close it."""
    expect.equal("answers", run(fakes, "rollbar-exits"), [])
    expect.none("item", fakes.records("item", vendor="rollbar"))


# The appender prints what failed and drops the line; it still sends the sequence tokens of before 2023.
@client("client.java.logback-awslogs-appender", findings=["cloudwatch_logs.group.missing"])
def logback(fakes):
    fakes.add_fault({**sdk.THROTTLED_LOGS, "count": 2})
    told = run(fakes, "log-shipping")
    sent = ["WARN Grüße 😀", *(f"WARN line {i}" for i in range(1, 120)), "INFO on its own"]
    expect.equal("what FilterLogEvents read page by page", told["read"], sent)
    records = [record["fields"] for record in fakes.records("log_event", vendor="cloudwatch_logs")]
    expect.equal("recorded", [one["message"] for one in records], sent)
    for one in records:
        expect.equal("group and stream", (one["log_group"], one["log_stream"]), ("cruddur-java", "web"))
    expect.equal("retention", told["retention"], 7)
    expect.equal("a second deletion", told["again"], "The specified log group does not exist.")
    expect.true("what the appender printed", "ResourceNotFoundException" in told["printed"], told["printed"])
