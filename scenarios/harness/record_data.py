#!/usr/bin/env python3
"""Records what the real SDKs send, byte for byte, into tests/data. tests/data/README.md says how to call it.

The recorder is its own (recorder.py) and not one of the fakes, so the files can judge the fakes."""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from harness import environments  # noqa: E402
from harness.backend import FLASK_BACKEND, Backend  # noqa: E402
from harness.recorder import Recorder  # noqa: E402

DATA = environments.ROOT / "tests" / "data"
HARNESS = Path(__file__).resolve().parent
NODE = HARNESS / "record_node.mjs"
SIGNALS = HARNESS / "record_signals.py"
NODE_PACKAGES = ("@opentelemetry/exporter-trace-otlp-http", "@opentelemetry/sdk-trace-base", "@opentelemetry/resources")
NEUTRAL_HOST = HARNESS / "recording_host"
SAMPLED = {"X-Amzn-Trace-Id": "Sampled=1"}
# Statistics leave at most every 10 s.
SAMPLING_TARGETS_SECONDS = 20


def write(vendor, name, exchange):
    folder = DATA / vendor
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.bin").write_bytes(exchange.body)
    if exchange.head:
        (folder / f"{name}.head").write_bytes(exchange.head)
    print(f"  {vendor}/{name}.bin  {len(exchange.body)} bytes")


def segment_of(path):
    def wanted(exchange):
        if exchange.door != "xray" or exchange.head:
            return False
        document = json.loads(exchange.body.split(b"\n", 1)[1])
        return document["http"]["request"]["url"].replace("%40", "@").endswith(path)

    return wanted


def item_with(text):
    return lambda exchange: exchange.door == "rollbar" and text in exchange.body


class Set:
    """One environment and what its packages are called in file names."""

    def __init__(self, name, place):
        self.python = environments.make(name, place / "venv")
        self.place = place
        self.source = place / "backend-flask"
        self.log = place / f"{name}.log"

        def version(package):
            return environments.version_of(self.python, package)

        self.opentelemetry = f"opentelemetry-python-{version('opentelemetry-sdk')}"
        self.xray = f"aws-xray-sdk-python-{version('aws-xray-sdk')}"
        self.watchtower = f"watchtower-{version('watchtower')}"
        self.rollbar = f"pyrollbar-{version('rollbar')}"

    def backend(self, recorder, **environment):
        environment = {**recorder.environment, "PYTHONPATH": str(NEUTRAL_HOST), **environment}
        return Backend(self.python, environment, self.log, source=self.source)


def record_home(packages):
    """A start, one home request, a stop: the first traffic of a process at every vendor."""
    with Recorder() as recorder:
        with packages.backend(recorder) as backend:
            backend.get("/api/activities/home")
        wait = recorder.wait_for
        write("honeycomb", f"{packages.opentelemetry}-home", wait(lambda e: e.door == "honeycomb"))
        write("xray", f"{packages.xray}-home", wait(segment_of("/home")))
        write("xray", f"{packages.xray}-get-sampling-rules", wait(lambda e: e.target == "/GetSamplingRules"))
        for operation, name in (
            ("DescribeLogGroups", "describe-log-groups"),
            ("CreateLogGroup", "create-log-group"),
            ("CreateLogStream", "create-log-stream"),
            ("PutLogEvents", "put-log-events"),
        ):
            write("cloudwatch_logs", f"{packages.watchtower}-{name}", wait(lambda e: e.operation == operation))


def record_others(packages):
    """Errors, exceptions, nested subsegments, sampling statistics."""
    with Recorder() as recorder:
        with packages.backend(recorder) as backend:
            backend.get("/api/message_groups")  # starts the sampler
            recorder.wait_for(lambda e: e.target == "/GetSamplingRules")
            for path in ("/api/activities/@andrewbrown", "/api/activities/search", "/api/activities/notifications"):
                backend.get(path, **SAMPLED)
            backend.get("/api/activities/no-such-activity", **SAMPLED)
            backend.get("/api/message_groups")
            backend.get("/rollbar/test")
            targets = recorder.wait_for(lambda e: e.target == "/SamplingTargets", SAMPLING_TARGETS_SECONDS)
        wait = recorder.wait_for
        write(
            "honeycomb",
            f"{packages.opentelemetry}-exception",
            wait(lambda e: b"NameError" in e.body and e.door == "honeycomb"),
        )
        write("xray", f"{packages.xray}-nested", wait(segment_of("/@andrewbrown")))
        write("xray", f"{packages.xray}-error", wait(segment_of("/search")))
        write("xray", f"{packages.xray}-metadata", wait(segment_of("/notifications")))
        write("xray", f"{packages.xray}-fault", wait(segment_of("/no-such-activity")))
        write("xray", f"{packages.xray}-sampling-targets", targets)
        write("rollbar", f"{packages.rollbar}-message", wait(item_with(b"Hello World!")))
        write("rollbar", f"{packages.rollbar}-exception", wait(item_with(b"NameError")))


def record_gzip(packages):
    with Recorder() as recorder:
        with packages.backend(recorder, OTEL_EXPORTER_OTLP_COMPRESSION="gzip") as backend:
            backend.get("/api/activities/home")
        write("honeycomb", f"{packages.opentelemetry}-home-gzip", recorder.wait_for(lambda e: e.door == "honeycomb"))


def record_signals(packages):
    """Logs and metrics, which the backend does not send by OTLP."""
    script = shutil.copy(SIGNALS, packages.place)
    with Recorder() as recorder:
        environment = {**recorder.environment, "OTEL_SERVICE_NAME": "backend-flask"}
        subprocess.run([packages.python, script], env=environment, stderr=subprocess.DEVNULL, check=True)
        for signal in ("logs", "metrics"):
            name = f"{packages.opentelemetry}-{signal}"
            write("honeycomb", name, recorder.wait_for(lambda e: e.target == f"/v1/{signal}"))


def record_node(place):
    """OTLP as JSON, which only the JavaScript exporter sends."""
    modules = place / "node"
    modules.mkdir(parents=True, exist_ok=True)
    (modules / "package.json").write_text('{"private": true}')
    subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", *NODE_PACKAGES], cwd=modules, check=True)
    shutil.copy(NODE, modules)
    package = modules / "node_modules" / "@opentelemetry" / "exporter-trace-otlp-http" / "package.json"
    version = json.loads(package.read_text())["version"]
    with Recorder() as recorder:
        endpoint = recorder.environment["OTEL_EXPORTER_OTLP_ENDPOINT"]
        subprocess.run(["node", NODE.name, endpoint], cwd=modules, check=True)
        write("honeycomb", f"opentelemetry-js-{version}-json", recorder.wait_for(lambda e: e.door == "honeycomb"))


RECORDINGS = {"home": record_home, "others": record_others, "gzip": record_gzip, "signals": record_signals}


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--place",
        type=Path,
        default=environments.ROOT / "build" / "record",
        metavar="DIR",
        help="where the backend runs: its paths stand in the recorded tracebacks",
    )
    options.add_argument(
        "--only",
        choices=[*RECORDINGS, "node"],
        nargs="+",
        default=[*RECORDINGS, "node"],
        help="some of the recordings; node (OTLP as JSON) needs npm",
    )
    chosen = options.parse_args()
    chosen.place.mkdir(parents=True, exist_ok=True)
    shutil.copytree(
        FLASK_BACKEND, chosen.place / "backend-flask", dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in environments.SETS:
        print(name)
        packages = Set(name, chosen.place)
        for recording, record in RECORDINGS.items():
            if recording in chosen.only:
                record(packages)
    if "node" in chosen.only:
        record_node(chosen.place)


if __name__ == "__main__":
    main()
