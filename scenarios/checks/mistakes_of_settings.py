"""Settings that reach a vendor and are another's, somebody else's, or of yesterday."""

import http.client
import json
import re
import socket

from checks import FLASK, check
from checks.custom_spans import spans
from checks.honeycomb import HOME
from checks.mistakes import SAMPLED, findings, home_once, wrong_setting
from checks.rollbar import await_items
from harness import expect
from harness.account import FAST_SPANS, await_client_spans
from harness.backend import SEEDS_SETTINGS
from harness.contract import FAILED, judge
from harness.environments import ROOT

BACKEND_KEY = "abcdefghij1234567890ab"
OTHER_KEY = "zyxwvutsrq0987654321zy"
TOKEN = SEEDS_SETTINGS["ROLLBAR_ACCESS_TOKEN"]


def environments_of_the_team(scenario, **keys):
    """A key for each environment: no other key is known."""
    may = {"events": True, "createDatasets": True}
    listed = [
        {"key": key, "environment": {"name": name, "slug": name}, "permissions": may} for name, key in keys.items()
    ]
    scenario.fakes.set_accounts({"honeycomb": {"keys": listed}})


def dataset(scenario, key):
    """What the environment of the key says about the dataset backend-flask: None where it has none."""
    scenario.fakes.sync()
    connection = http.client.HTTPConnection(scenario.fakes.host, scenario.fakes.ports["honeycomb_http"], timeout=30)
    try:
        connection.request("GET", "/1/datasets/backend-flask", headers={"x-honeycomb-team": key})
        reply = connection.getresponse()
        answered = json.loads(reply.read())
        expect.true("a dataset or none", reply.status in (200, 404), answered)
        return answered if reply.status == 200 else None
    finally:
        connection.close()


@wrong_setting("35-key-of-another-environment")
def key_of_another_environment(scenario):
    """Accepted, and filed where nobody looks."""
    scenario.expected_findings.add("honeycomb.dataset.not-found")  # the look into bootcamp
    environments_of_the_team(scenario, bootcamp=OTHER_KEY, test=BACKEND_KEY)
    home_once(scenario, OTEL_EXPORTER_OTLP_HEADERS=f"x-honeycomb-team={BACKEND_KEY}")
    statuses = {entry["status"] for entry in scenario.fakes.entries(vendor="honeycomb", kind="exchange")}
    expect.equal("statuses at Honeycomb", statuses, {200})
    expect.equal("dataset in bootcamp, where it was expected", dataset(scenario, OTHER_KEY), None)
    expect.true("the dataset in test", dataset(scenario, BACKEND_KEY))


@wrong_setting("59-key-replaced")
def key_replaced(scenario):
    """The second start has the key that was made for the front end: the backend's dataset falls silent."""
    environments_of_the_team(scenario, bootcamp=BACKEND_KEY, frontend=OTHER_KEY)
    written = []
    for key in (BACKEND_KEY, OTHER_KEY):
        home_once(scenario, OTEL_EXPORTER_OTLP_HEADERS=f"x-honeycomb-team={key}")
        written.append(expect.member(dataset(scenario, BACKEND_KEY), "last_written_at"))
    expect.equal("when the dataset was written to last, after each start", written[1], written[0])
    expect.equal("segments of both starts", len(scenario.fakes.records("segment")), 2)
    expect.true("the same dataset in the front end's environment", dataset(scenario, OTHER_KEY))


@wrong_setting("38-token-not-expanded")
def token_not_expanded(scenario):
    """$${ROLLBAR_ACCESS_TOKEN} in a compose file: the braces are sent."""
    scenario.expected_findings |= {"rollbar.token.stray-characters", "rollbar.token.unknown"}
    scenario.fakes.set_accounts({"rollbar": {"tokens": [{"access_token": TOKEN, "scopes": ["post_server_item"]}]}})
    with scenario.backend(**FAST_SPANS, ROLLBAR_ACCESS_TOKEN=f"${{{TOKEN}}}") as backend:
        backend.get("/rollbar/test")
        await_client_spans(scenario.fakes, 1)  # ends after the reply
    expect.none("item", scenario.fakes.records("item"))
    expect.equal("status", {entry["status"] for entry in scenario.fakes.entries(vendor="rollbar")}, {403})
    said = str(expect.only("finding", findings(scenario, "rollbar.token.stray-characters")))
    expect.true("a variable that was not replaced", "${" in said and TOKEN not in said, said)


@check("mistake-52-grpc-without-key", backends=FLASK)
def grpc_without_key(scenario):
    """What a collector without the key sends by OTLP over gRPC, here by the Python exporter."""
    scenario.expected_findings.add("honeycomb.key.missing")
    settings = {
        "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
        "OTEL_EXPORTER_OTLP_ENDPOINT": scenario.fakes.url("honeycomb_grpc"),
        "OTEL_EXPORTER_OTLP_HEADERS": None,
    }
    with scenario.backend(**settings) as backend:
        backend.get(HOME, **SAMPLED)
    expect.none("span", spans(scenario))
    log = backend.log_text()
    expect.true("the exporter's complaint", "UNAUTHENTICATED" in log, log[-2000:])
    said = str(expect.only("finding", findings(scenario, "honeycomb.key.missing")))
    expect.true("the header in the finding", "x-honeycomb-team" in said, said)


@wrong_setting("53-nobody-listens", seconds=90)
def nobody_listens(scenario):
    """A collector that does not run, or whose port is private: the other three vendors hear of the request."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "CRUDDUR_FLUSH_TIMEOUT_MS": "500"}
        with scenario.backend(**settings) as backend:
            backend.get(HOME, **SAMPLED)
            backend.get("/rollbar/test")
            await_items(scenario, 1)
    expect.none("request to Honeycomb", scenario.fakes.entries(vendor="honeycomb"))
    log = backend.log_text()
    expect.true("the exporter's complaint", re.search("Connection refused|could not be exported", log), log[-2000:])
    for vendor in ("xray", "cloudwatch_logs", "rollbar"):
        expect.true(f"requests to {vendor}", scenario.fakes.entries(vendor=vendor))


@wrong_setting("72-token-as-region")
def token_as_region(scenario):
    """`gp env AWS_DEFAULT_REGION=` with the token of Rollbar behind it."""
    scenario.expected_findings.add("cloudwatch_logs.auth.region-unknown")
    home_once(scenario, AWS_DEFAULT_REGION=TOKEN)
    said = str(expect.only("finding", findings(scenario, "cloudwatch_logs.auth.region-unknown")))
    expect.true("the region in the finding", TOKEN in said, said)


def compose_setting(name):
    """The backend's setting in the compose file."""
    text = (ROOT / "docker-compose.test.yml").read_text()
    return expect.only(name, re.findall(rf'^ +{name}: "(.*)"$', text, re.MULTILINE))


def drive_the_week(scenario, **environment):
    with scenario.backend(**FAST_SPANS, **environment) as backend:
        for path in (HOME, "/api/activities/notifications", "/rollbar/test"):
            backend.get(path, **SAMPLED)
        await_client_spans(scenario.fakes, 1)


@wrong_setting("79-stale-environment")
def stale_environment(scenario):
    """The container was started with yesterday's values; the contract of the week has the compose file's."""
    service = compose_setting("OTEL_SERVICE_NAME")
    drive_the_week(scenario, OTEL_SERVICE_NAME="Cruddur")
    code, printed = judge(scenario.fakes)
    expect.equal("exit code of understudy check", code, FAILED)
    expect.true("the service in the verdict", f'"Cruddur", not "{service}"' in printed, printed)


@check("contract-of-the-week")
def contract_of_the_week(scenario):
    """The same contract over what the settings of the compose file give."""
    drive_the_week(scenario, OTEL_SERVICE_NAME=compose_setting("OTEL_SERVICE_NAME"))
    code, printed = judge(scenario.fakes)
    expect.equal(f"exit code of understudy check, which printed:\n{printed}", code, 0)
