"""What clients report about sampling rules, at the door of X-Ray."""

import time

from harness import expect

# SDKs report, and learn of changes, every 10 s and a jitter; the rest is for a loaded machine.
STATISTICS_SECONDS = 40


def statistics_of(fakes, rule, requests):
    """What was reported of a rule, summed, as soon as it speaks of so many requests; each document counts since the one
    before."""
    deadline = time.monotonic() + STATISTICS_SECONDS
    documents = []
    while sum(document["RequestCount"] for document in documents) < requests:
        documents = _wait_for_documents(fakes, rule, len(documents) + 1, deadline - time.monotonic())
    counts = {name: sum(d.get(name, 0) for d in documents) for name in ("RequestCount", "SampledCount", "BorrowCount")}
    # OpenTelemetry's samplers for Python call it so.
    counts["SampledCount"] += sum(document.get("SampleCount", 0) for document in documents)
    return counts


def wait_until_answered(fakes, rule, request):
    """Until another report about the rule was answered. `request` makes a request that the rule decides: an SDK reports
    nothing of a rule without requests."""
    before = len(fakes.records("sampling_statistics", [("RuleName", "=", rule)]))
    request()
    _wait_for_documents(fakes, rule, before + 1, STATISTICS_SECONDS)


def _wait_for_documents(fakes, rule, count, seconds):
    where = [("RuleName", "=", rule)]
    found = fakes.wait("sampling_statistics", where, count={"at_least": count}, timeout=max(1, seconds))
    expect.true(f"{count} reports of rule {rule}", len(found) >= count, found)
    return [record["fields"] for record in found]
