"""An OpenTelemetry Collector (collector/main.go) between an application and Honeycomb: what its exporters deliver, and what
they make of Honeycomb's refusals. scripts/go-environment collector builds it."""

import http.client
import json
import os
import signal
import socket
import subprocess
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

import go_clients
import sdk
import stories
from harness import expect, process
from harness.environments import ROOT

SECONDS = 60
KEY = "abcdefghij1234567890ab"
USER_AGENT = "OpenTelemetry Collector/0.165.0 (linux/amd64)"
DOORS = {"otlp_grpc": "honeycomb_grpc", "otlp_http": "honeycomb_http"}
# Its own waits are 5 s and longer.
SOON = {"initial_interval": "20ms", "max_interval": "100ms", "randomization_factor": 0}

CLIENTS = sdk.Clients()


def client(name, *arguments, findings=()):
    return CLIENTS.client(f"client.collector.{name}", *arguments, findings=findings)


class Collector:
    """A running Collector that takes OTLP at `urls` ("http", "grpc") and hands it on through one exporter."""

    def __init__(self, exporter, settings, batch=None):
        program = Path(os.environ.get("UNDERSTUDY_COLLECTOR", ROOT / "build" / "collector" / "clients"))
        if not (program.parent / "understudy-stamp").exists():
            raise sdk.Skipped("the Collector was not built: scripts/go-environment collector")
        self._folder = tempfile.TemporaryDirectory(prefix="understudy-collector-")
        anywhere = {"endpoint": "127.0.0.1:0"}
        receiver = {"protocols": {"grpc": anywhere, "http": anywhere}}
        configuration = Path(self._folder.name, "collector.json")
        configuration.write_text(json.dumps({"receiver": receiver, "batch": batch, "exporter": {exporter: settings}}))
        self.lines = []
        self._changed = threading.Condition()
        self._process = subprocess.Popen(
            [program, configuration],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=process.die_with_parent,
            env={"HOME": os.devnull},
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self):
        try:
            self.urls = {
                protocol: "http://" + self.said(f"Starting {protocol.upper()} server")["endpoint"]
                for protocol in ("grpc", "http")
            }
            self.said("Everything is ready")
        except BaseException:
            self._end(signal.SIGKILL)
            raise
        return self

    def __exit__(self, *exception):
        """Asked to end it sends what it still holds, as far as it can."""
        code = self._end(signal.SIGTERM if exception[0] is None else signal.SIGKILL)
        if exception[0] is None:
            expect.equal(f"exit code of the Collector, which said {self.lines}", code, 0)

    def said(self, *texts, seconds=SECONDS):
        """The first line of its log that holds all the texts, as soon as it is there."""

        def found():
            return next((line for line in self.lines if all(text in json.dumps(line) for text in texts)), None)

        with self._changed:
            if not self._changed.wait_for(lambda: found() or self.lines[-1:] == [None], seconds) or found() is None:
                raise AssertionError(f"expected a line of the Collector with {texts}\nfound    {self.lines}")
            return found()

    def complaints(self):
        return [line for line in self.lines if line and line["level"] not in ("debug", "info")]

    def send(self, path, body):
        """OTLP as JSON, from a client without an SDK."""
        connection = http.client.HTTPConnection(self.urls["http"].removeprefix("http://"), timeout=SECONDS)
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        reply = connection.getresponse()
        expect.equal(f"answer of the Collector to {path}", (reply.status, reply.read()), (200, b'{"partialSuccess":{}}'))
        connection.close()

    def send_span(self, name, number=0):
        scope = {"scope": {"name": "by hand"}, "spans": [{**SPAN, "name": name, "spanId": f"{number + 1:016x}"}]}
        self.send("/v1/traces", {"resourceSpans": [{**RESOURCE, "scopeSpans": [scope]}]})

    def _read(self):
        for line in self._process.stderr:
            try:
                line = json.loads(line)
            except ValueError:
                line = {"level": "error", "msg": line}
            with self._changed:
                self.lines.append(line)
                self._changed.notify_all()
        with self._changed:
            self.lines.append(None)  # nothing will follow
            self._changed.notify_all()

    def _end(self, by):
        self._process.send_signal(by)
        try:
            return self._process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise AssertionError(f"the Collector did not end within {SECONDS} s; it said {self.lines}") from None
        finally:
            self._reader.join()
            self._process.stderr.close()
            self._folder.cleanup()


RESOURCE = {"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "behind-a-collector"}}]}}
SPAN = {
    "traceId": "5b8aa5a2d2c872e8321cf37308d69df2",
    "kind": 2,
    "startTimeUnixNano": "1700000000000000000",
    "endTimeUnixNano": "1700000000012500000",
}
PROFILES = {
    "resourceProfiles": [{**RESOURCE, "scopeProfiles": [{"scope": {"name": "by hand"}, "profiles": [{
        "profileId": "5b8aa5a2d2c872e8321cf37308d69df2", "timeUnixNano": "1700000000000000000", "samples": [{"values": ["7"]}],
    }]}]}],
    "dictionary": {"stringTable": [""]},
}


def to_honeycomb(fakes, exporter, **settings):
    """An exporter's settings as Honeycomb's documents give them, for a door without TLS."""
    url = fakes.url(settings.pop("door", DOORS[exporter]))
    at = {"endpoint": url.removeprefix("http://"), "tls": {"insecure": True}} if exporter == "otlp_grpc" else {"endpoint": url}
    return {**at, "headers": {"x-honeycomb-team": KEY}, "retry_on_failure": SOON, **settings}


def posts(fakes):
    """Everything that came to Honeycomb's doors, whole."""
    return [fakes.entry(one["ordinal"]) for one in fakes.entries(kind="exchange", vendor="honeycomb")]


def check_delivery(post, exporter, coding, content_type):
    expect.equal("door", post["door"], DOORS[exporter])
    expect.equal("answer", (post["status"], post["reply"].get("grpc_status", 0)), (200, 0))
    expect.equal("content type", sdk.header(post, "content-type"), content_type)
    expect.equal("key", "x-honeycomb-team" in [one["name"].lower() for one in post["headers"]], True)
    over_grpc = exporter == "otlp_grpc"
    expect.equal("coding", sdk.header(post, "grpc-encoding" if over_grpc else "content-encoding"), coding)
    agent = sdk.header(post, "user-agent")
    expect.equal("user agent", agent.split(" grpc-go/")[0] if over_grpc else agent, USER_AGENT)


# Compression is gzip where nothing else is said.
@client("grpc", "otlp_grpc", {}, "gzip")
@client("grpc-uncompressed", "otlp_grpc", {"compression": "none"}, None)
@client("http", "otlp_http", {}, "gzip")
@client("http-zstd", "otlp_http", {"compression": "zstd"}, "zstd")
@client("http-uncompressed", "otlp_http", {"compression": "none"}, None)
@client("http-json", "otlp_http", {"encoding": "json"}, "gzip")
@client("http-json-zstd", "otlp_http", {"encoding": "json", "compression": "zstd"}, "zstd")
@client("http-json-uncompressed", "otlp_http", {"encoding": "json", "compression": "none"}, None)
def exporters(fakes, exporter, settings, coding):
    """Go's SDK sends to the Collector: Honeycomb has the trace as if it had come directly."""
    over_grpc = exporter == "otlp_grpc"
    with Collector(exporter, to_honeycomb(fakes, exporter, **settings)) as collector:
        ids = go_clients.run(
            fakes,
            "otlp",
            "grpc" if over_grpc else "http",
            OTEL_EXPORTER_OTLP_ENDPOINT=collector.urls["grpc" if over_grpc else "http"],
            OTEL_RESOURCE_ATTRIBUTES="service.name=behind-a-collector",
        )
        fakes.wait("span", count=603, vendor="honeycomb")
    records = stories.check_home_spans(fakes, ids, "behind-a-collector", ("main.rangeError", "otlp.go"))
    expect.none("complaint of the Collector", collector.complaints())
    by_http = "application/json" if "encoding" in settings else "application/x-protobuf"
    content_type = "application/grpc" if over_grpc else by_http
    deliveries = sdk.deliveries(fakes, records)
    expect.equal("deliveries, one for each of the SDK's", len(deliveries), 2)
    for post in deliveries:
        check_delivery(post, exporter, coding, content_type)


@client("grpc-signals", "otlp_grpc")
@client("http-signals", "otlp_http")
def signals(fakes, exporter):
    with Collector(exporter, to_honeycomb(fakes, exporter)) as collector:
        environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.urls["http"]}
        go_clients.run(fakes, "otlp-signals", OTEL_RESOURCE_ATTRIBUTES="service.name=frontend-go", **environment)
        fakes.wait("log_record", count=2, vendor="honeycomb")
        fakes.wait("metric", count={"at_least": 3}, vendor="honeycomb")
    expect.none("complaint of the Collector", collector.complaints())
    content_type = "application/grpc" if exporter == "otlp_grpc" else "application/x-protobuf"
    stories.check_signals(fakes, "frontend-go", True, DOORS[exporter], content_type)


@client("profiles", "otlp_http", "application/x-protobuf")
@client("profiles-grpc", "otlp_grpc", "application/grpc")
def profiles(fakes, exporter, content_type):
    """The signal that is still in development."""
    with Collector(exporter, to_honeycomb(fakes, exporter)) as collector:
        collector.send("/v1development/profiles", PROFILES)
    expect.none("complaint of the Collector", collector.complaints())
    post = expect.only("request", posts(fakes))
    check_delivery(post, exporter, "gzip", content_type)
    expect.equal("findings", [one["id"] for one in fakes.findings()], ["honeycomb.profiles.no-events"])


@client("batch")
def batch(fakes):
    """The batch processor makes one delivery of what the SDK sent as two."""
    with Collector(
        "otlp_http", to_honeycomb(fakes, "otlp_http"), {"send_batch_size": 603, "timeout": "1h"}
    ) as collector:
        endpoint = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.urls["http"]}
        go_clients.run(fakes, "otlp", "http", OTEL_RESOURCE_ATTRIBUTES="service.name=behind-a-collector", **endpoint)
        records = fakes.wait("span", count=603, vendor="honeycomb")
    expect.equal("deliveries", len(sdk.deliveries(fakes, records)), 1)


@client("held-back")
def held_back(fakes):
    """What a batch still holds when the Collector ends is sent then."""
    with Collector(
        "otlp_grpc", to_honeycomb(fakes, "otlp_grpc"), {"send_batch_size": 1000, "timeout": "1h"}
    ) as collector:
        collector.send_span("late")
        expect.none("span before the end", fakes.records("span", vendor="honeycomb"))
    expect.only("span", fakes.records("span", vendor="honeycomb"))


@client("grpc-to-the-http-port", "otlp_grpc", "honeycomb_http", "honeycomb.port.grpc-on-http")
@client("http-to-the-grpc-port", "otlp_http", "honeycomb_grpc", "honeycomb.port.http-on-grpc")
def other_port(fakes, exporter, door, finding):
    """Honeycomb has one port for both."""
    with Collector(exporter, to_honeycomb(fakes, exporter, door=door)) as collector:
        collector.send_span("through the other port")
        fakes.wait("span", count=1, vendor="honeycomb")
    expect.none("complaint of the Collector", collector.complaints())
    expect.equal("findings", [one["id"] for one in fakes.findings()], [finding])


@CLIENTS.client("client.tls.collector-grpc", "otlp_grpc", {"compression": "gzip"})
@CLIENTS.client("client.tls.collector-http", "otlp_http", {"compression": "zstd"})
def over_tls(fakes, exporter, settings):
    """api.honeycomb.io by its certificate, as the documents have it: one port for both."""
    trust = {"ca_file": fakes.environment["OTEL_EXPORTER_OTLP_CERTIFICATE"], "server_name_override": "api.honeycomb.io"}
    address = f"127.0.0.1:{fakes.ports['honeycomb_http']}"
    endpoint = {"endpoint": address if exporter == "otlp_grpc" else f"https://{address}", "tls": trust}
    with Collector(exporter, {**to_honeycomb(fakes, exporter, **settings), **endpoint}) as collector:
        collector.send_span("over TLS")
        fakes.wait("span", count=1, vendor="honeycomb")
    expect.none("complaint of the Collector", collector.complaints())


@CLIENTS.client("client.tls.collector-without-trust", findings=["transport.tls-handshake-failed"])
def without_trust(fakes):
    """Without the CA nothing arrives, and both sides say why."""
    endpoint = {"endpoint": f"https://127.0.0.1:{fakes.ports['honeycomb_http']}", "retry_on_failure": {"enabled": False}}
    with Collector("otlp_http", {**to_honeycomb(fakes, "otlp_http"), **endpoint}) as collector:
        collector.send_span("lost")
        collector.said("Exporting failed.", "certificate")
    expect.none("span", fakes.records("span", vendor="honeycomb"))


# ---- bad days


@client("key-unknown", {}, findings=["honeycomb.key.unknown"])
@client("key-unknown-json", {"encoding": "json"}, findings=["honeycomb.key.unknown"])
@client("key-unknown-grpc", None, findings=["honeycomb.key.unknown"])
def key_unknown(fakes, settings):
    """401 is for good: the Collector drops the data at once, and its log has Honeycomb's words where it can read them."""
    fakes.set_accounts({"honeycomb": {"keys": [{"key": "another0another0anothe"}]}})
    exporter = "otlp_grpc" if settings is None else "otlp_http"
    with Collector(exporter, to_honeycomb(fakes, exporter, **(settings or {}))) as collector:
        collector.send_span("refused")
        words = "unknown API key - check your credentials, region, and API URL"
        # It reads protobuf alone, also where it asked for JSON.
        wanted = "HTTP Status Code 401" if settings == {"encoding": "json"} else words
        line = collector.said("Exporting failed. Dropping data.", wanted)
    expect.equal("what it dropped", line["dropped_items"], 1)
    refused = expect.only("request", posts(fakes))
    answer = (refused["status"], refused["reply"].get("grpc_status", 0))
    expect.equal("answer", answer, (200, 16) if settings is None else (401, 0))
    expect.none("span", fakes.records("span", vendor="honeycomb"))


@client("key-missing", "otlp_http", {"headers": {}}, findings=["honeycomb.key.missing"])
@client("key-missing-grpc", "otlp_grpc", {"headers": {}}, findings=["honeycomb.key.missing"])
def key_missing(fakes, exporter, settings):
    with Collector(exporter, to_honeycomb(fakes, exporter, **settings)) as collector:
        collector.send_span("refused")
        collector.said("Exporting failed. Dropping data.", "missing 'x-honeycomb-team' header")
    expect.none("span", fakes.records("span", vendor="honeycomb"))


@client("path-doubled", findings=["honeycomb.path.doubled"])
def path_doubled(fakes):
    """`endpoint` takes the base; the exporter adds the signal's path."""
    settings = {**to_honeycomb(fakes, "otlp_http"), "endpoint": fakes.url("honeycomb_http") + "/v1/traces"}
    with Collector("otlp_http", settings) as collector:
        collector.send_span("lost")
        collector.said("Exporting failed. Dropping data.", "/v1/traces/v1/traces responded with HTTP Status Code 404")


@client("http-snappy", "otlp_http", "snappy", findings=["honeycomb.content-encoding.unsupported"])
@client("http-deflate", "otlp_http", "deflate", findings=["honeycomb.content-encoding.deflate"])
@client("grpc-snappy", "otlp_grpc", "snappy", findings=["honeycomb.content-encoding.unsupported"])
@client("grpc-zstd", "otlp_grpc", "zstd", findings=["honeycomb.content-encoding.unsupported"])
def unsupported_coding(fakes, exporter, coding):
    """The Collector offers codings that Honeycomb does not read; over gRPC zstd is one of them."""
    over_grpc = exporter == "otlp_grpc"
    words = "Decompressor is not installed for grpc-encoding" if over_grpc else "unsupported content encoding"
    with Collector(exporter, to_honeycomb(fakes, exporter, compression=coding)) as collector:
        collector.send_span("refused")
        line = collector.said("Exporting failed. Dropping data.", words)
    expect.true(f"a word of {coding}", coding in line["error"], line)
    expect.only("request", posts(fakes))


@client("retry-after-429", 429)
@client("retry-after-503", 503)
def retry_after(fakes, status):
    """The Collector waits as long as it is told, not as short as it would."""
    fakes.add_fault({"vendor": "honeycomb", "action": "status", "status": status, "headers": {"Retry-After": "1"}})
    with Collector("otlp_http", to_honeycomb(fakes, "otlp_http")) as collector:
        collector.send_span("once")
        collector.said("Exporting failed. Will retry the request after interval.", f"HTTP Status Code {status}")
        fakes.wait("span", count=1, vendor="honeycomb")
    refused, taken = posts(fakes)
    expect.equal("the fault", (refused["fault"]["status"], taken["status"]), (status, 200))
    expect.true("a second between the two", seconds(taken) - seconds(refused) >= 1, [refused["received"], taken["received"]])


@client("rate-limited", "otlp_http", "rate_limited", findings=["honeycomb.ingest.refused"])
@client("overloaded", "otlp_http", "overloaded", findings=["honeycomb.ingest.refused"])
@client("overloaded-grpc", "otlp_grpc", "overloaded", findings=["honeycomb.ingest.refused"])
def refused_for_a_while(fakes, exporter, how):
    """Without Retry-After, as Honeycomb's 429 is, it tries again by its own waits until it is taken."""
    fakes.set_settings({"honeycomb": {"refuse_ingest": how}})
    with Collector(exporter, to_honeycomb(fakes, exporter)) as collector:
        collector.send_span("once")
        collector.said("Exporting failed. Will retry the request after interval.")
        fakes.set_settings({"honeycomb": {"refuse_ingest": "no"}})
        fakes.wait("span", count=1, vendor="honeycomb")
    expect.none("data that it dropped", [line for line in collector.complaints() if "Dropping" in line["msg"]])
    tries = posts(fakes)
    expect.true("tries before", len(tries) >= 2, tries)
    expect.equal("the last try", (tries[-1]["status"], tries[-1]["reply"].get("grpc_status", 0)), (200, 0))


@client("rate-limited-grpc", findings=["honeycomb.ingest.refused"])
def rate_limited_grpc(fakes):
    """RESOURCE_EXHAUSTED without RetryInfo is for good. [docs: OTLP specification]"""
    fakes.set_settings({"honeycomb": {"refuse_ingest": "rate_limited"}})
    with Collector("otlp_grpc", to_honeycomb(fakes, "otlp_grpc")) as collector:
        collector.send_span("refused")
        collector.said("Exporting failed. Dropping data.", "ResourceExhausted")
    expect.only("request", posts(fakes))


@client("partial-success", "otlp_http", {}, findings=["honeycomb.ingest.partly-refused"])
@client("partial-success-json", "otlp_http", {"encoding": "json"}, findings=["honeycomb.ingest.partly-refused"])
@client("partial-success-grpc", "otlp_grpc", {}, findings=["honeycomb.ingest.partly-refused"])
def partial_success(fakes, exporter, settings):
    """A warning, and no second try."""
    fakes.set_settings({"honeycomb": {"partial_success_rejected": 1, "partial_success_message": "one too many"}})
    with Collector(exporter, to_honeycomb(fakes, exporter, **settings)) as collector:
        collector.send_span("in part")
        line = collector.said("Partial success response", "one too many")
    expect.equal("rejected", (line["level"], line["dropped_spans"]), ("warn", 1))
    expect.only("request", posts(fakes))


@client("unreachable", "otlp_http")
@client("unreachable-grpc", "otlp_grpc")
def unreachable(fakes, exporter):
    """Nobody there at first: the queue holds what came, and all of it arrives once."""
    with relay(fakes.ports[DOORS[exporter]]) as (endpoint, begin):
        prefix = "" if exporter == "otlp_grpc" else "http://"
        settings = {**to_honeycomb(fakes, exporter), "endpoint": prefix + endpoint}
        with Collector(exporter, settings) as collector:
            for number in range(5):
                collector.send_span(f"queued {number}", number)
            collector.said("Exporting failed. Will retry the request after interval.", "connection refused")
            begin()
            fakes.wait("span", count=5, vendor="honeycomb")
    names = [record["fields"]["name"] for record in fakes.records("span", vendor="honeycomb")]
    expect.equal("spans", sorted(names), [f"queued {number}" for number in range(5)])


@client("reply-lost", findings=["honeycomb.span.duplicated"])
def reply_lost(fakes):
    """Accepted, but the answer never came: the Collector sends it again, and Honeycomb has it twice."""
    fakes.add_fault({"vendor": "honeycomb", "when": "after", "action": "reset"})
    with Collector("otlp_http", to_honeycomb(fakes, "otlp_http")) as collector:
        collector.send_span("twice")
        collector.said("Exporting failed. Will retry the request after interval.")
        fakes.wait("span", count=2, vendor="honeycomb")


@client("reply-lost-grpc")
def reply_lost_grpc(fakes):
    """A stream that is reset is an internal error to gRPC, and for good: dropped, though Honeycomb has it."""
    fakes.add_fault({"vendor": "honeycomb", "when": "after", "action": "reset"})
    with Collector("otlp_grpc", to_honeycomb(fakes, "otlp_grpc")) as collector:
        collector.send_span("once")
        collector.said("Exporting failed. Dropping data.", "RST_STREAM")
    expect.only("span", fakes.records("span", vendor="honeycomb"))


def seconds(entry):
    """Of the day, exactly enough."""
    hours, minutes, rest = entry["received"].split("T")[1].rstrip("Z").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


@contextmanager
def relay(port):
    """An address where connections are refused until `begin` is called, and then lead to the port."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        ends = []

        def pass_on(source, sink):
            while True:
                try:
                    some = source.recv(65536)
                    if not some:
                        return sink.shutdown(socket.SHUT_WR)
                    sink.sendall(some)
                except OSError:
                    return None

        def serve():
            while True:
                try:
                    near, _ = door.accept()
                except OSError:
                    return
                far = socket.create_connection(("127.0.0.1", port))
                ends.extend((near, far))
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=pass_on, args=pair, daemon=True).start()

        def begin():
            door.listen()
            threading.Thread(target=serve, daemon=True).start()

        try:
            yield "127.0.0.1:%d" % door.getsockname()[1], begin
        finally:
            for end in ends:
                end.close()
