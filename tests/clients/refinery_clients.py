"""Honeycomb's refinery between an application and Honeycomb: it makes events of OTLP with husky, decides on whole traces and
delivers batches. scripts/go-environment refinery builds it."""

import http.client
import json
import os
import re
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import go_clients
import rare_spans
import sdk
from harness import expect, process
from harness.environments import ROOT

SECONDS = 60
KEY = "abcdefghij1234567890ab"
DATA = Path(__file__).resolve().parent.parent / "data" / "honeycomb"
# It does not tell which ports it got: each of its doors has an address of its own. A peer is found by what the
# configuration calls it.
ADDRESSES = {"http": "127.0.0.2", "grpc": "127.0.0.3", "peers": "127.0.0.1"}

CLIENTS = sdk.Clients()


def client(name, *arguments, findings=()):
    return CLIENTS.client(f"client.refinery.{name}", *arguments, findings=findings)


class Refinery:
    """A running refinery that takes OTLP at `urls` ("http", "grpc") and samples one trace of `rate`."""

    def __init__(self, fakes, rate=1):
        program = Path(os.environ.get("UNDERSTUDY_REFINERY", ROOT / "build" / "refinery" / "clients"))
        if not (program.parent / "understudy-stamp").exists():
            raise sdk.Skipped("refinery was not built: scripts/go-environment refinery")
        self._folder = tempfile.TemporaryDirectory(prefix="understudy-refinery-")
        folder = Path(self._folder.name)
        (folder / "refinery.json").write_text(json.dumps(configuration(fakes)))
        (folder / "rules.json").write_text(json.dumps({"Sampler": "DeterministicSampler", "SampleRate": rate}))
        self._log = open(fakes.folder / "refinery.log", "w+b")
        self._process = subprocess.Popen(
            [program, "--config", folder / "refinery.json", "--rules_config", folder / "rules.json"],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            preexec_fn=process.die_with_parent,
            env={"HOME": os.devnull},
        )

    def __enter__(self):
        try:
            self.urls = {name: f"http://{ADDRESSES[name]}:{port}" for name, port in self._ports().items()}
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *failed):
        if failed and failed[1] is not None:
            failed[1].add_note(f"refinery's log:\n{self._said()}")
        self._process.terminate()
        try:
            self._process.wait(SECONDS)
        finally:
            self._process.kill()
            self._process.wait()
            self._log.close()
            self._folder.cleanup()

    def _ports(self):
        """Its listening sockets, by the names of their addresses, as soon as there are all three."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            found = listening(self._process.pid)
            if len(found) == len(ADDRESSES):
                return found
            time.sleep(0.01)
        raise AssertionError(f"refinery did not open its doors; it said:\n{self._said()}")

    def _said(self):
        self._log.seek(0)
        return self._log.read().decode(errors="replace")[-4000:]


def listening(pid):
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            inodes.add(os.readlink(link).removeprefix("socket:[").removesuffix("]"))
        except OSError:
            pass  # closed meanwhile
    found = {}
    for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]:
        _, local, _, state, *rest = line.split()
        address, port = local.split(":")
        name = socket.inet_ntoa(bytes.fromhex(address)[::-1])
        if state == "0A" and rest[5] in inodes:
            found.update({one: int(port, 16) for one, its in ADDRESSES.items() if its == name})
    return found


def configuration(fakes):
    honeycomb = fakes.url("honeycomb_http")
    return {
        "ListenAddr": f"{ADDRESSES['http']}:0",
        "GRPCListenAddr": f"{ADDRESSES['grpc']}:0",
        "PeerListenAddr": f"{ADDRESSES['peers']}:0",
        "PeerManagement": {"Type": "file", "Peers": [f"http://{ADDRESSES['peers']}:0"]},
        "HoneycombAPI": honeycomb,
        "SendDelay": "10ms",
        "SendTicker": "10ms",
        "TraceTimeout": "1s",
        "LoggingLevel": "info",
        "InMemCollector": {"CacheCapacity": 1000},
        "HoneycombMetrics": {
            "MetricsHoneycombAPI": honeycomb,
            "MetricsAPIKey": KEY,
            "MetricsDataset": "Refinery Metrics",
            "MetricsReportingInterval": 3600,
        },
    }


def events(fakes, dataset):
    return [one for one in fakes.records("honeycomb_event", vendor="honeycomb") if one["fields"]["dataset"] == dataset]


@client("http", "http")
@client("grpc", "grpc")
def sdk_behind_it(fakes, protocol):
    """Go's SDK sends a trace; Honeycomb has its events, in batches of MessagePack that are compressed with zstd."""
    with Refinery(fakes) as refinery:
        ids = go_clients.run(
            fakes,
            "otlp",
            protocol,
            OTEL_EXPORTER_OTLP_ENDPOINT=refinery.urls[protocol],
            OTEL_EXPORTER_OTLP_HEADERS=f"x-honeycomb-team={KEY}",
            OTEL_RESOURCE_ATTRIBUTES="service.name=behind-refinery",
        )
        # 603 spans, two events, a link.
        fakes.wait("honeycomb_event", [("dataset", "=", "behind-refinery")], count=606)
    found = events(fakes, "behind-refinery")
    spans = {one["fields"]["data"]["trace.span_id"]: one["fields"] for one in found if "trace.span_id" in one["fields"]["data"]}
    expect.equal("spans", len(spans), 603)
    page = spans[ids["page"]["spanId"]]
    expect.equal("rate", page["samplerate"], 1)
    expect.equal("page", (page["data"]["name"], page["data"]["app.userId"]), ("HomeFeedPage", "andrewbrown"))
    load = spans[ids["load"]["spanId"]]["data"]
    expect.equal("error", (load["error"], load["status_message"]), (True, "home feed did not load"))
    for batch in sdk.deliveries(fakes, found):
        expect.equal("status", batch["status"], 200)
        expect.equal("content type", sdk.header(batch, "content-type"), "application/msgpack")
        expect.equal("coding", sdk.header(batch, "content-encoding"), "zstd")
        expect.true("user agent", "refinery/" in sdk.header(batch, "user-agent"), batch)
    asked = [one for one in fakes.entries(kind="exchange", vendor="honeycomb") if one["target"] == "/1/auth"]
    expect.true("a question for the environment's name", asked and {one["status"] for one in asked} == {200}, asked)


@client("sampled")
def sampled(fakes):
    """What it keeps of one trace in two stands for two: the deterministic sampler chooses by the trace's id."""
    traces = 32
    with Refinery(fakes, rate=2) as refinery:
        for number in range(traces):
            span = {"traceId": f"{number + 1:032x}", "spanId": f"{number + 1:016x}", "name": "sampled", "kind": 2,
                    "startTimeUnixNano": "1700000000000000000", "endTimeUnixNano": "1700000000012500000"}
            body = {"resourceSpans": [{"resource": RESOURCE, "scopeSpans": [{"spans": [span]}]}]}
            post(refinery.urls["http"], "/v1/traces", JSON, json.dumps(body))
        fakes.wait("honeycomb_event", [("dataset", "=", "sampled")], count={"at_least": 1})
    found = events(fakes, "sampled")
    expect.true("some of the traces", 1 <= len(found) < traces, len(found))
    expect.equal("rates", {one["fields"]["samplerate"] for one in found}, {2})


RESOURCE = {"attributes": [{"key": "service.name", "value": {"stringValue": "sampled"}}]}
JSON = {"Content-Type": "application/json", "x-honeycomb-team": KEY}


# What husky has learnt since is not in refinery's version; of exceptions, that their span has them too.
LATER = ("meta.signal_type", "meta.time_since_span_start_ms", "resource.schema_url", "scope.schema_url")


@client("translation", "opentelemetry-python-1.45.1-home", findings=["honeycomb.span.duplicated"])
@client("translation-of-exceptions", "opentelemetry-python-1.45.1-exception", findings=["honeycomb.span.duplicated"])
def translation_of_recorded(fakes, name):
    translation(fakes, "backend-flask", *recorded(name))


@client("translation-of-rare-values", findings=["honeycomb.span.duplicated", "honeycomb.sample-rate.unreadable"])
def translation_of_rare_values(fakes):
    translation(fakes, "rare", "/v1/traces", JSON, json.dumps(rare_spans.REQUEST))


def translation(fakes, dataset, path, headers, body):
    """husky's own translation of an export against this program's two of the same bytes."""
    ours = {}
    for translator in ("classic", "direct"):
        before = len(events(fakes, dataset))
        fakes.set_settings({"honeycomb": {"trace_translator": translator}})
        post(fakes.url("honeycomb_http"), path, headers, body)
        ours[translator] = rows(events(fakes, dataset)[before:])
    count = len(ours["classic"])
    with Refinery(fakes) as refinery:
        post(refinery.urls["http"], path, headers, body)
        fakes.wait("honeycomb_event", [("dataset", "=", dataset)], count=3 * count)
    huskys = rows(events(fakes, dataset)[2 * count:])
    for translator, own in ours.items():
        expect.equal("number of events", len(own), len(huskys))
        for mine, its in zip(own, huskys):
            differing = {key for key in mine | its if mine.get(key) != its.get(key)}
            differing = {key: (mine.get(key), its.get(key)) for key in differing}
            expect.equal(f"fields that differ ({translator}: this program's, husky's)", differing, {})


PROTOBUF = {"Content-Type": "application/x-protobuf", "x-honeycomb-team": KEY}
SNAKE_CASE = json.dumps({"resource_spans": [{"scope_spans": [{"spans": [{"span_id": "051581bf3cb55c13"}]}]}]})
# Headers and body of requests that are odd; what husky reads of an unknown coding are the bytes as they came.
ODD = (
    ({**JSON, "Content-Encoding": "identity"}, SNAKE_CASE),
    ({**JSON, "Content-Encoding": "br"}, "x"),
    ({**PROTOBUF, "Content-Encoding": "deflate"}, "x"),
    ({**PROTOBUF, "Content-Encoding": "GZIP"}, "x"),
    ({**PROTOBUF, "Content-Encoding": "gzip"}, "x"),
    (PROTOBUF, "x"),
    (PROTOBUF, ""),
    (JSON, SNAKE_CASE),
    (JSON, ""),
    (JSON, "{}"),
    (JSON, "[]"),
    ({**JSON, "Content-Type": "application/json; charset=utf-8"}, "{}"),
    ({**JSON, "Content-Type": "text/plain"}, "{}"),
    ({**JSON, "x-honeycomb-team": "0123456789abcdef0123456789abcdef"}, "{}"),
)


@client("odd-requests", findings=[
    "honeycomb.content-encoding.unsupported", "honeycomb.content-encoding.deflate", "honeycomb.body.damaged",
    "honeycomb.body.unparsable", "honeycomb.content-type.parameters", "honeycomb.content-type.unsupported",
    "honeycomb.dataset.header-missing", "honeycomb.dataset.unknown-service",
    "honeycomb.span.duplicated"])
def odd_requests(fakes):
    """What husky refuses, the classic translator refuses, with husky's words: refinery's own stand around them."""
    fakes.set_settings({"honeycomb": {"trace_translator": "classic"}})
    with Refinery(fakes) as refinery:
        for headers, body in ODD:
            about = f"{headers}, {body!r}"
            its_status, its_text = answer(refinery.urls["http"], headers, body)
            status, text = answer(fakes.url("honeycomb_http"), headers, body)
            expect.equal(f"acceptance of {about}", status == 200, its_status == 200)
            if status != 200:
                words = re.search(r"(unsupported content-type|failed to parse|missing).*?(?=\"?}?$)", text)[0]
                expect.true(f"words about {about}", its_text.endswith(words + '"}'), (words, its_text))


def answer(url, headers, body):
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=SECONDS)
    connection.request("POST", "/v1/traces", body, headers)
    reply = connection.getresponse()
    status, text = reply.status, reply.read().decode()
    connection.close()
    return status, text


def rows(events):
    """Each event's time, rate and fields, in an order that does not depend on how they came."""
    found = []
    for one in events:
        data = one["fields"]["data"]
        later = (*LATER, "meta.refinery.", *(() if "meta.annotation_type" in data else ("exception.",)))
        kept = {key: value for key, value in sorted(data.items()) if not key.startswith(later)}
        found.append({"time": one["time"], "rate": one["fields"]["samplerate"], **kept})
    return sorted(found, key=lambda row: json.dumps(row, sort_keys=True))


def recorded(name):
    """Path, headers and body of a request that a real SDK sent (tests/data)."""
    lines = (DATA / f"{name}.head").read_text().splitlines()
    headers = dict(line.split(": ", 1) for line in lines[1:] if line)
    kept = {key: value for key, value in headers.items() if key.lower() in ("content-type", "content-encoding")}
    return lines[0].split()[1], {**kept, "x-honeycomb-team": KEY}, (DATA / f"{name}.bin").read_bytes()


def post(url, path, headers, body):
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=SECONDS)
    connection.request("POST", path, body, headers)
    reply = connection.getresponse()
    expect.equal(f"status of {path}, answered with {reply.read()}", reply.status, 200)
    connection.close()
