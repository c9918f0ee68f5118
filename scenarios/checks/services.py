"""Several services in one trace: the page in the browser, the backend, and one that the backend asks."""

from checks import FLASK, check
from checks.cloudwatch_logs import log_events
from checks.custom_spans import spans
from checks.honeycomb import HOME
from checks.rollbar import await_items, last_trace, only_item
from harness import expect
from harness.account import FAST_SPANS
from harness.backend import SEEDS_SETTINGS
from harness.page import load_page

FRONTEND = "frontend-react-js"
SHOW = "/api/activities/no-such-activity"


def of_service(found, service, kind):
    return [
        one for one in found if one["kind"] == kind and one["resource"]["attributes"].get("service.name") == service
    ]


def direct(fakes):
    """The page with a key of its own, straight to Honeycomb."""
    environment = fakes.backend_environment()
    return f"{fakes.url('honeycomb_http')}/v1/traces", environment["OTEL_EXPORTER_OTLP_HEADERS"]


@check("check-13-page-and-backend-in-one-trace")
def page_and_backend(scenario):
    with scenario.backend("variants.cors_traceparent") as backend:
        page = load_page(backend, HOME, *direct(scenario.fakes))
    expect.equal("traceparent allowed by the preflight, and the status", (page["allowed"], page["status"]), (True, 200))
    found = spans(scenario, ("trace_id", "=", page["page"]["traceId"]))
    fetch = expect.only("fetch of the page", of_service(found, FRONTEND, "CLIENT"))
    expect.equal("parent of the fetch", fetch.get("parent_span_id"), page["page"]["spanId"])
    server = expect.only("server span of the backend in the page's trace", of_service(found, "backend-flask", "SERVER"))
    expect.equal("parent of the server span", server.get("parent_span_id"), fetch["span_id"])
    expect.equal("spans: two of the page, two of the backend", len(found), 4)
    expect.equal("datasets: one a service", {one["dataset"] for one in found}, {FRONTEND, "backend-flask"})


@check("mistake-55-preflight-refuses-traceparent")
def preflight_refuses(scenario):
    """The plain backend gives allow_headers as one string, so the page's trace ends at the page."""
    with scenario.backend() as backend:
        page = load_page(backend, HOME, *direct(scenario.fakes))
    expect.equal("traceparent allowed by the preflight", page["allowed"], False)
    found = spans(scenario, ("trace_id", "=", page["page"]["traceId"]))
    services = {one["resource"]["attributes"]["service.name"] for one in found}
    expect.equal("services in the page's trace", services, {FRONTEND})
    expect_apart(scenario)


def expect_apart(scenario):
    apart = [finding for finding in scenario.fakes.findings() if finding["id"] == "honeycomb.trace.browser-apart"]
    expect.only("finding that browser and backend never share a trace", apart)


@check("check-14-page-through-the-backend", backends=FLASK)
def page_through_the_backend(scenario):
    fakes = scenario.fakes
    with scenario.backend("variants.honeycomb_proxy") as backend:
        # The page knows no key: load_page gives it no headers.
        page = load_page(backend, HOME, f"http://127.0.0.1:{backend.port}/honeycomb/traces")
    records = fakes.records("span", [("trace_id", "=", page["page"]["traceId"])], vendor="honeycomb")
    expect.equal("spans of the page", sorted(r["fields"]["name"] for r in records), ["HomeFeedPage", "load_data"])
    headers = fakes.headers(expect.only("delivery", list({record["entry"] for record in records})))
    expect.equal("content type at Honeycomb", headers["content-type"], "application/json")
    expect.true("the backend's own client as sender", headers["user-agent"].startswith("python-requests"), headers)
    keys = {record["fields"]["key"] for record in records}
    keys |= {one["key"] for one in spans(scenario, ("resource.attributes.service.name", "=", "backend-flask"))}
    expect.equal("keys of page and backend: the backend's", len(keys), 1)


@check("check-38-preflight-with-traceparent")
def preflight_with_traceparent(scenario):
    asked = {
        "Origin": SEEDS_SETTINGS["FRONTEND_URL"],
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "traceparent",
    }
    with scenario.backend("variants.cors_traceparent") as backend:
        response = backend.request("OPTIONS", HOME, asked)
        foreign = backend.request("OPTIONS", HOME, {**asked, "Origin": "http://elsewhere.example"})
    expect.equal("Access-Control-Allow-Headers", response.header("Access-Control-Allow-Headers"), "traceparent")
    expect.equal("headers for a foreign origin", foreign.header("Access-Control-Allow-Headers"), None)
    expect.equal("the preflight is a server span too", len(spans(scenario, ("kind", "=", "SERVER"))), 2)


@check("three-services-four-vendors", seconds=90, backends=FLASK)
def three_services(scenario):
    """Page, backend and a downstream that fails: one trace at Honeycomb, one at X-Ray, one item, the lines of both."""
    settings = {**FAST_SPANS, "AWS_XRAY_CONTEXT_MISSING": "IGNORE_ERROR"}
    named = {"OTEL_SERVICE_NAME": "downstream", "AWS_XRAY_SERVICE": "downstream"}
    with scenario.backend(**settings, **named) as downstream:
        url = f"http://127.0.0.1:{downstream.port}"
        with scenario.backend("variants.downstream", **settings, DOWNSTREAM_URL=url) as backend:
            page = load_page(backend, SHOW.replace("/api", "/api/downstream"), *direct(scenario.fakes))
            await_items(scenario, 1)
    expect.equal("status at the page", page["status"], 500)
    check_spans(scenario)
    check_segments(scenario, page["xray"])
    exception = last_trace(only_item(scenario))["exception"]
    expect.equal("class at Rollbar, of the downstream alone", exception["class"], "NameError")
    check_lines(scenario)


def check_spans(scenario):
    found = spans(scenario)
    calls = [one for one in of_service(found, "backend-flask", "CLIENT") if is_call(one)]
    asked = expect.only("CLIENT span of the backend", calls)
    server = expect.only("server span of the downstream", of_service(found, "downstream", "SERVER"))
    expect.equal("trace of both", server["trace_id"], asked["trace_id"])
    expect.equal("parent of the downstream's span", server.get("parent_span_id"), asked["span_id"])
    expect.equal("status of the downstream's span", server["status"]["code"], "ERROR")


def is_call(one):
    return "/api/" in one["attributes"].get("http.url", "") and "/api/1/" not in one["attributes"]["http.url"]


def check_segments(scenario, promised):
    root = promised.removeprefix("Root=").split(";")[0]
    records = scenario.fakes.records("segment", [("trace_id", "=", root)])
    segments = {record["fields"]["name"]: record["fields"] for record in records}
    expect.equal("segments of the trace", sorted(segments), ["backend-flask", "downstream"])
    calls = [one for one in segments["backend-flask"]["subsegments"] if one.get("namespace") == "remote"]
    call = expect.only("remote subsegment", calls)
    expect.equal("parent of the downstream's segment", segments["downstream"].get("parent_id"), call["id"])
    expect.equal("fault of the downstream", segments["downstream"].get("fault"), True)
    expect.equal("fault of the backend, which passed the status on", segments["backend-flask"].get("fault"), True)


def check_lines(scenario):
    messages = [event["message"] for event in log_events(scenario)]
    for path in (SHOW, SHOW.replace("/api", "/api/downstream")):
        end = f"GET http {path}? 500 INTERNAL SERVER ERROR"
        expect.only(f"access line ending in {end}", [text for text in messages if text.endswith(end)])
    expect.equal("streams: one for each process", len({event["log_stream"] for event in log_events(scenario)}), 2)
