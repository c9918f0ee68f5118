"""Mistakes that people made with the backend, as variants of the one in C++: each must show on the wire as it did.

The number is the mistake's in backend/README.md, which says for every other one where it is shown."""

from collections import Counter

from checks import CPP, check
from checks.cloudwatch_logs import access_lines, log_events
from checks.custom_spans import spans
from checks.honeycomb import HOME, span
from checks.mistakes import expect_early_end, expect_near_names, findings
from checks.rollbar import await_items, last_trace, only_item
from checks.xray import segment_of
from harness import expect
from harness.account import promised_trace

SAMPLED = {"X_Amzn_Trace_Id": "Sampled=1"}
NOTIFICATIONS = "/api/activities/notifications"
USER = "/api/activities/@worf"
FAILING = "/api/activities/no-such-activity"
RUNTIME_ERROR = {"AWS_XRAY_CONTEXT_MISSING": "RUNTIME_ERROR"}
MISSING_SEGMENT = "SegmentNotFoundException"


def mistake(number, variant, findings=()):
    """Registers a check that gets the scenario, and the backend's variant by name. `findings` are the ids that the
    doors report about it."""

    def register(run):
        def with_findings(scenario):
            scenario.expected_findings |= set(findings)
            run(scenario, f"mistakes.{variant}")

        check(f"mistake-{number:02}-{variant.replace('_', '-')}", backends=CPP)(with_findings)
        return run

    return register


@mistake(3, "unclosed_subsegment", findings=("xray.trace.promised-never-came",))
def unclosed_subsegment(scenario, variant):
    with scenario.backend(variant) as backend:
        lost = backend.get(NOTIFICATIONS, **SAMPLED)
        sound = backend.get(HOME, **SAMPLED)
    expect.true("a promised trace", promised_trace(lost), lost.headers)
    arrived = [record["fields"]["trace_id"] for record in scenario.fakes.records("segment")]
    expect.equal("traces that arrived: the other route's alone", arrived, [promised_trace(sound)])


@mistake(4, "segment_in_handler")
def segment_in_handler(scenario, variant):
    with scenario.backend(variant, **RUNTIME_ERROR) as backend:
        expect.equal("status", backend.get(USER, **SAMPLED).status, 500)
    segment = expect.only("segment", scenario.fakes.records("segment"))["fields"]
    expect.equal("its name", segment["name"], "user_activities")
    expect.true("no http block", "http" not in segment, segment)
    expect.equal("class at Rollbar", last_trace(only_item(scenario))["exception"]["class"], MISSING_SEGMENT)
    statuses = [line["status"] for line in access_lines(log_events(scenario))]
    expect.equal("access lines of one request", statuses, ["200 OK", "500 INTERNAL SERVER ERROR"])


@mistake(7, "subsegment_ended_twice")
def subsegment_ended_twice(scenario, variant):
    with scenario.backend(variant) as backend:
        response = backend.get(USER, **SAMPLED)
    expect_early_end(scenario, response, backend.log_text())


@mistake(8, "capture_outside_route")
def capture_outside_route(scenario, variant):
    with scenario.backend(variant) as backend:
        response = backend.get(HOME, **SAMPLED)
    expect.none("subsegment", segment_of(scenario, response).get("subsegments"))


@mistake(9, "xray_half_disabled")
def xray_half_disabled(scenario, variant):
    with scenario.backend(variant, **RUNTIME_ERROR) as backend:
        response = backend.get(HOME, **SAMPLED)
        expect.equal("status of a route without subsegment", backend.get("/api/message_groups").status, 200)
    expect.equal("status", response.status, 500)
    expect.equal("X-Amzn-Trace-Id", response.header("X-Amzn-Trace-Id"), None)
    expect.none("segment", scenario.fakes.records("segment"))
    expect.equal("class at Rollbar", last_trace(only_item(scenario))["exception"]["class"], MISSING_SEGMENT)


@mistake(28, "dotted_annotation")
def dotted_annotation(scenario, variant):
    with scenario.backend(variant) as backend:
        response = backend.get(NOTIFICATIONS, **SAMPLED)
    subsegment = expect.only("subsegment", segment_of(scenario, response)["subsegments"])
    expect.true("no annotations", "annotations" not in subsegment, subsegment)
    expect.true("a complaint of the recorder", "unsupported characters in key: 'app.now'" in backend.log_text())


@mistake(41, "no_exporter")
def no_exporter(scenario, variant):
    with scenario.backend(variant) as backend:
        backend.get(HOME)
    expect.none("request to Honeycomb", scenario.fakes.entries(vendor="honeycomb"))


@mistake(42, "no_server_spans")
def no_server_spans(scenario, variant):
    with scenario.backend(variant) as backend:
        backend.get(HOME)
        backend.get(HOME)
    for one in spans(scenario):
        expect.equal("its name", one["name"], "home-activities-mock-data")
        expect.true("a root", "parent_span_id" not in one, one)
    expect.equal("spans", len(spans(scenario)), 2)
    expect.only("finding", findings(scenario, "honeycomb.trace.no-server-span"))


@mistake(44, "exporter_twice", findings=["honeycomb.span.duplicated"])
def exporter_twice(scenario, variant):
    with scenario.backend(variant) as backend:
        backend.get(HOME)
    counted = Counter(one["span_id"] for one in spans(scenario))
    expect.equal("times that each of the two spans came", sorted(counted.values()), [2, 2])


@mistake(46, "attribute_after_end")
def attribute_after_end(scenario, variant):
    with scenario.backend(variant) as backend:
        backend.get(HOME)
    attributes = span(scenario, ("name", "=", "home-activities-mock-data"))["attributes"]
    expect.equal("attributes", list(attributes), ["app.now"])
    expect.true("a complaint of the tracer", "on the ended span" in backend.log_text())


def home_before_and_after(scenario, variant):
    """The names that were meant, and then the others: the finding compares what was seen."""
    for app in ("app", variant):
        with scenario.backend(app) as backend:
            backend.get(HOME)
    return sorted(spans(scenario, ("kind", "=", "INTERNAL")), key=lambda one: int(one["start_time_unix_nano"]))


@mistake(48, "attribute_typo")
def attribute_typo(scenario, variant):
    _, custom = home_before_and_after(scenario, variant)
    expect.equal("attributes", sorted(custom["attributes"]), ["app.now", "app.result_lenght"])
    expect_near_names(scenario, "honeycomb.attribute.near-miss", "app.result_lenght", "app.result_length")


@mistake(49, "span_name_typo")
def span_name_typo(scenario, variant):
    names = [one["name"] for one in home_before_and_after(scenario, variant)]
    expect.equal("custom spans", names, ["home-activities-mock-data", "home-activites-mock-data"])
    expect_near_names(scenario, "honeycomb.span.near-miss", *names)


@mistake(51, "unnamed_scope")
def unnamed_scope(scenario, variant):
    with scenario.backend(variant) as backend:
        backend.get(HOME)
    scope = span(scenario, ("name", "=", "home-activities-mock-data")).get("scope", {})
    expect.equal("name of the scope", scope.get("name", ""), "")
    expect.only("finding", findings(scenario, "honeycomb.scope.unnamed"))


@mistake(64, "service_logger_without_handler")
def service_logger_without_handler(scenario, variant):
    with scenario.backend(variant) as backend:
        backend.get(HOME)
    messages = [event["message"] for event in log_events(scenario)]
    expect.none("HomeActivities", [text for text in messages if text == "HomeActivities"])
    expect.equal("lines of the application itself", len(messages), 3)


@mistake(68, "debug_mode")
def debug_mode(scenario, variant):
    with scenario.backend(variant) as backend:
        response = backend.get(FAILING, **SAMPLED)
        await_items(scenario, 1)
    expect.equal("status", response.status, 500)
    expect.equal("X-Amzn-Trace-Id", response.header("X-Amzn-Trace-Id"), None)
    expect.none("access line", access_lines(log_events(scenario)))
    segment = expect.only("segment", scenario.fakes.records("segment"))["fields"]
    expect.equal("http.response of the segment", segment["http"]["response"], {"status": 500})
    server = span(scenario, ("kind", "=", "SERVER"))
    expect.true("no http.status_code", "http.status_code" not in server["attributes"], server)


@mistake(76, "credential_in_message", findings=["rollbar.secret.in-text"])
def credential_in_message(scenario, variant):
    with scenario.backend(variant) as backend:
        backend.get("/rollbar/test", Authorization="Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl")
        await_items(scenario, 1)
    message = expect.member(only_item(scenario), "body", "message", "body")
    expect.true("the credential in the message", "Bearer" in message, message)
