"""What a number of answered requests must cause at each vendor, read from the responses alone."""

from collections import Counter
from dataclasses import dataclass

UNSAMPLED = "1-00000000-000000000000000000000000"
LINES_AT_START = 2  # "test log" and the X-Ray middleware's own
# Where a check waits for spans while the backend runs and is not about batches.
FAST_SPANS = {"OTEL_BSP_SCHEDULE_DELAY": "200"}


@dataclass(frozen=True)
class Expected:
    spans: dict  # by kind
    trace_ids: list  # of the segments, sorted
    access_lines: int
    tracebacks: int
    greetings: int  # "HomeActivities"
    items: int

    @property
    def log_events(self):
        return LINES_AT_START + self.access_lines + self.tracebacks + self.greetings


def promised_trace(response):
    """The X-Ray trace id in the response, None when the SDK did not sample the request."""
    header = response.header("X-Amzn-Trace-Id")
    if not header or not header.startswith("Root=1-"):
        raise AssertionError(f"expected X-Amzn-Trace-Id in the response\nfound    {response.headers}")
    trace_id = header.removeprefix("Root=").split(";")[0]
    return None if trace_id == UNSAMPLED else trace_id


def expected_of(responses):
    paths = Counter(response.path for response in responses)
    exceptions = sum(response.status == 500 for response in responses)
    items = exceptions + paths["/rollbar/test"]
    custom = paths["/api/activities/home"] + paths["/api/activities/notifications"]
    return Expected(
        # pyrollbar's posts are CLIENT spans, because requests is instrumented.
        spans={"SERVER": len(responses), "INTERNAL": custom, "CLIENT": items},
        trace_ids=sorted(filter(None, map(promised_trace, responses))),
        access_lines=len(responses),
        tracebacks=exceptions,
        greetings=paths["/api/activities/home"],
        items=items,
    )


def await_client_spans(fakes, count):
    """pyrollbar posts from a thread that the end of the process cuts, and its CLIENT span ends after the reply. So the
    backend must not be stopped before they were seen; start it with FAST_SPANS."""
    fakes.wait("span", [("kind", "=", "CLIENT")], vendor="honeycomb", count={"at_least": count})
