"""What Honeycomb receives from OpenTelemetry."""

import json
from datetime import datetime

from checks import check
from harness import expect

HOME = "/api/activities/home"


def span(scenario, *where):
    return scenario.fakes.wait_for_one("span", where, vendor="honeycomb")["fields"]


def server_span(scenario, route, *where):
    return span(scenario, ("kind", "=", "SERVER"), ("attributes.http.route", "=", route), *where)


def server_span_name(scenario, route):
    """Instrumentation since 0.46b0 puts the method before the route."""
    return route if scenario.is_seeds else f"GET {route}"


@check("check-01-home-spans", also_over_grpc=True)
def home_spans(scenario):
    with scenario.backend() as backend:
        home = backend.get(HOME)
    expect.equal("status of home", home.status, 200)

    server = server_span(scenario, HOME)
    expect.equal("name of the server span", server["name"], server_span_name(scenario, HOME))
    expect.equal("http.status_code", expect.member(server, "attributes", "http.status_code"), 200)

    custom = span(scenario, ("name", "=", "home-activities-mock-data"))
    expect.equal("kind of the custom span", custom["kind"], "INTERNAL")
    expect.equal("parent of the custom span", custom.get("parent_span_id"), server["span_id"])
    now = datetime.fromisoformat(expect.member(custom, "attributes", "app.now"))
    expect.true("app.now with an offset", now.tzinfo is not None, custom["attributes"])
    length = expect.member(custom, "attributes", "app.result_length")
    expect.equal("app.result_length, an integer as long as the answered array", length, len(json.loads(home.body)))
    expect.true("app.result_length as an integer", type(length) is int, custom["attributes"])
    expect.equal("spans of one home request", len(scenario.fakes.records("span", vendor="honeycomb")), 2)


@check("check-02-home-trace", also_over_grpc=True)
def home_trace(scenario):
    with scenario.backend() as backend:
        backend.get(HOME)
    server = server_span(scenario, HOME)
    custom = span(scenario, ("name", "=", "home-activities-mock-data"))
    expect.equal("trace id of both spans", custom["trace_id"], server["trace_id"])
    expect.true("a server span without parent", "parent_span_id" not in server, server)
    inside = int(server["start_time_unix_nano"]) <= int(custom["start_time_unix_nano"]) and int(
        custom["end_time_unix_nano"]
    ) <= int(server["end_time_unix_nano"])
    expect.true("the custom span inside the server span's time", inside, [server, custom])
    for one in (server, custom):
        service = expect.member(one, "resource", "attributes", "service.name")
        expect.equal("service.name", service, "backend-flask")
    expect.equal("scope of the custom span", custom["scope"]["name"], "home.activities")
    expect.equal("scope of the server span", server["scope"]["name"], scenario.traits.server_scope)


@check("check-03-incoming-traceparent")
def incoming_traceparent(scenario):
    trace_id, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    with scenario.backend() as backend:
        backend.get(HOME, traceparent=f"00-{trace_id}-{parent}-01")
        backend.get("/api/message_groups")
    server = server_span(scenario, HOME)
    expect.equal("trace id of the server span", server["trace_id"], trace_id)
    expect.equal("parent of the server span", server.get("parent_span_id"), parent)
    custom = span(scenario, ("name", "=", "home-activities-mock-data"))
    expect.equal("trace id of the custom span", custom["trace_id"], trace_id)
    other = server_span(scenario, "/api/message_groups")
    expect.true("a trace of its own for the request without the header", other["trace_id"] != trace_id, other)


@check("check-04-notifications-span")
def notifications_span(scenario):
    with scenario.backend() as backend:
        answered = backend.get("/api/activities/notifications")
    server = server_span(scenario, "/api/activities/notifications")
    custom = span(scenario, ("name", "=", "notifications-activities-mock-data"))
    expect.equal("parent of the custom span", custom.get("parent_span_id"), server["span_id"])
    expect.equal("scope", custom["scope"]["name"], "notifications.activities")
    datetime.fromisoformat(expect.member(custom, "attributes", "app.now"))
    length = expect.member(custom, "attributes", "app.result_length")
    expect.equal("app.result_length", length, len(json.loads(answered.body)))


@check("check-05-blank-search-is-no-fault")
def blank_search(scenario):
    with scenario.backend() as backend:
        answered = backend.get("/api/activities/search", X_Amzn_Trace_Id="Sampled=1")
    expect.equal("status", answered.status, 422)
    expect.equal("body", json.loads(answered.body), ["search_term_blank"])
    server = server_span(scenario, "/api/activities/search")
    expect.equal("status of the span", server["status"]["code"], "UNSET")
    expect.equal("http.status_code", expect.member(server, "attributes", "http.status_code"), 422)
    segment = scenario.fakes.wait_for_one("segment", [("http.response.status", "=", 422)])["fields"]
    expect.equal("error of the segment", segment.get("error"), True)
    expect.true("no fault on the segment", "fault" not in segment, segment)
    expect.none("item at Rollbar", scenario.fakes.records("item", vendor="rollbar"))
