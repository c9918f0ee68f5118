"""Vendors that refuse, throttle or vanish for a while: the backend in C++ loses nothing within its stated queues.

The SDKs of the Flask backend do lose it (see backend/README.md for what each does), so they are not held to this."""

import json
import signal

from checks import CPP, check
from checks.cloudwatch_logs import log_events
from checks.custom_spans import spans
from harness import expect
from harness.account import expected_of
from harness.drive import EVERY_ENDPOINT, drive

SAMPLED = {"X-Amzn-Trace-Id": "Sampled=1"}
THROTTLED = json.dumps({"__type": "ThrottlingException", "message": "Rate exceeded"})
# How each vendor says "not now", and how often.
REFUSALS = (
    {"vendor": "honeycomb", "action": "status", "status": 429, "headers": {"Retry-After": "0"}, "count": 2},
    {"vendor": "rollbar", "action": "status", "status": 503, "count": 2},
    {"vendor": "cloudwatch_logs", "action": "status", "status": 400, "body": THROTTLED, "count": 2},
)
BROKEN_CONNECTIONS = tuple(
    {"vendor": vendor, "action": "reset", "count": 2} for vendor in ("honeycomb", "rollbar", "cloudwatch_logs")
)


def check_that_all_arrived(scenario, responses, failed_posts=0):
    expected = expected_of(responses)
    ids = {one["span_id"]: one["kind"] for one in spans(scenario)}
    found = {kind: list(ids.values()).count(kind) for kind in expected.spans}
    # Each post to Rollbar is a CLIENT span, those that failed too.
    wanted = {**expected.spans, "CLIENT": expected.spans["CLIENT"] + failed_posts}
    expect.equal("spans by kind", found, wanted)
    traces = sorted(record["fields"]["trace_id"] for record in scenario.fakes.records("segment"))
    expect.equal("segments", traces, expected.trace_ids)
    expect.equal("log events", len(log_events(scenario)), expected.log_events)
    items = scenario.fakes.records("item", vendor="rollbar")
    expect.equal("items", len({record["fields"]["uuid"] for record in items}), expected.items)


def under_faults(scenario, faults):
    with scenario.backend() as backend:
        # From the start on the log group exists, so the faults meet deliveries.
        for fault in faults:
            scenario.fakes.add_fault({"when": "before", **fault})
        responses = drive(backend, EVERY_ENDPOINT, SAMPLED)
    check_that_all_arrived(scenario, responses, failed_posts=2)


@check("outage-throttled", backends=CPP, seconds=90)
def throttled(scenario):
    under_faults(scenario, REFUSALS)


@check("outage-broken-connections", backends=CPP, seconds=90)
def broken_connections(scenario):
    under_faults(scenario, BROKEN_CONNECTIONS)


@check("outage-slow-vendors", backends=CPP, seconds=90)
def slow_vendors(scenario):
    """A request never waits for a vendor."""
    with scenario.backend(OTEL_BSP_SCHEDULE_DELAY="0") as backend:
        for vendor in ("honeycomb", "rollbar", "cloudwatch_logs"):
            scenario.fakes.add_fault({"vendor": vendor, "when": "before", "action": "delay", "delay_ms": 1500, "count": 1})
        responses = drive(backend, EVERY_ENDPOINT, SAMPLED)
    check_that_all_arrived(scenario, responses)


@check("sigterm-flushes", backends=CPP)
def sigterm_flushes(scenario):
    """As docker stop ends a container."""
    with scenario.backend() as backend:
        responses = drive(backend, EVERY_ENDPOINT, SAMPLED)
        backend.stop(signal.SIGTERM)
    check_that_all_arrived(scenario, responses)
