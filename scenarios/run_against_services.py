#!/usr/bin/env python3
"""Drives a backend that runs already through every endpoint and judges what vendors that run already received of it:
what docker-compose.test.yml runs. Exit code 0 when all of it arrived and nothing else, 1 when not."""

import argparse
import sys
from urllib.parse import urlsplit

from harness import expect
from harness.account import expected_of
from harness.backend import Backend
from harness.drive import EVERY_ENDPOINT, drive
from harness.fakes import Fakes

# So that each request has a segment.
SAMPLED = {"X-Amzn-Trace-Id": "Sampled=1"}
# The container's health check asks for it every few seconds: it is left out of the requests and of what is counted.
HEALTH_CHECK = "/api/health-check"
# watchtower sends a batch after 60 s; OpenTelemetry after 5 s.
LOG_SECONDS = 90
SPAN_SECONDS = 30


class RunningFakes(Fakes):
    """The control API of vendors that somebody else started."""

    def __init__(self, url):
        self.host = urlsplit(url).hostname
        self.ports = {"console": urlsplit(url).port}


class RunningBackend(Backend):
    def __init__(self, url, driven):
        self.host, self.port = urlsplit(url).hostname, urlsplit(url).port
        self.driven = driven
        self.log_path = "that of its container"


class Arrivals:
    """The records that come after an entry: what an earlier run left in the capture is not counted."""

    def __init__(self, fakes, after):
        self.fakes, self.after = fakes, after

    def exactly(self, title, number, kind, where, timeout):
        where = list(where)
        self.fakes.wait(kind, where, count={"at_least": number}, after=self.after, timeout=timeout)
        found = self.fakes.records(kind, where, after=self.after)
        print(
            f"  {title:<34}{len(found):>4}   {'as expected' if len(found) == number else f'EXPECTED {number}'}",
            flush=True,
        )
        expect.equal(f"number of {title}", len(found), number)


def judge(fakes, after, responses):
    expected = expected_of(responses)
    arrivals = Arrivals(fakes, after)
    print(f"What {len(responses)} requests to the backend sent:", flush=True)
    arrivals.exactly(
        "X-Ray segments", len(expected.trace_ids), "segment", [("trace_id", "in", expected.trace_ids)], SPAN_SECONDS
    )
    arrivals.exactly("Rollbar items", expected.items, "item", [], SPAN_SECONDS)
    for kind, number in expected.spans.items():
        others = [("attributes.http.route", "!=", HEALTH_CHECK)] if kind == "SERVER" else []
        arrivals.exactly(f"Honeycomb {kind} spans", number, "span", [("kind", "=", kind), *others], SPAN_SECONDS)
    for title, number, condition in (
        ("CloudWatch access lines", expected.access_lines, ("message", "starts-with", "[")),
        ("CloudWatch tracebacks", expected.tracebacks, ("message", "starts-with", "Exception on ")),
        ("CloudWatch greetings", expected.greetings, ("message", "contains", "HomeActivities")),
    ):
        where = [condition, ("message", "does-not-contain", HEALTH_CHECK)]
        arrivals.exactly(title, number, "log_event", where, LOG_SECONDS)
    expect.none("finding above info", [one for one in fakes.findings() if one["severity"] != "info"])
    proof = fakes.proof()
    expect.true("a journal that explains the live state (/v1/proof)", proof["holds"], proof)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vendors", default="http://127.0.0.1:4700", metavar="URL", help="console of understudy serve")
    parser.add_argument("--backend", default="http://127.0.0.1:4567", metavar="URL")
    options = parser.parse_args()
    try:
        fakes = RunningFakes(options.vendors)
        after = fakes.sync()["entry"]
        backend = RunningBackend(options.backend, fakes.driven)
        requests = [request for request in EVERY_ENDPOINT if request.path != HEALTH_CHECK]
        judge(fakes, after, drive(backend, requests, SAMPLED))
    except (AssertionError, OSError) as failure:
        print(f"\n{failure}\nVerdict: FAILED", file=sys.stderr)
        return 1
    print("Verdict: passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
