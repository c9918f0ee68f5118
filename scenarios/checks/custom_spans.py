"""What a person adds to the automatic spans: attributes, levels, events, links, and a copy on the console."""

import json

from checks import check
from checks.honeycomb import HOME, server_span, span
from harness import expect
from harness.drive import EVERY_ENDPOINT, drive
from harness.query import ask

FEED_SPAN = ("name", "=", "home-activities-mock-data")
TRACERS = {
    "home.activities",
    "notifications.activities",
    "user.activities",
    "search.activities",
    "message.groups",
    "create.activity",
    "create.message",
    "create.reply",
    "show.activity",
}


def spans(scenario, *where):
    return [record["fields"] for record in scenario.fakes.records("span", where, vendor="honeycomb")]


def spans_of_route(route):
    return [{"column": "http.route", "op": "=", "value": route}]


@check("check-06-latency-by-handle")
def latency_by_handle(scenario):
    handles = ["andrewbrown", "worf"]
    with scenario.backend("variants.user_attributes") as backend:
        for handle in handles * 5:
            backend.get(f"/api/activities/@{handle}")
    percentile = "P90(duration_ms)"
    rows = ask(
        scenario.fakes,
        "backend-flask",
        {
            "breakdowns": ["app.user_handle"],
            "calculations": [{"op": "P90", "column": "duration_ms"}, {"op": "COUNT"}],
            "filters": spans_of_route("/api/activities/@<string:handle>"),
            "orders": [{"column": "app.user_handle", "order": "ascending"}],
        },
    )
    expect.equal(f"rows of {percentile} by app.user_handle", [row["app.user_handle"] for row in rows], handles)
    expect.equal("spans of each", [row["COUNT"] for row in rows], [5, 5])
    expect.true("a P90 above 0 for each", all(row[percentile] > 0 for row in rows), rows)


@check("check-07-latency-by-user")
def latency_by_user(scenario):
    with scenario.backend("variants.user_attributes") as backend:
        for query in ("", "?user_id=1002", "?user_id=1003"):
            backend.get(HOME + query)
    average = "AVG(duration_ms)"
    rows = ask(
        scenario.fakes,
        "backend-flask",
        {
            "breakdowns": ["app.user_id"],
            "calculations": [{"op": "AVG", "column": "duration_ms"}],
            "filters": spans_of_route(HOME),
        },
    )
    users = sorted(row["app.user_id"] for row in rows)
    expect.equal(f"rows of {average} by app.user_id, integers", users, [1001, 1002, 1003])
    expect.true("an average above 0 in each, the largest first", is_falling([row[average] for row in rows]), rows)


def is_falling(numbers):
    return all(number > 0 for number in numbers) and numbers == sorted(numbers, reverse=True)


@check("check-08-size-in-bytes")
def size_in_bytes(scenario):
    with scenario.backend("variants.feed_attributes") as backend:
        home = backend.get(HOME)
    attributes = span(scenario, FEED_SPAN)["attributes"]
    size = expect.member(attributes, "app.result_lenght_byte")
    expect.equal("app.result_length", expect.member(attributes, "app.result_length"), 3)
    # Flask writes the body more compactly than json.dumps does.
    least = len(home.body) - len(b"\n")
    expect.true(f"app.result_lenght_byte of at least {least}, far above the length", size >= least > 3, attributes)


@check("check-09-most-liked")
def most_liked(scenario):
    with scenario.backend("variants.feed_attributes") as backend:
        feed = json.loads(backend.get(HOME).body)
    most = max(feed, key=lambda activity: activity.get("likes_count", activity.get("likes")))
    expect.equal("app.max.likes.id", span(scenario, FEED_SPAN)["attributes"].get("app.max.likes.id"), most["uuid"])


@check("check-10-nested-spans")
def nested_spans(scenario):
    with scenario.backend("variants.nested_spans") as backend:
        expect.equal("status", backend.get(HOME).status, 200)
    levels = [server_span(scenario, HOME), span(scenario, FEED_SPAN)]
    levels += [span(scenario, ("name", "=", name)) for name in ("Result", "Result_content")]
    for parent, child in zip(levels, levels[1:]):
        expect.equal(f"parent of {child['name']}", child.get("parent_span_id"), parent["span_id"])
    content = levels[-1]
    expect.equal("status of Result_content", content["status"], {"code": "ERROR", "message": "no content yet"})
    event = expect.only("event", content["events"])
    expect.equal("name of the event", event["name"], "exception")
    expect.equal("exception.type", expect.member(event, "attributes", "exception.type"), "LookupError")
    expect.equal("exception.message", expect.member(event, "attributes", "exception.message"), "no content yet")
    expect.equal("status of the levels above", {one["status"]["code"] for one in levels[:-1]}, {"UNSET"})
    expect.none("item: the exception was handled", scenario.fakes.records("item", vendor="rollbar"))


@check("check-11-span-events")
def span_events(scenario):
    with scenario.backend("variants.nested_spans") as backend:
        backend.get(HOME)
    events = span(scenario, ("name", "=", "Result"))["events"]
    expect.equal("events", [event["name"] for event in events], ["Gonna try it!", "Did it!"])
    times = [int(event["time_unix_nano"]) for event in events]
    expect.equal("times that do not decrease", times, sorted(times))


@check("check-12-span-per-endpoint")
def span_per_endpoint(scenario):
    with scenario.backend("variants.span_per_endpoint") as backend:
        responses = drive(backend, EVERY_ENDPOINT)
    custom = spans(scenario, ("kind", "=", "INTERNAL"))
    expect.equal("tracers", {one["scope"]["name"] for one in custom}, TRACERS)
    endpoints = [r for r in responses if r.path.startswith("/api/") and r.path != "/api/health-check"]
    expect.equal("custom spans: one for each request", len(custom), len(endpoints))
    servers = {one["span_id"] for one in spans(scenario, ("kind", "=", "SERVER"))}
    parents = [one.get("parent_span_id") for one in custom]
    expect.equal("parents: server spans, each once", len(servers.intersection(parents)), len(custom))


@check("span-links", also_over_grpc=True)
def span_links(scenario):
    with scenario.backend("variants.span_links") as backend:
        for _ in range(3):
            backend.get(HOME)
    found = spans(scenario, ("name", "=", "home-activities-refresh"))
    found.sort(key=lambda one: int(one["start_time_unix_nano"]))
    expect.equal("spans", len(found), 3)
    expect.none("link of the first", found[0].get("links"))
    for previous, one in zip(found, found[1:]):
        expect.true("another trace", one["trace_id"] != previous["trace_id"], one)
        link = expect.only("link", one["links"])
        target = (link["trace_id"], link["span_id"])
        expect.equal("target of the link", target, (previous["trace_id"], previous["span_id"]))
        expect.equal("attributes of the link", link["attributes"], {"app.reason": "refresh"})


@check("console-spans", also_over_grpc=True)
def console_spans(scenario):
    """Each span of the export stands on standard output too, as one JSON document."""
    with scenario.backend("variants.console_spans") as backend:
        backend.get(HOME)
        backend.get("/api/activities/no-such-activity")
    printed = {document["context"]["span_id"]: document for document in console_documents(backend.log_text())}
    exported = {f"0x{one['span_id']}": one for one in spans(scenario) if one["kind"] != "CLIENT"}
    expect.true("three spans or more exported", len(exported) >= 3, sorted(exported))
    for span_id, one in exported.items():
        document = expect.member(printed, span_id)
        expect.equal("name", document["name"], one["name"])
        expect.equal("trace id", document["context"]["trace_id"], f"0x{one['trace_id']}")
        parent = one.get("parent_span_id")
        expect.equal("parent", document["parent_id"], f"0x{parent}" if parent else None)
        expect.equal("kind", document["kind"], f"SpanKind.{one['kind']}")
        expect.equal("status", document["status"]["status_code"], one["status"]["code"])
        expect.equal("attributes", document["attributes"], one["attributes"])


def console_documents(text):
    """The exporter prints with an indentation of 4; the documents stand between other lines."""
    decoder = json.JSONDecoder()
    at = text.find("\n{\n")
    while at >= 0:
        document, end = decoder.raw_decode(text, at + 1)
        yield document
        at = text.find("\n{\n", end)
