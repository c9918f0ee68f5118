"""The AWS command line, as a person or a script uses it: X-Ray's and CloudWatch Logs' commands against the doors."""

import json
import os
import subprocess
import time

import sdk
from harness import environments, expect

CLIENTS = sdk.Clients()
client = CLIENTS.client


def aws(fakes, *arguments):
    """A command of `aws` with the environment that the fakes hand out, and nothing else."""
    python = environments.python_of(environments.COMMAND_LINE)
    if python is None:
        raise sdk.Skipped("the environment cli was not made: scripts/python-environment cli")
    return subprocess.run(
        [python, python.parent / "aws", *arguments],
        env={"PATH": os.environ["PATH"], "HOME": os.devnull, "AWS_PAGER": "", "PYTHONDONTWRITEBYTECODE": "1",
             "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, **fakes.environment},
        capture_output=True,
        text=True,
        timeout=sdk.SECONDS,
    )


def said(fakes, *arguments):
    ended = aws(fakes, *arguments)
    expect.equal(f"exit code of aws {' '.join(arguments[:2])}, which said {ended.stderr}", ended.returncode, 0)
    return ended.stdout


def told(fakes, *arguments):
    output = said(fakes, *arguments, "--output", "json")
    return json.loads(output) if output.strip() else {}


def refusal(fakes, *arguments):
    ended = aws(fakes, *arguments)
    expect.true("a failure", ended.returncode in (254, 255), ended.stdout)
    return ended.stderr


@client("client.cli.xray", findings=["xray.group.unknown"])
def xray(fakes):
    now = int(time.time())
    trace_id = f"1-{now:08x}-0123456789abcdef01234567"
    segment = {"id": "53995c3f42cd8ad8", "name": "backend-flask", "trace_id": trace_id, "start_time": now - 1.5,
               "end_time": now - 1.0, "fault": True, "http": {"request": {"method": "GET", "url": "http://localhost/"}}}
    put = told(fakes, "xray", "put-trace-segments", "--trace-segment-documents", json.dumps(segment))
    expect.equal("refused", put, {"UnprocessedTraceSegments": []})
    window = ("--start-time", str(now - 600), "--end-time", str(now + 60))
    found = told(fakes, "xray", "get-trace-summaries", *window, "--filter-expression",
                 'service("backend-flask") { fault }')
    summary = expect.only("summary", found["TraceSummaries"])
    expect.equal("trace", (summary["Id"], summary["HasFault"], summary["Duration"]), (trace_id, True, 0.5))
    trace = expect.only("trace", told(fakes, "xray", "batch-get-traces", "--trace-ids", trace_id)["Traces"])
    document = json.loads(expect.only("segment", trace["Segments"])["Document"])
    expect.equal("document", document["name"], "backend-flask")
    graph = told(fakes, "xray", "get-service-graph", *window)
    expect.true("the service in the graph", "backend-flask" in [one["Name"] for one in graph["Services"]], graph)
    group = told(fakes, "xray", "create-group", "--group-name", "Cruddur", "--filter-expression",
                 'service("backend-flask")')["Group"]
    expect.equal("groups", [one["GroupName"] for one in told(fakes, "xray", "get-groups")["Groups"]
                            if one["GroupARN"] == group["GroupARN"]], ["Cruddur"])
    told(fakes, "xray", "delete-group", "--group-name", "Cruddur")
    words = refusal(fakes, "xray", "get-group", "--group-name", "Cruddur")
    expect.true("the error's name", "(InvalidRequestException) when calling the GetGroup operation" in words, words)


@client("client.cli.logs")
def logs(fakes):
    now = int(time.time() * 1000)
    group, stream = ("--log-group-name", "cruddur"), ("--log-stream-name", "web/1")
    expect.equal("answer to create-log-group", said(fakes, "logs", "create-log-group", *group), "")
    words = refusal(fakes, "logs", "create-log-group", *group)
    expect.true("why not twice", "(ResourceAlreadyExistsException)" in words, words)
    said(fakes, "logs", "create-log-stream", *group, *stream)
    said(fakes, "logs", "put-retention-policy", *group, "--retention-in-days", "14")
    lines = ["GET /api/activities/home 200", "GET /api/activities/home 500", "Grüße 😀"]
    events = json.dumps([{"timestamp": now + i, "message": line} for i, line in enumerate(lines)])
    put = told(fakes, "logs", "put-log-events", *group, *stream, "--log-events", events)
    expect.true("a token and nothing rejected", "nextSequenceToken" in put and len(put) == 1, put)
    read = told(fakes, "logs", "get-log-events", *group, *stream, "--start-from-head")
    expect.equal("read", [one["message"] for one in read["events"]], lines)
    found = told(fakes, "logs", "filter-log-events", *group, "--filter-pattern", "500")
    expect.equal("found", [one["message"] for one in found["events"]], [lines[1]])
    groups = told(fakes, "logs", "describe-log-groups", "--log-group-name-prefix", "crud")["logGroups"]
    expect.equal("retention", [one["retentionInDays"] for one in groups], [14])
    query = told(fakes, "logs", "start-query", *group, "--start-time", str(now // 1000 - 600), "--end-time",
                 str(now // 1000 + 60), "--query-string", "stats count(*) as n by @logStream")["queryId"]
    deadline = time.monotonic() + sdk.SECONDS
    while (answer := told(fakes, "logs", "get-query-results", "--query-id", query))["status"] != "Complete":
        expect.true("an end of the query", time.monotonic() < deadline, answer)
    row = {one["field"]: one["value"] for one in expect.only("row", answer["results"])}
    expect.equal("row", (row["@logStream"], row["n"]), ("web/1", "3"))
    said(fakes, "logs", "delete-log-group", *group)
    expect.none("group", told(fakes, "logs", "describe-log-groups")["logGroups"])
