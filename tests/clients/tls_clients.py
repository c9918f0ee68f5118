"""SDKs that call their vendors' real https addresses, without a change of code or endpoint: the names lead to the doors,
and each SDK trusts the local CA by the one variable that it documents."""

import os
import subprocess
from pathlib import Path

import node_clients
import sdk
from harness import environments, expect

FOLDER = Path(__file__).resolve().parent
PREFIX = "client.tls."
SECONDS = 60

DOORS = {
    "api.honeycomb.io": "honeycomb_http",
    "api.rollbar.com": "rollbar",
    "logs.us-east-1.amazonaws.com": "aws",
    "xray.us-east-1.amazonaws.com": "aws",
    "sts.us-east-1.amazonaws.com": "aws",
    "sts.amazonaws.com": "aws",
    "honeycomb.io": "honeycomb_http",  # nobody's endpoint: what a backend calls that was given the wrong host
}
# Not an endpoint, not a certificate: what an SDK needs beside its address.
CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_REGION",
               "AWS_EC2_METADATA_DISABLED", "OTEL_EXPORTER_OTLP_HEADERS", "ROLLBAR_ACCESS_TOKEN")

CLIENTS = sdk.Clients()


def client(name, *arguments, findings=()):
    return CLIENTS.client(PREFIX + name, *arguments, findings=findings)


class ByName:
    """The fakes for an SDK that knows its vendor's name only, and one variable to trust by."""

    def __init__(self, fakes, variable):
        self._fakes = fakes
        hosts = ",".join(f"{host}={fakes.ports[door]}" for host, door in DOORS.items())
        self.environment = {name: fakes.environment[name] for name in CREDENTIALS}
        self.environment["UNDERSTUDY_HOSTS"] = hosts
        if variable:
            self.environment[variable] = fakes.environment[variable]

    def url(self, door):
        return "https://" + next(host for host, one in DOORS.items() if one == door)

    def __getattr__(self, name):
        return getattr(self._fakes, name)


def python(fakes, set_name, variable, script, fails=False, **environment):
    interpreter = environments.python_of(set_name)
    if interpreter is None:
        raise sdk.Skipped(f"the environment {set_name} was not made: scripts/python-environment {set_name}")
    ended = subprocess.run(
        [interpreter, FOLDER / "python" / script],
        env={"PATH": os.environ["PATH"], "HOME": os.devnull, "PYTHONPATH": str(FOLDER / "python"),
             "PYTHONDONTWRITEBYTECODE": "1", **ByName(fakes, variable).environment, **environment},
        capture_output=True, text=True, timeout=SECONDS)
    if not fails:
        expect.equal(f"exit code of {script}, which said {ended.stdout}{ended.stderr}", ended.returncode, 0)
    return ended.stdout


def otlp_endpoint(host="api.honeycomb.io"):
    return {"OTEL_EXPORTER_OTLP_ENDPOINT": f"https://{host}", "OTEL_SERVICE_NAME": "tls"}


@client("python.seeds-2023.otlp", "seeds-2023")
@client("python.today.otlp", "today")
def python_otlp(fakes, set_name):
    python(fakes, set_name, "OTEL_EXPORTER_OTLP_CERTIFICATE", "otlp.py", **otlp_endpoint())
    span = expect.only("span", fakes.records("span", vendor="honeycomb"))["fields"]
    expect.equal("name and dataset", (span["name"], span["dataset"]), ("over TLS", "tls"))


@client("python.today.otlp-without-trust", "today", findings=["transport.tls-handshake-failed"])
def python_otlp_without_trust(fakes, set_name):
    python(fakes, set_name, None, "otlp.py", fails=True, **otlp_endpoint())
    expect.none("span", fakes.records("span", vendor="honeycomb"))


@client("python.today.wrong-host", "today", findings=["transport.tls-unknown-host"])
def python_wrong_host(fakes, set_name):
    """The certificate names api.honeycomb.io alone, and the finding says which name was asked for."""
    python(fakes, set_name, "OTEL_EXPORTER_OTLP_CERTIFICATE", "otlp.py", fails=True, **otlp_endpoint("honeycomb.io"))
    expect.none("span", fakes.records("span", vendor="honeycomb"))
    for finding in fakes.findings():
        expect.true("the name", '"honeycomb.io"' in finding["detail"], finding)


@client("python.seeds-2023.rollbar", "seeds-2023")
@client("python.today.rollbar", "today")
def python_rollbar(fakes, set_name):
    python(fakes, set_name, "REQUESTS_CA_BUNDLE", "rollbar_item.py")
    item = expect.only("item", fakes.records("item", vendor="rollbar"))["fields"]
    expect.equal("message", expect.member(item, "body", "message", "body"), "Hello over TLS!")


@client("python.seeds-2023.boto3", "seeds-2023")
@client("python.today.boto3", "today")
def python_boto3(fakes, set_name):
    said = python(fakes, set_name, "AWS_CA_BUNDLE", "logs.py").split()
    expect.equal("name of the sampling rule", said[1], "Default")
    event = expect.only("log event", fakes.records("log_event", vendor="cloudwatch_logs"))["fields"]
    expect.equal("group and message", (event["log_group"], event["message"]), ("tls", "Hello over TLS!"))


def node(fakes, variable="NODE_EXTRA_CA_CERTS"):
    by_name = ByName(fakes, variable)
    by_name.environment["NODE_OPTIONS"] = f"--require {FOLDER / 'node' / 'hosts.cjs'}"
    return by_name


@client("node.otlp-proto")
def node_otlp(fakes):
    node_clients.otlp(node(fakes), "proto", "honeycomb_http", "application/x-protobuf")


@client("node.without-trust", findings=["transport.tls-handshake-failed"])
def node_without_trust(fakes):
    by_name = node(fakes, variable=None)
    try:
        told = node_clients.run(by_name, "rollbar.cjs")
    except AssertionError:
        return  # the SDK may complain, of course
    expect.true("an error for each item", all(one["error"] for one in told["answered"].values()), told)


@client("node.rollbar")
def node_rollbar(fakes):
    node_clients.rollbar(node(fakes))


@client("node.cloudwatch-logs")
def node_cloudwatch_logs(fakes):
    node_clients.cloudwatch_logs(node(fakes))
