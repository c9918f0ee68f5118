"""What CloudWatch Logs receives from watchtower."""

import re

from checks import check
from harness import expect

ACCESS_LINE = re.compile(
    r"\[(?P<stamp>\d{4}-[A-Z][a-z]{2}-\d\d \d\d:\d\d)\] (?P<address>\S+) (?P<method>[A-Z]+) (?P<scheme>http) "
    r"(?P<path>\S+) (?P<status>\d{3} [A-Z ]+)"
)


def log_events(scenario):
    return [record["fields"] for record in scenario.fakes.records("log_event", vendor="cloudwatch_logs")]


def access_lines(events):
    return [match for event in events if (match := ACCESS_LINE.fullmatch(event["message"]))]


@check("check-31-log-events")
def first_log_events(scenario):
    with scenario.backend() as backend:
        backend.get("/api/activities/home")
    events = log_events(scenario)
    expect.equal("log groups", {event["log_group"] for event in events}, {"cruddur"})
    stream = expect.only("log stream", list({event["log_stream"] for event in events}))
    # {machine_name}/{program_name}/{logger_name}/{process_id}, where the program's name is an absolute path.
    expect.true(
        "a stream named after machine, program, logger and process",
        re.fullmatch(rf"[^/]+/{scenario.traits.program}/app/\d+", stream),
        stream,
    )

    wanted = ["test log", "HomeActivities", "access line"]
    kinds = ["access line" if ACCESS_LINE.fullmatch(event["message"]) else event["message"] for event in events]
    expect.equal("messages in their order", [kind for kind in kinds if kind in wanted], wanted)
    times = [event["timestamp"] for event in events]
    expect.equal("time stamps that do not decrease", times, sorted(times))
    line = expect.only("access line", access_lines(events))
    found = (line["address"], line["method"], line["path"], line["status"])
    expect.equal("access line", found, ("127.0.0.1", "GET", "/api/activities/home?", "200 OK"))

    calls = [entry["target"] for entry in scenario.fakes.entries(vendor="cloudwatch_logs")]
    expect.true("start-up calls and deliveries at the door", len(calls) >= 5, calls)


@check("check-32-access-lines-per-status")
def access_lines_per_status(scenario):
    requests = [
        ("GET", "/api/activities/home", None, "/api/activities/home?", "200 OK"),
        ("GET", "/no-such-path", None, "/no-such-path?", "404 NOT FOUND"),
        ("DELETE", "/api/activities/home", None, "/api/activities/home?", "405 METHOD NOT ALLOWED"),
        ("GET", "/api/activities/search?term=", None, "/api/activities/search?term=", "422 UNPROCESSABLE ENTITY"),
        ("POST", "/api/activities", "{", "/api/activities?", "400 BAD REQUEST"),
        ("GET", "/api/activities/@worf", None, "/api/activities/@worf?", "200 OK"),
        ("GET", "/api/activities/nothing", None, "/api/activities/nothing?", "500 INTERNAL SERVER ERROR"),
    ]
    with scenario.backend() as backend:
        for method, path, body, _, status in requests:
            response = backend.request(method, path, {"Content-Type": "application/json"} if body else {}, body)
            expect.equal(f"status of {method} {path}", response.status, int(status[:3]))
    found = [(line["method"], line["path"], line["status"]) for line in access_lines(log_events(scenario))]
    expect.equal("access lines", found, [(method, line, status) for method, _, _, line, status in requests])
