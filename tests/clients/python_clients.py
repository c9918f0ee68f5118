"""What boto3 does beside sending events (python/*.py); the shippers in Python are the scenarios' business."""

import json
import os
import subprocess

import sdk
from harness import environments, expect
from tls_clients import FOLDER, SECONDS

CLIENTS = sdk.Clients()
client = CLIENTS.client


def run(fakes, script):
    interpreter = environments.python_of("today")
    if interpreter is None:
        raise sdk.Skipped("the environment today was not made: scripts/python-environment today")
    ended = subprocess.run(
        [interpreter, FOLDER / "python" / script],
        env={"PATH": os.environ["PATH"], "HOME": os.devnull, "PYTHONDONTWRITEBYTECODE": "1", **fakes.environment},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    expect.equal(f"exit code of {script}, which said {ended.stderr}", ended.returncode, 0)
    return json.loads(ended.stdout)


@client("client.python.boto3-xray-traces", findings=("xray.filter.unreadable",))
def xray_traces(fakes):
    told = run(fakes, "xray_traces.py")
    expect.equal("documents refused", told["refused"], [])
    expect.equal("summaries a page", told["summaries"], [100, 30])
    expect.equal("traces found once each", told["distinct"], 130)
    expect.equal("faults", told["faults"], 13)
    expect.equal("traces of five ids", told["traces"], [5])
    expect.equal("services of the graph", told["graph"], ["backend", "backend", "users"])
    expect.equal("requests in the series", told["series"], 130)
    expect.equal("error of a filter", told["error"][0], "InvalidRequestException")
    expect.true("the place in its message", "line 1, column 1" in told["error"][1], told["error"])


@client(
    "client.python.boto3-logs-operations",
    findings=(
        "cloudwatch_logs.quota.resources",
        "cloudwatch_logs.delivery.in-use",
        "cloudwatch_logs.resource.missing",
        "cloudwatch_logs.input.ignored",
        "cloudwatch_logs.operation.not-built",
    ),
)
def logs_operations(fakes):
    told = run(fakes, "logs_operations.py")
    expect.equal("metric filters a page", told["metric filters"], [2, 2, 1])
    expect.equal("default value", told["default value"], 0.0)
    expect.equal("matches", [one["eventNumber"] for one in told["matches"]], [2])
    expect.equal(
        "a third subscription filter",
        told["a third subscription filter"],
        ["LimitExceededException", "Resource limit exceeded."],
    )
    expect.equal("subscription filters a page", told["subscription filters"], [2])
    for what in ("destinations", "resource policies", "delivery sources", "delivery destinations", "deliveries"):
        expect.equal(f"{what} a page", told[what], [2, 1])
    expect.equal("a source in use", told["a source in use"][0], "ConflictException")
    expect.equal(
        "no such delivery",
        told["no such delivery"],
        ["ResourceNotFoundException", "Requested Delivery does not exist in this account."],
    )
    expect.equal("export tasks", told["export tasks"], ["CANCELLED"])
    expect.equal("saved queries", told["saved queries"], ["errors"])
    expect.equal("deleted", told["deleted"], True)
    expect.equal("field indexes", told["field indexes"], ["traceId"])
    expect.equal("groups", told["groups"], ["cruddur"])
    expect.equal("an operation that is not built", told["not built"][0], "ClientError")


@client(
    "client.python.boto3-logs-insights",
    findings=("cloudwatch_logs.insights.syntax", "cloudwatch_logs.filter-pattern.invalid"),
)
def logs_insights(fakes):
    told = run(fakes, "logs_insights.py")
    expect.equal("events that the pattern selects", told["filtered"], [3, 5, 7, 9])
    expect.equal("rows", told["rows"], [{"n": "9"}, {"n": "7"}])
    expect.equal("records matched", told["statistics"], 5.0)
    expect.equal("the record behind @ptr", told["record"], "ERROR")
    expect.equal("counted by level", told["counted"], [["ERROR", "5"], ["INFO", "5"]])
    expect.equal("queries", told["queries"], 2)
    expect.equal("where the query ends", told["malformed"], 17)
    expect.equal("the pattern's fault", told["pattern"], "Invalid character(s) in term 'user.name'")
