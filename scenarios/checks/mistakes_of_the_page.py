"""What went wrong with the page's telemetry. The page is scenarios/frontend: Node with the SDK's exporter."""

from checks import FLASK, check
from checks.custom_spans import spans
from checks.honeycomb import HOME, server_span
from checks.mistakes import findings
from checks.rollbar import await_items, last_trace, only_item
from checks.services import FRONTEND, direct, expect_apart, of_service
from harness import expect
from harness.backend import SEEDS_SETTINGS
from harness.page import load_page


def mistake(name, **options):
    return check(f"mistake-{name}", **options)


def refused_page(scenario, finding_id, status, endpoint, headers=None, **settings):
    """The page's spans are refused, those of the backend arrive."""
    scenario.expected_findings.add(finding_id)
    with scenario.backend("variants.cors_traceparent") as backend:
        load_page(backend, HOME, endpoint, headers, refused=status, **settings)
    server_span(scenario, HOME)
    expect.none("span of the page", of_service(spans(scenario), FRONTEND, "CLIENT"))
    expect.only("finding", findings(scenario, finding_id))


@mistake("37-key-in-the-bundle")
def key_in_the_bundle(scenario):
    """A browser names its origin, and sends the key that every reader of the page has now: it may do everything."""
    scenario.expected_findings.add("honeycomb.key.in-browser")
    endpoint, headers = direct(scenario.fakes)
    with scenario.backend("variants.cors_traceparent") as backend:
        load_page(backend, HOME, endpoint, f"{headers},origin={SEEDS_SETTINGS['FRONTEND_URL']}")
    expect.only("fetch of the page", of_service(spans(scenario), FRONTEND, "CLIENT"))
    said = str(expect.only("finding", findings(scenario, "honeycomb.key.in-browser")))
    expect.true("the origin in the finding", "localhost:3000" in said, said)
    expect.true("no key in the finding", headers[-12:] not in said, said)


@mistake("54-url-undefined")
def url_undefined(scenario):
    """`${process.env.OTEL_COLLECTOR_URL}/v1/traces`, without the prefix REACT_APP_ that the bundler asks for."""
    endpoint, headers = direct(scenario.fakes)
    undefined = endpoint.replace("/v1/traces", "/undefined/v1/traces")
    refused_page(scenario, "honeycomb.path.undefined", 404, undefined, headers)


@mistake("56-headers-as-a-string")
def headers_as_a_string(scenario):
    endpoint, headers = direct(scenario.fakes)
    refused_page(scenario, "honeycomb.key.headers-as-string", 401, endpoint, exporter={"headers": headers})


@mistake("57-trace-not-handed-on")
def trace_not_handed_on(scenario):
    """The preflight would allow it, but the page's list of URLs to propagate to matches none."""
    with scenario.backend("variants.cors_traceparent") as backend:
        page = load_page(backend, HOME, *direct(scenario.fakes), propagates=False)
    expect.equal("traceparent allowed by the preflight", page["allowed"], True)
    fetch = expect.only("fetch of the page", of_service(spans(scenario), FRONTEND, "CLIENT"))
    expect.true("another trace than the backend's", server_span(scenario, HOME)["trace_id"] != fetch["trace_id"])
    expect_apart(scenario)


@mistake("58-proxy-without-its-endpoint", backends=FLASK)
def proxy_without_its_endpoint(scenario):
    """The backend's own exporter has its endpoint, and the route that passes the page's spans on has none."""
    traces = f"{scenario.fakes.url('honeycomb_http')}/v1/traces"
    settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": None, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": traces}
    with scenario.backend("variants.honeycomb_proxy", **settings) as backend:
        load_page(backend, HOME, f"http://127.0.0.1:{backend.port}/honeycomb/traces", refused=500)
        await_items(scenario, 1)
    status = server_span(scenario, "/honeycomb/traces")["attributes"]["http.status_code"]
    expect.equal("status of the proxy's route", status, 500)
    exception = last_trace(only_item(scenario))["exception"]
    expect.equal("class at Rollbar", exception["class"], "TypeError")
    expect.none("span of the page", of_service(spans(scenario), FRONTEND, "CLIENT"))
