"""All four vendors at once: what is counted at one must agree with the others."""

from collections import Counter

from checks import check
from checks.cloudwatch_logs import access_lines, log_events
from harness import expect
from harness.account import FAST_SPANS, await_client_spans, expected_of
from harness.drive import EVERY_ENDPOINT, drive

ROUNDS = 3


@check("check-36-counts-agree")
def counts_agree(scenario):
    with scenario.backend(**FAST_SPANS) as backend:
        responses = [response for _ in range(ROUNDS) for response in drive(backend, EVERY_ENDPOINT)]
        expected = expected_of(responses)
        await_client_spans(scenario.fakes, expected.items)

    items = scenario.fakes.records("item", vendor="rollbar")
    expect.equal("items: one per unhandled exception and per test call", len(items), expected.items)

    spans = [record["fields"] for record in scenario.fakes.records("span", vendor="honeycomb")]
    expect.equal("spans by kind", dict(Counter(span["kind"] for span in spans)), expected.spans)
    expect.equal("span ids, each once", len({span["span_id"] for span in spans}), len(spans))

    trace_ids = sorted(record["fields"]["trace_id"] for record in scenario.fakes.records("segment"))
    expect.equal("segments: those that the responses promised", trace_ids, expected.trace_ids)
    expect.true("at least one segment and at most one per request", 1 <= len(trace_ids) <= len(responses), trace_ids)

    events = log_events(scenario)
    expect.equal("access lines: one per request", len(access_lines(events)), expected.access_lines)
    tracebacks = [event for event in events if event["message"].startswith("Exception on ")]
    expect.equal("tracebacks: one per unhandled exception", len(tracebacks), expected.tracebacks)
    greetings = [event for event in events if event["message"] == "HomeActivities"]
    expect.equal("HomeActivities: one per home request", len(greetings), expected.greetings)
    expect.equal("log events in all", len(events), expected.log_events)
