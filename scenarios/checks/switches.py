"""Less of it: access lines of failures only, a second start, and vendors that are switched off."""

import json

from checks import check
from checks.cloudwatch_logs import access_lines, log_events
from checks.rollbar import await_items
from harness import expect

HOME = "/api/activities/home"
VENDORS = ("honeycomb", "xray", "cloudwatch_logs", "rollbar")
OFF = {
    "honeycomb": {"DISABLE_HONEYCOMB": "1"},
    "xray": {"AWS_XRAY_SDK_ENABLED": "false"},
    "cloudwatch_logs": {"ENABLE_CLOUD_WATCH_LOG": None},
    "rollbar": {"DISABLE_ROLLBAR": "1"},
}


@check("check-33-only-failures-are-logged")
def only_failures(scenario):
    with scenario.backend("variants.log_only_failures") as backend:
        for path in (HOME, "/no-such-path", HOME, "/api/activities/search"):
            backend.get(path)
    events = log_events(scenario)
    statuses = [line["status"] for line in access_lines(events)]
    expect.equal("statuses of the access lines", statuses, ["404 NOT FOUND", "422 UNPROCESSABLE ENTITY"])
    greetings = [event for event in events if event["message"] == "HomeActivities"]
    expect.equal("messages of the home page, which went well", len(greetings), 2)


@check("check-34-two-starts", seconds=90)
def two_starts(scenario):
    for _ in range(2):
        with scenario.backend() as backend:
            backend.get(HOME)
    events = log_events(scenario)
    expect.equal("log groups", {event["log_group"] for event in events}, {"cruddur"})
    streams = {event["log_stream"] for event in events}
    expect.equal("streams: one for each process", len(streams), 2)
    expect.equal("process ids in them", len({stream.rsplit("/", 1)[1] for stream in streams}), 2)
    calls = cloudwatch_operations(scenario)
    expect.equal("CreateLogGroup: the second process found the group", calls.count("CreateLogGroup"), 1)
    expect.equal("DescribeLogGroups: one for each process", calls.count("DescribeLogGroups"), 2)
    expect.equal("CreateLogStream", calls.count("CreateLogStream"), 2)


def cloudwatch_operations(scenario):
    entries = scenario.fakes.entries(vendor="cloudwatch_logs", kind="exchange")
    targets = [scenario.fakes.headers(entry["ordinal"])["x-amz-target"] for entry in entries]
    return [target.rsplit(".", 1)[1] for target in targets]


def switched_off(scenario, vendor):
    environment = {"ENABLE_CLOUD_WATCH_LOG": "1", **OFF[vendor]}
    with scenario.backend("variants.switches", **environment) as backend:
        backend.get(HOME, X_Amzn_Trace_Id="Sampled=1")
        backend.get("/api/activities/no-such-activity", X_Amzn_Trace_Id="Sampled=1")
        if vendor != "rollbar":
            await_items(scenario, 1)
    entries = scenario.fakes.entries(vendor=vendor)
    expect.none(f"request to {vendor}", [entry["target"] for entry in entries])
    others = {one: len(scenario.fakes.entries(vendor=one)) for one in VENDORS if one != vendor}
    expect.true("requests to each of the others", all(others.values()), others)
    fakes = scenario.fakes
    counts = {
        "honeycomb": len(fakes.records("span", [("kind", "!=", "CLIENT")])),  # pyrollbar's may end too late
        "xray": len(fakes.records("segment")),
        "cloudwatch_logs": len(access_lines(log_events(scenario))),
        "rollbar": len(fakes.records("item")),
    }
    usual = {"honeycomb": 3, "xray": 2, "cloudwatch_logs": 2, "rollbar": 1}
    expect.equal("records", json.dumps(counts), json.dumps({**usual, vendor: 0}))


def register(vendor):
    name = vendor.replace("_", "-")
    check(f"check-35-without-{name}")(lambda scenario: switched_off(scenario, vendor))


for one_vendor in VENDORS:
    register(one_vendor)
