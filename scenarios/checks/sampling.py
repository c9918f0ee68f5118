"""Central sampling rules: the backend fetches them, obeys them and reports what it did."""

import json
import subprocess
import time
from datetime import datetime
from math import comb, floor

from checks import check
from harness import environments, expect
from harness.account import promised_trace
from harness.backend import FLASK_BACKEND, SEEDS_SETTINGS
from harness.sampling import statistics_of, wait_until_answered
from harness.scenario import environment_or_skip

EXACT_REQUESTS = 100
DRAWN_REQUESTS = 300  # enough to tell a rate of 0.1 from its half and its double
CONFIDENCE = 1e-6
WARM_UP_SECONDS = 30
SEEDS_RULE = json.loads((FLASK_BACKEND / "aws" / "json" / "xray.json").read_text())["SamplingRule"]


def create_rule(scenario, **members):
    rule = {**SEEDS_RULE, **members}
    status, reply = scenario.fakes.call_xray("CreateSamplingRule", {"SamplingRule": rule})
    expect.equal(f"status of CreateSamplingRule {rule['RuleName']}: {reply}", status, 200)


def warm_up(scenario, backend, **headers):
    """Until the process decides by the door's rules. Before, its local ones decide, and those requests are in no
    statistics. A rule for the health check alone shows it without touching the counts of the rule under test."""
    deadline = time.monotonic() + WARM_UP_SECONDS
    while time.monotonic() < deadline:
        backend.get("/api/health-check", **headers)
        if scenario.fakes.records("segment", [("aws.xray.sampling_rule_name", "=", "WarmUp")]):
            fetched = [e for e in scenario.fakes.entries(vendor="xray") if "GetSamplingRules" in e["target"]]
            expect.true("GetSamplingRules at the door", len(fetched) >= 1, fetched)
            return
        time.sleep(0.05)
    raise AssertionError(f"no segment by the rule WarmUp within {WARM_UP_SECONDS} s: the rules were not fetched")


def create_warm_up_rule(scenario, **members):
    always = {"RuleName": "WarmUp", "Priority": 1, "FixedRate": 1.0, "ReservoirSize": 0, "URLPath": "/api/health-check"}
    create_rule(scenario, **always, **members)


def burst(scenario, backend, requests, rule="Cruddur"):
    responses = [backend.get("/api/message_groups") for _ in range(requests)]
    promised = sorted(filter(None, map(promised_trace, responses)))
    where = [("aws.xray.sampling_rule_name", "=", rule)]
    segments = [record["fields"] for record in scenario.fakes.records("segment", where)]
    expect.equal(
        "segments by the rule: those that the responses promised", sorted(s["trace_id"] for s in segments), promised
    )
    return segments


def exact_rate(scenario, rate, expected):
    create_warm_up_rule(scenario)
    create_rule(scenario, FixedRate=rate, ReservoirSize=0)
    with scenario.backend() as backend:
        warm_up(scenario, backend)
        segments = burst(scenario, backend, EXACT_REQUESTS)
        expect.equal(f"segments of {EXACT_REQUESTS} requests at rate {rate}", len(segments), expected)
        counts = {"RequestCount": EXACT_REQUESTS, "SampledCount": expected, "BorrowCount": 0}
        expect.equal("statistics reported by the process", statistics_of(scenario.fakes, "Cruddur", EXACT_REQUESTS), counts)


@check("check-21-sampling-rate-zero", seconds=120)
def sampling_rate_zero(scenario):
    exact_rate(scenario, 0.0, 0)


@check("check-21-sampling-rate-one", seconds=120)
def sampling_rate_one(scenario):
    exact_rate(scenario, 1.0, EXACT_REQUESTS)


@check("check-21-rule-changed-while-it-runs", seconds=120)
def rule_changed(scenario):
    """A rule that is put before the one that decides: the answer to the next report tells of it."""
    create_warm_up_rule(scenario)
    create_rule(scenario, FixedRate=0.0, ReservoirSize=0)
    with scenario.backend() as backend:
        warm_up(scenario, backend)
        expect.none("segment at rate 0", burst(scenario, backend, EXACT_REQUESTS))
        create_rule(scenario, RuleName="Before", Priority=2, FixedRate=1.0, ReservoirSize=0)
        counts = {"RequestCount": EXACT_REQUESTS, "SampledCount": 0, "BorrowCount": 0}
        expect.equal("statistics at rate 0", statistics_of(scenario.fakes, "Cruddur", EXACT_REQUESTS), counts)
        for _ in range(2):  # by the second answer the first has sunk in
            wait_until_answered(scenario.fakes, "WarmUp", lambda: backend.get("/api/health-check"))
        segments = burst(scenario, backend, EXACT_REQUESTS, "Before")
        expect.equal("segments by the rule that came before", len(segments), EXACT_REQUESTS)
        counts = {**counts, "SampledCount": EXACT_REQUESTS}
        expect.equal("statistics at rate 1", statistics_of(scenario.fakes, "Before", EXACT_REQUESTS), counts)


def check_seeds_rule(scenario):
    """With FixedRate 0.1 and ReservoirSize 5 the process borrows one request a second until it is granted a quota,
    and draws the others. What it says it did must be what arrived, and the draws must fit the rate."""
    with scenario.backend() as backend:
        warm_up(scenario, backend)
        began = time.time()
        segments = burst(scenario, backend, DRAWN_REQUESTS)
        ended = time.time()
        counts = statistics_of(scenario.fakes, "Cruddur", DRAWN_REQUESTS)
    expect.equal("RequestCount", counts["RequestCount"], DRAWN_REQUESTS)
    borrowed = counts["BorrowCount"]
    expect.equal("SampledCount + BorrowCount: the segments", counts["SampledCount"] + borrowed, len(segments))
    seconds = floor(ended) - floor(began) + 1
    expect.true(f"one to {seconds} borrowed requests, one a second", 1 <= borrowed <= seconds, counts)
    quota = quota_seconds(scenario, began, ended) * SEEDS_RULE["ReservoirSize"]
    drawn = DRAWN_REQUESTS - borrowed
    least, most = binomial_interval(drawn - min(quota, drawn), SEEDS_RULE["FixedRate"], CONFIDENCE)
    most += quota
    expect.true(
        f"between {least} and {most} of {drawn} requests sampled at rate {SEEDS_RULE['FixedRate']}",
        least <= counts["SampledCount"] <= most,
        counts,
    )


def quota_seconds(scenario, began, ended):
    """In how many seconds of the burst the process may have had a quota: none, unless a slow machine stretched the
    burst beyond the first report."""
    reports = [e for e in scenario.fakes.entries(vendor="xray") if "SamplingTargets" in e["target"]]
    first = min((datetime.fromisoformat(e["received"][:26] + "+00:00").timestamp() for e in reports), default=ended)
    return max(0, floor(ended) - floor(max(first, began)) + 1) if first < ended else 0


def binomial_interval(draws, rate, probability):
    """The narrowest symmetrical range that a binomial count leaves with less than `probability`."""
    weights = [comb(draws, k) * rate**k * (1 - rate) ** (draws - k) for k in range(draws + 1)]
    least, below = 0, 0.0
    while below + weights[least] < probability / 2:
        below += weights[least]
        least += 1
    most, above = draws, 0.0
    while above + weights[most] < probability / 2:
        above += weights[most]
        most -= 1
    return least, most


@check("check-21-sampling-seeds-rule", seconds=120)
def sampling_seeds_rule(scenario):
    create_warm_up_rule(scenario)
    create_rule(scenario)
    check_seeds_rule(scenario)


def aws(scenario, *arguments):
    """The seeds' commands, typed in the backend's folder; only the endpoint is added."""
    python = environment_or_skip(environments.COMMAND_LINE)
    program = python.parent / "aws"
    environment = {
        name: SEEDS_SETTINGS[name] for name in SEEDS_SETTINGS if name.startswith("AWS_") and "XRAY" not in name
    }
    return subprocess.run(
        [python, program, *arguments, "--endpoint-url", scenario.fakes.url("aws")],
        cwd=FLASK_BACKEND,
        env={**environment, "PATH": "/usr/bin:/bin", "AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": ""},
        capture_output=True,
        text=True,
    )


def aws_json(scenario, *arguments):
    result = aws(scenario, *arguments)
    if result.returncode != 0:
        raise AssertionError(f"aws {' '.join(arguments)} ended with {result.returncode}: {result.stderr.strip()}")
    return json.loads(result.stdout)


@check("aws-cli-group-and-sampling-rule", seconds=120, needs=(environments.COMMAND_LINE,))
def aws_cli(scenario):
    group = aws_json(
        scenario, "xray", "create-group", "--group-name", "Cruddur", "--filter-expression", 'service("backend-flask")'
    )["Group"]
    expect.equal("GroupName", group["GroupName"], "Cruddur")
    expect.equal("FilterExpression", group["FilterExpression"], 'service("backend-flask")')
    expect.true("a group ARN", ":group/Cruddur/" in group["GroupARN"], group)
    groups = aws_json(scenario, "xray", "get-groups")["Groups"]
    expect.true("the group among get-groups", "Cruddur" in [g.get("GroupName") for g in groups], groups)

    command = ("xray", "create-sampling-rule", "--cli-input-json", "file://aws/json/xray.json")
    rule = aws_json(scenario, *command)["SamplingRuleRecord"]["SamplingRule"]
    arn = rule.pop("RuleARN")
    expect.true("a rule ARN", arn.endswith(":sampling-rule/Cruddur"), arn)
    expect.equal("the rule, with the attributes that the service adds", rule, {**SEEDS_RULE, "Attributes": {}})
    again = aws(scenario, *command)
    expect.true("the second creation refused", again.returncode != 0, again.stdout)
    scenario.expected_findings.add("xray.rule.exists")
    refusal = "InvalidRequestException) when calling the CreateSamplingRule operation: Sampling rule already exists"
    expect.true(refusal, refusal in again.stderr, again.stderr)

    create_warm_up_rule(scenario)
    check_seeds_rule(scenario)
