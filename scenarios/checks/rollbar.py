"""What Rollbar receives, and how one failure shows at the other vendors."""

from checks import check
from checks.honeycomb import server_span, span
from checks.xray import segment_of
from harness import expect
from harness.account import FAST_SPANS, await_client_spans

SHOW = "/api/activities/<string:activity_uuid>"
MISSING_NAME = "name 'ShowActivity' is not defined"


def last_trace(item):
    """The trace of an item; of a chain the last, which is the exception itself."""
    body = item["body"]
    return body["trace_chain"][-1] if "trace_chain" in body else expect.member(body, "trace")


def await_items(scenario, count):
    """To be called while the backend runs: pyrollbar's thread is a child of Flask's daemon threads, so the end of the
    process cuts it, and what it was sending is lost."""
    scenario.fakes.wait("item", vendor="rollbar", count={"at_least": count})


def only_item(scenario):
    return expect.only("item", scenario.fakes.records("item", vendor="rollbar"))["fields"]


@check("check-24-one-exception-at-four-vendors")
def one_exception(scenario):
    with scenario.backend() as backend:
        response = backend.get("/api/activities/no-such-activity", X_Amzn_Trace_Id="Sampled=1")
        await_items(scenario, 1)
    expect.equal("status", response.status, 500)

    segment = segment_of(scenario, response)
    expect.equal("fault of the segment", segment.get("fault"), True)
    subsegment = expect.only("subsegment", segment.get("subsegments", []))
    expect.equal("name of the subsegment", subsegment["name"], "activities_show")
    exception = expect.member(subsegment, "cause", "exceptions", 0)
    expect.equal("type at X-Ray", exception["type"], "NameError")
    expect.equal("message at X-Ray", exception["message"], MISSING_NAME)
    expect.equal("cause of the segment: the id of that exception", segment.get("cause"), exception["id"])

    server = server_span(scenario, SHOW)
    expect.equal("status of the span", server["status"]["code"], "ERROR")
    expect.equal("description of the status", server["status"]["message"], f"NameError: {MISSING_NAME}")
    event = expect.only("span event", server["events"])
    expect.equal("name of the event", event["name"], "exception")
    expect.equal("exception.type", event["attributes"]["exception.type"], "NameError")
    expect.equal("exception.message", event["attributes"]["exception.message"], MISSING_NAME)

    item = only_item(scenario)
    expect.equal("level of the item", item["level"], "error")
    expect.equal("context of the item", item["context"], SHOW)
    traces = item["body"].get("trace_chain") or [expect.member(item, "body", "trace")]
    # The capture decorator of aws-xray-sdk 2.11 re-raises the exception from itself.
    expect.equal("traces in the item", len(traces), 2 if scenario.is_seeds else 1)
    for trace in traces:
        expect.equal("exception of the item", trace["exception"], {"class": "NameError", "message": MISSING_NAME})
    # pyrollbar 0.16.3 cannot read the request of Werkzeug 2.1 and later, and the door says so.
    expect.equal("a request in the item", "request" in item, not scenario.is_seeds)
    if scenario.is_seeds:
        scenario.expected_findings.add("rollbar.item.request-missing")

    messages = [record["fields"]["message"] for record in scenario.fakes.records("log_event")]
    traceback = [text for text in messages if text.startswith("Exception on /api/activities/no-such-activity [GET]")]
    expect.true("the traceback at CloudWatch Logs", f"NameError: {MISSING_NAME}" in expect.only("traceback", traceback))
    access = [text for text in messages if text.endswith("/api/activities/no-such-activity? 500 INTERNAL SERVER ERROR")]
    expect.only("access line with 500", access)


@check("check-25-blank-reply")
def blank_reply(scenario):
    with scenario.backend() as backend:
        path = "/api/activities/68f126b0-1ceb-4a33-88be-d90fa7109eee/reply"
        response = backend.request("POST", path, {"Content-Type": "application/json"}, '{"message": ""}')
        await_items(scenario, 1)
    expect.equal("status", response.status, 500)
    item = only_item(scenario)
    expect.true("a context that ends in /reply", item["context"].endswith("/reply"), item["context"])
    trace = last_trace(item)
    expect.equal("class", trace["exception"]["class"], "NameError")
    expect.equal("message", trace["exception"]["message"], "name 'user_sender_handle' is not defined")
    if scenario.traits.has_locals:
        local_variables = expect.member(trace, "frames", -1, "locals")
        expect.true(
            "the validation's code in the last frame's model",
            "message_blank" in str(local_variables.get("model")),
            local_variables,
        )


@check("check-26-rollbar-test")
def rollbar_test(scenario):
    with scenario.backend(**FAST_SPANS) as backend:
        response = backend.get("/rollbar/test")
        await_client_spans(scenario.fakes, 1)
    expect.equal("status", response.status, 200)
    expect.equal("body", response.body, b"Hello World!")
    item = only_item(scenario)
    expect.equal("level", item["level"], "warning")
    expect.equal("message", expect.member(item, "body", "message", "body"), "Hello World!")
    expect.equal("environment", item["environment"], "production")
    expect.equal("framework", item["framework"], scenario.traits.framework)
    client = span(scenario, ("kind", "=", "CLIENT"))
    expect.equal("name of the client span", client["name"], "HTTP POST" if scenario.is_seeds else "POST")
    expect.equal("http.status_code", expect.member(client, "attributes", "http.status_code"), 200)
    expect.true(
        "a client span without parent: pyrollbar posts from its own thread", "parent_span_id" not in client, client
    )
