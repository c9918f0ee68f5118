#!/usr/bin/env python3
"""Starts the four doors, drives an instrumented backend through every endpoint, and prints what each vendor received.
The backend is the project's own in C++, or with --flask the seeds' with the real SDKs. Exit code 0 when all of it
arrived and nothing else, 1 when not, 2 when it could not start."""

import argparse
import os
import signal
import sys
from collections import Counter
from pathlib import Path

from harness import environments
from harness.account import FAST_SPANS, await_client_spans, expected_of
from harness.backend import Backend, CppBackend
from harness.drive import EVERY_ENDPOINT, drive
from harness.fakes import Fakes, program
from harness.scenario import Skipped, environment_or_skip

# With this header a request is sampled, so that its segment is certain. The last, the health check, goes without, so
# that the process also asks for sampling rules; its response says whether a segment follows.
SAMPLED = {"X-Amzn-Trace-Id": "Sampled=1"}
SEVERITIES = ("error", "warning", "info")


class Vendor:
    """One line of the report."""

    def __init__(self, title, vendor, kind, noun, expected):
        self.title, self.vendor, self.kind, self.noun, self.expected = title, vendor, kind, noun, expected

    def read(self, fakes):
        records = fakes.records(self.kind, vendor=self.vendor)
        self.events = len(records)
        exchanges = fakes.entries(vendor=self.vendor, kind="exchange")
        carrying = {record["entry"] for record in records}
        deliveries = [entry for entry in exchanges if entry["ordinal"] in carrying]
        self.requests = len(deliveries)
        self.bytes = sum(entry["body_bytes"] for entry in deliveries)
        self.other_calls = len(exchanges) - len(deliveries)
        return self

    @property
    def is_right(self):
        return self.events == self.expected

    def line(self):
        average = self.bytes // self.requests if self.requests else 0
        requests = _counted(self.requests, "request")
        if self.other_calls:
            requests += " + " + _counted(self.other_calls, "other call")
        verdict = "as expected" if self.is_right else f"EXPECTED {self.expected}"
        events = f"{self.events:>4} {self.noun}"
        return f"  {self.title:<16}{events:<16} in {requests:<26}{average:>7,} bytes per request   {verdict}"


def _counted(number, noun):
    return f"{number} {noun}{'' if number == 1 else 's'}"


def report(fakes, requests, expected):
    vendors = [
        Vendor("Honeycomb", "honeycomb", "span", "spans", sum(expected.spans.values())),
        Vendor("X-Ray", "xray", "segment", "segments", len(expected.trace_ids)),
        Vendor("CloudWatch Logs", "cloudwatch_logs", "log_event", "log events", expected.log_events),
        Vendor("Rollbar", "rollbar", "item", "items", expected.items),
    ]
    print(f"\nWhat {requests} requests to the backend sent:")
    for vendor in vendors:
        print(vendor.read(fakes).line())
    return all(vendor.is_right for vendor in vendors)


def report_findings(fakes):
    findings = sorted(fakes.findings(), key=lambda finding: SEVERITIES.index(finding["severity"]))
    counted = Counter(finding["severity"] for finding in findings)
    total = ", ".join(f"{counted[severity]} {severity}" for severity in SEVERITIES if counted[severity])
    print(f"\nFindings: {total or 'none'}")
    for finding in findings:
        print(f"  {finding['severity']:<8} {finding['id']}, {_counted(finding['count'], 'time')}: {finding['message']}")
        if finding["severity"] != "info":
            print(f"           mend: {finding['mend']}")
    return counted["error"] == 0


def where_to_look(fakes, backend):
    console = fakes.url("console")
    show = f"{os.path.relpath(program())} show"
    print(
        f"""
The doors and the backend keep running until Ctrl-C.
  backend            http://127.0.0.1:{backend.port}
  Honeycomb          {fakes.url("honeycomb_http")} (OTLP/HTTP), {fakes.url("honeycomb_grpc")} (OTLP/gRPC)
  X-Ray daemon       127.0.0.1:{fakes.ports["xray"]} (UDP and TCP)
  AWS APIs           {fakes.url("aws")}
  Rollbar            {fakes.url("rollbar")}
  control API        {console}/v1

Send more, and look:
  curl http://127.0.0.1:{backend.port}/api/activities/home
  curl -H 'X-Amzn-Trace-Id: Sampled=1' http://127.0.0.1:{backend.port}/api/activities/no-such-activity
  curl '{console}/v1/records?kind=span&limit=5'
  curl '{console}/v1/findings'
  {show} spans --url {console}
  {show} segments --url {console}
  {show} log-events --url {console}
  {show} items --url {console}
Spans leave the backend in batches after 5 s, log events after 60 s or when it stops.""",
        flush=True,
    )
    signal.sigwait({signal.SIGINT, signal.SIGTERM})


def start_backend(options, fakes, program_or_python, log_path, settings=None):
    kind = CppBackend if options.set == environments.CPP else Backend
    return kind(program_or_python, {**fakes.backend_environment(), **(settings or {})}, log_path, driven=fakes.driven)


def run(options, program_or_python, folder):
    with Fakes(folder) as fakes:
        print(f"Understudy's doors are open; starting the backend ({options.set})", flush=True)
        # Leaving stops the backend as Ctrl-C would, and each SDK sends what it still holds.
        with start_backend(options, fakes, program_or_python, folder / "backend.log", FAST_SPANS) as backend:
            responses = drive(backend, EVERY_ENDPOINT[:-1], SAMPLED) + drive(backend, EVERY_ENDPOINT[-1:])
            expected = expected_of(responses)
            await_client_spans(fakes, expected.items)
        is_complete = report(fakes, len(responses), expected)
        is_sound = report_findings(fakes)
        proof = fakes.proof()
        passed = is_complete and is_sound and proof["holds"]
        if not proof["holds"]:
            print(f"\nThe journal does not explain the live state: {proof}")
        print(f"\nVerdict: {'passed' if passed else f'FAILED; logs in {folder}'}", flush=True)
        if options.serve:
            with start_backend(options, fakes, program_or_python, folder / "backend-serving.log") as backend:
                where_to_look(fakes, backend)
    return 0 if passed else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", choices=environments.BACKENDS, default=environments.CPP, help="which backend")
    parser.add_argument("--flask", dest="set", action="store_const", const="today", help="the same as --set today")
    parser.add_argument("--serve", action="store_true", help="keep the doors and the backend running until Ctrl-C")
    options = parser.parse_args()
    try:
        program_or_python = environment_or_skip(options.set)
    except Skipped as missing:
        print(missing, file=sys.stderr)
        return 2
    folder = Path(os.environ.get("UNDERSTUDY_SCENARIO_LOGS", environments.ROOT / "build" / "scenarios")) / "main-job"
    folder.mkdir(parents=True, exist_ok=True)
    if options.serve:
        # Held back, so that sigwait gets them; harness/process.py sees that the children get theirs.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        return run(options, program_or_python, folder)
    except AssertionError as failure:
        print(f"FAILED\n{failure}\nlogs     {folder}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
