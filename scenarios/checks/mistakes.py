"""The bootcamp's mistakes that show on the wire, numbered as in the table of ../README.md.

Each is provoked by a setting or by a module of flask/mistakes, and must be caught: by a finding, or by what is missing
at a vendor."""

import socket

from checks import FLASK, check
from checks.custom_spans import spans
from checks.honeycomb import HOME, server_span, span
from checks.rollbar import await_items, last_trace, only_item
from checks.sampling import create_rule
from checks.xray import segment_of
from harness import expect
from harness.account import FAST_SPANS, await_client_spans, promised_trace
from harness.backend import FLASK_BACKEND, SEEDS_SETTINGS

SAMPLED = {"X_Amzn_Trace_Id": "Sampled=1"}
GROUPS = "/api/message_groups"


def mistake(name, **options):
    """One that a module of flask/mistakes makes."""
    return check(f"mistake-{name}", backends=FLASK, **options)


def wrong_setting(name, **options):
    """One that the environment alone makes, so that each backend can make it."""
    return check(f"mistake-{name}", **options)


def findings(scenario, finding_id):
    return [finding for finding in scenario.fakes.findings() if finding["id"] == finding_id]


def home_once(scenario, app="app", **environment):
    with scenario.backend(app, **environment) as backend:
        return backend.get(HOME, **SAMPLED)


def expect_finding_about(scenario, finding_id, trace_id):
    scenario.expected_findings.add(finding_id)
    expect.true(f"the trace {trace_id}", trace_id in str(expect.only("finding", findings(scenario, finding_id))))


def expect_promised_but_missing(scenario, response):
    """The response says that the request was sampled; nothing came before the process ended."""
    trace_id = promised_trace(response)
    expect.true("a promise in the response", trace_id, response.headers)
    expect_finding_about(scenario, "xray.trace.promised-never-came", trace_id)
    expect.none("segment of that trace", scenario.fakes.records("segment", [("trace_id", "=", trace_id)]))


def expect_no_start(scenario, reason, app="app", **environment):
    """The process ends before it listens, and says why; no vendor hears of a request."""
    try:
        with scenario.backend(app, **environment):
            pass
    except AssertionError as failure:
        expect.true(f"{reason} in the backend's log", reason in str(failure), str(failure)[-1000:])
    else:
        raise AssertionError(f"expected a backend that ends with {reason}")
    expect.none("span", spans(scenario))
    expect.none("segment", scenario.fakes.records("segment"))


# The application does not start.


@mistake("01-middleware-before-app")
def middleware_before_app(scenario):
    expect_no_start(scenario, "name 'app' is not defined", "mistakes.app_not_created")


@mistake("02-before-first-request")
def before_first_request(scenario):
    if scenario.is_seeds:
        home_once(scenario, "mistakes.before_first_request")  # Flask 2.2 still has it
        server_span(scenario, HOME)
    else:
        expect_no_start(scenario, "has no attribute 'before_first_request'", "mistakes.before_first_request")


@mistake("45-processor-method-misspelt")
def processor_method_misspelt(scenario):
    expect_no_start(scenario, "no attribute 'add_simple_span_processor'", "mistakes.processor_method_misspelt")


@mistake("60-region-in-the-wrong-variable")
def wrong_region_variable(scenario):
    expect_no_start(scenario, "NoRegionError", AWS_DEFAULT_REGION=None, AWS_REGION="us-east-1")


@mistake("61-empty-aws-keys")
def empty_aws_keys(scenario):
    expect_no_start(scenario, "NoCredentialsError", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")


# X-Ray.


@mistake("03-segment-not-closed")
def segment_not_closed(scenario):
    """The middleware closes the one that is current, so what arrives is the hand-made one, and its own never does."""
    with scenario.backend("mistakes.segment_not_closed") as backend:
        response = backend.get(HOME, **SAMPLED)
        other = backend.get(GROUPS, **SAMPLED)
    segment = segment_of(scenario, response)
    expect.equal("name of the segment", segment["name"], "user_activities")
    expect.true("no request in it", "request" not in segment.get("http", {}), segment)
    named = scenario.fakes.records("segment", [("name", "=", "backend-flask")])
    expect.equal("the middleware's own segments", [one["fields"]["trace_id"] for one in named], [promised_trace(other)])


@mistake("05-subsegment-not-closed")
def subsegment_not_closed(scenario):
    expect_promised_but_missing(scenario, home_once(scenario, "mistakes.subsegment_not_closed"))


@mistake("06-code-after-return")
def code_after_return(scenario):
    expect_promised_but_missing(scenario, home_once(scenario, "mistakes.code_after_return"))


@mistake("04-segment-in-view")
def segment_in_view(scenario):
    with scenario.backend("mistakes.segment_in_view") as backend:
        response = backend.get(GROUPS, **SAMPLED)
        backend.get(HOME, **SAMPLED)
        await_items(scenario, 1)
    expect.equal("status", response.status, 500)
    name = [("name", "=", "message_groups")]
    segment = expect.only("segment", scenario.fakes.records("segment", name))["fields"]
    expect.true("a segment without http", "http" not in segment, segment)
    expect.only("finding", findings(scenario, "xray.segment.without-http"))


@mistake("10-segment-for-subsegment")
def segment_for_subsegment(scenario):
    """On the wire as 3: the hand-made segment takes the place of the middleware's."""
    segment = segment_of(scenario, home_once(scenario, "mistakes.segment_for_subsegment"))
    expect.equal("name of the segment", segment["name"], "mock-data")
    named = scenario.fakes.records("segment", [("name", "=", "backend-flask")])
    expect.none("segment of the middleware", named)


def expect_early_end(scenario, response, log):
    """The view works for 20 ms more, in no subsegment."""
    segment = segment_of(scenario, response)
    outer = expect.only("subsegment", segment["subsegments"])
    expect.equal("name of the subsegment", outer["name"], "activities_users")
    expect.true("an end before the view's", outer["end_time"] + 0.019 < segment["end_time"], segment)
    expect.true("the recorder's complaint", "No subsegment to end." in log, log[-2000:])


@mistake("07-ended-once-too-often")
def ended_once_too_often(scenario):
    with scenario.backend("mistakes.subsegment_ended_twice") as backend:
        response = backend.get("/api/activities/@worf", **SAMPLED)
    expect_early_end(scenario, response, backend.log_text())


@mistake("08-capture-above-route")
def capture_above_route(scenario):
    segment = segment_of(scenario, home_once(scenario, "mistakes.capture_above_route"))
    expect.none("subsegment", segment.get("subsegments"))


@mistake("09-middleware-missing")
def middleware_missing(scenario):
    with scenario.backend("mistakes.middleware_missing") as backend:
        response = backend.get(HOME, **SAMPLED)
        # From 2.12 on the SDK only logs a missing segment.
        expect.equal("status", response.status, 500 if scenario.is_seeds else 200)
        if scenario.is_seeds:
            await_items(scenario, 1)
    expect.equal("X-Amzn-Trace-Id", response.header("X-Amzn-Trace-Id"), None)
    expect.none("segment", scenario.fakes.records("segment"))
    if scenario.is_seeds:
        item = only_item(scenario)
        expect.true(
            "SegmentNotFoundException at Rollbar", "SegmentNotFoundException" in str(item["body"]), item["body"]
        )


@wrong_setting("11-rule-for-another-service")
def rule_for_another_service(scenario):
    create_rule(scenario, ServiceName="blackend-flask")
    scenario.expected_findings.add("xray.rule.never-matched")
    home_once(scenario)
    said = str(expect.only("finding", findings(scenario, "xray.rule.never-matched")))
    expect.true("both names in the finding", "blackend-flask" in said and "backend-flask" in said, said)


def group_for(scenario, expression, finding_id, **environment):
    status, reply = scenario.fakes.call_xray("CreateGroup", {"GroupName": "Cruddur", "FilterExpression": expression})
    expect.equal(f"status of CreateGroup: {reply}", status, 200)
    scenario.expected_findings.add(finding_id)
    home_once(scenario, **environment)
    found = str(expect.only("finding", findings(scenario, finding_id)))
    expect.true("the group in the finding", "Cruddur" in found or expression in found, found)


@wrong_setting("12-public-host-is-the-name")
def public_host_is_the_name(scenario):
    group_for(scenario, 'service("backend-flask")', "xray.group.matches-nothing", AWS_XRAY_URL="*4567*")


@wrong_setting("13-service-of-another-name")
def service_of_another_name(scenario):
    group_for(scenario, 'service("backend-flask")', "xray.group.matches-nothing", AWS_XRAY_SERVICE="Cruddur")


@wrong_setting("14-group-for-another-service")
def group_for_another_service(scenario):
    group_for(scenario, 'service("backend-service")', "xray.group.matches-nothing")


@wrong_setting("14-shell-expanded-the-filter")
def shell_expanded_the_filter(scenario):
    """service("$backend-flask") in double quotes: the shell knows no variable backend."""
    scenario.expected_findings.add("xray.group.filter-shell-expansion")
    group_for(scenario, 'service("-flask")', "xray.group.matches-nothing")
    expect.only("finding", findings(scenario, "xray.group.filter-shell-expansion"))


def expect_fallback(scenario, wrong, right):
    """By the right pattern the Host is the segment's name; the wrong one never matches it."""
    for pattern, name in ((right, "localhost:4567"), (wrong, "backend-flask")):
        segment = segment_of(scenario, home_once(scenario, AWS_XRAY_URL=pattern))
        expect.equal(f"name of the segment with {pattern}", segment["name"], name)


@wrong_setting("16-scheme-in-the-pattern")
def scheme_in_the_pattern(scenario):
    expect_fallback(scenario, wrong="*http://localhost:4567*", right="*localhost:4567*")


@wrong_setting("17-star-missing")
def star_missing(scenario):
    expect_fallback(scenario, wrong="*localhost", right="*localhost*")


@wrong_setting("18-quotes-in-the-pattern")
def quotes_in_the_pattern(scenario):
    expect_fallback(scenario, wrong='"*localhost:4567*"', right="*localhost:4567*")


@wrong_setting("19-daemon-address-wrong")
def daemon_address_wrong(scenario):
    """A misspelt variable means the SDK's default, 127.0.0.1:2000; a port of the check's own stands for it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as elsewhere:
        elsewhere.bind(("127.0.0.1", 0))
        elsewhere.settimeout(20)
        response = home_once(scenario, AWS_XRAY_DAEMON_ADDRESS=f"127.0.0.1:{elsewhere.getsockname()[1]}")
        expect.true("the segment elsewhere", promised_trace(response).encode() in elsewhere.recv(65536))
        expect_finding_about(scenario, "xray.trace.promised-never-came", promised_trace(response))
    expect.none("datagram or request for rules", scenario.fakes.entries(vendor="xray"))


@mistake("28-annotations-dropped")
def annotations_dropped(scenario):
    segment = segment_of(scenario, home_once(scenario, "mistakes.annotations_dropped"))
    subsegment = expect.only("subsegment", segment["subsegments"])
    expect.equal("annotations that are left", subsegment.get("annotations"), {"kept": 3})


def expect_exception(scenario, app, path, exception_class, message):
    """A 500, and the same exception at three vendors; the line in the log group is check 24's."""
    with scenario.backend(app) as backend:
        response = backend.get(path, **SAMPLED)
        await_items(scenario, 1)
    expect.equal("status", response.status, 500)
    raised = last_trace(only_item(scenario))["exception"]
    expect.equal("class at Rollbar", raised["class"], exception_class)
    expect.true(f"{message} at Rollbar", message in raised["message"], raised)
    event = expect.only("event", server_span(scenario, path)["events"])
    expect.equal("exception.type at Honeycomb", event["attributes"]["exception.type"], exception_class)
    segment = segment_of(scenario, response)
    expect.equal("fault at X-Ray", segment.get("fault"), True)
    cause = expect.only("exception at X-Ray", expect.member(segment, "subsegments", 0, "cause", "exceptions"))
    expect.equal("type at X-Ray", cause["type"], exception_class)


@mistake("29-xray-call-on-a-span")
def xray_call_on_span(scenario):
    expect_exception(scenario, "mistakes.xray_call_on_span", HOME, "AttributeError", "set_user")


@mistake("50-results-before-assignment")
def results_before_assignment(scenario):
    path = "/api/activities/notifications"
    expect_exception(scenario, "mistakes.results_before_assignment", path, "UnboundLocalError", "results")


@mistake("63-logger-misspelt")
def logger_misspelt(scenario):
    expect_exception(scenario, "mistakes.logger_misspelt", HOME, "NameError", "name 'LOGGER' is not defined")


# Honeycomb.


def expect_refused(scenario, finding_id, **environment):
    scenario.expected_findings.add(finding_id)
    home_once(scenario, **environment)
    expect.none("span", spans(scenario))
    statuses = {entry["status"] for entry in scenario.fakes.entries(vendor="honeycomb", kind="exchange")}
    expect.equal("statuses at Honeycomb", statuses, {401})
    expect.only("finding", findings(scenario, finding_id))


@wrong_setting("32-key-not-expanded")
def key_not_expanded(scenario):
    expect_refused(scenario, "honeycomb.key.empty", OTEL_EXPORTER_OTLP_HEADERS="x-honeycomb-team=")


@mistake("33-header-variable-misspelt")
def header_variable_misspelt(scenario):
    headers = {
        "OTEL_EXPORTER_OTLP_HEADERS": None,
        "OTEL_EXPORTER_OTLP_HEADER": "x-honeycomb-team=abcdefghij1234567890ab",
    }
    expect_refused(scenario, "honeycomb.key.missing", **headers)


@mistake("34-colon-in-the-headers")
def colon_in_the_headers(scenario):
    expect_refused(
        scenario, "honeycomb.key.missing", OTEL_EXPORTER_OTLP_HEADERS="x-honeycomb-team:abcdefghij1234567890ab"
    )


@wrong_setting("36-key-unknown")
def key_unknown(scenario):
    headers = scenario.fakes.backend_environment()["OTEL_EXPORTER_OTLP_HEADERS"]
    scenario.fakes.set_accounts({"honeycomb": {"keys": [{"key": headers.partition("=")[2]}]}})
    mistyped = headers[:-1] + ("a" if headers[-1] != "a" else "b")
    expect_refused(scenario, "honeycomb.key.unknown", OTEL_EXPORTER_OTLP_HEADERS=mistyped)


@wrong_setting("39-service-name-misspelt")
def service_name_misspelt(scenario):
    home_once(scenario)
    home_once(scenario, OTEL_SERVICE_NAME="bakend-flask")
    expect.equal("datasets", {one["dataset"] for one in spans(scenario)}, {"backend-flask", "bakend-flask"})
    expect_near_names(scenario, "honeycomb.dataset.near-miss", "bakend-flask", "backend-flask")


def expect_near_names(scenario, finding_id, *names):
    said = str(expect.only("finding", findings(scenario, finding_id)))
    expect.true(f"{' and '.join(names)} in the finding", all(f'"{name}"' in said for name in names), said)


@wrong_setting("40-service-name-unset")
def service_name_unset(scenario):
    scenario.expected_findings.add("honeycomb.dataset.unknown-service")
    home_once(scenario, OTEL_SERVICE_NAME=None)
    expect.equal("datasets", {one["dataset"] for one in spans(scenario)}, {"unknown_service"})


@mistake("41-provider-missing")
def provider_missing(scenario):
    home_once(scenario, "mistakes.provider_missing")
    expect.none("request to Honeycomb", scenario.fakes.entries(vendor="honeycomb"))
    expect.equal("segments", len(scenario.fakes.records("segment")), 1)


@mistake("42-flask-not-instrumented")
def flask_not_instrumented(scenario):
    with scenario.backend("mistakes.flask_not_instrumented") as backend:
        backend.get(HOME)
        backend.get(HOME)
    custom = spans(scenario)
    expect.equal("kinds of the spans", [one["kind"] for one in custom], ["INTERNAL", "INTERNAL"])
    expect.none("parent", [one for one in custom if "parent_span_id" in one])
    expect.only("finding", findings(scenario, "honeycomb.trace.no-server-span"))


@mistake("44-processor-twice")
def processor_twice(scenario):
    scenario.expected_findings.add("honeycomb.span.duplicated")
    home_once(scenario, "mistakes.processor_twice")
    ids = [one["span_id"] for one in spans(scenario)]
    expect.equal("spans, and different ones", (len(ids), len(set(ids))), (4, 2))


@mistake("46-47-attributes-lost")
def attributes_lost(scenario):
    with scenario.backend("mistakes.attributes_lost") as backend:
        backend.get(HOME)
    attributes = span(scenario, ("name", "=", "Result"))["attributes"]
    log = backend.log_text()
    expect.true("no attribute from after the span's end", "app.result_length" not in attributes, attributes)
    expect.true("the SDK's warning about the ended span", "Setting attribute on ended span." in log, log[-2000:])
    expect.equal("the attribute that was set in time", attributes.get("app.kept"), 3)
    if scenario.is_seeds:
        expect.true("no attribute of a type that OTLP has not", "app.now" not in attributes, attributes)
        expect.true("the SDK's warning about the type", "Invalid type" in log, log[-2000:])
    else:  # Current SDKs send the object as its text.
        expect.true("app.now as a method's text", "method isoformat" in str(attributes.get("app.now")), attributes)


# CloudWatch Logs.


@wrong_setting("65-66-noise-and-stream-names")
def noise(scenario):
    with scenario.backend() as backend:
        for _ in range(20):
            backend.get(GROUPS)
    expect.only("finding", findings(scenario, "cloudwatch_logs.messages.access-lines"))
    expect.only("finding", findings(scenario, "cloudwatch_logs.stream.path-name"))


@mistake("62-watchtower-argument")
def watchtower_argument(scenario):
    """The error is caught, so that everything else works, and no call tells of a handler."""
    with scenario.backend("mistakes.watchtower_argument") as backend:
        backend.get(HOME, **SAMPLED)
    expect.none("request to CloudWatch Logs", scenario.fakes.entries(vendor="cloudwatch_logs"))
    server_span(scenario, HOME)
    expect.true("the handler's complaint", "no log handler: " in backend.log_text(), backend.log_text()[-2000:])


@wrong_setting("67-killed-before-the-flush")
def killed_before_the_flush(scenario):
    try:
        with scenario.backend() as backend:
            response = backend.get(HOME, **SAMPLED)
            segment_of(scenario, response)
            raise InterruptedError  # leaves by SIGKILL, as `docker stop` does after its ten seconds
    except InterruptedError:
        pass
    lines = [r["fields"]["message"] for r in scenario.fakes.records("log_event")]
    expect.none("access line", [line for line in lines if "/api/activities/home" in line])


# Rollbar.


@wrong_setting("69-token-of-another-project")
def token_of_another_project(scenario):
    token = {**SEEDS_SETTINGS, **scenario.fakes.backend_environment()}["ROLLBAR_ACCESS_TOKEN"]
    scenario.fakes.set_accounts({"rollbar": {"tokens": [{"access_token": token, "scopes": ["post_server_item"]}]}})
    scenario.expected_findings.add("rollbar.token.unknown")
    with scenario.backend(**FAST_SPANS, ROLLBAR_ACCESS_TOKEN="fedcba9876543210fedcba9876543210") as backend:
        backend.get("/rollbar/test")
        await_client_spans(scenario.fakes, 1)  # ends after the reply
    expect.none("item", scenario.fakes.records("item"))
    expect.equal("status", {entry["status"] for entry in scenario.fakes.entries(vendor="rollbar")}, {403})


def expect_no_post(scenario, app="app", **environment):
    with scenario.backend(app, **environment) as backend:
        response = backend.get("/rollbar/test")
    expect.equal("status", response.status, 200)
    expect.none("request to Rollbar", scenario.fakes.entries(vendor="rollbar"))
    return backend.log_text()


@wrong_setting("70-token-empty")
def token_empty(scenario):
    log = expect_no_post(scenario, ROLLBAR_ACCESS_TOKEN="")
    expect.true("a warning that names the token", "access_token" in log.lower(), log[-2000:])


@mistake("71-token-with-a-comma")
def token_with_a_comma(scenario):
    expect_no_post(scenario, "mistakes.token_as_tuple")


@mistake("73-blinker-missing")
def blinker_missing(scenario):
    """Flask 2.2 does without blinker until a signal is connected, here before the first request; from 2.3 on it needs
    it."""
    without = {"PYTHONPATH": str(FLASK_BACKEND / "without_blinker")}
    if not scenario.is_seeds:
        return expect_no_start(scenario, "blinker", **without)
    with scenario.backend(**without) as backend:
        response = backend.get(HOME, **SAMPLED)
    expect.equal("status", response.status, 500)
    expect.true("Flask's reason", "Signalling support is unavailable" in backend.log_text(), backend.log_text()[-2000:])
    expect.none("item, for nobody hears of exceptions", scenario.fakes.entries(vendor="rollbar"))


@mistake("75-request-missing")
def request_missing(scenario):
    """The seeds' pyrollbar cannot read the request of their Werkzeug; today's can."""
    with scenario.backend() as backend:
        backend.get("/api/activities/no-such-activity")
        await_items(scenario, 1)
    item = only_item(scenario)
    expect.equal("request in the item", "request" in item, not scenario.is_seeds)
    expect.equal("finding", bool(findings(scenario, "rollbar.item.request-missing")), scenario.is_seeds)


@mistake("76-secret-in-message")
def secret_in_message(scenario):
    scenario.expected_findings.add("rollbar.secret.in-text")
    with scenario.backend("mistakes.secret_in_message") as backend:
        backend.get("/rollbar/authorization", Authorization="Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl")
        await_items(scenario, 1)
    expect.only("finding", findings(scenario, "rollbar.secret.in-text"))
