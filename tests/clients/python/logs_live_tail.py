"""StartLiveTail with boto3: what its event stream gave goes to stdout as JSON."""

import json
import time

import boto3
from botocore.config import Config

# Else botocore puts "stream-" or "streaming-" before the host of this operation, also before an endpoint of one's own.
logs = boto3.client("logs", config=Config(inject_host_prefix=False))
group = "arn:aws:logs:us-east-1:000000000000:log-group:cruddur"
told = {}

logs.create_log_group(logGroupName="cruddur")
logs.create_log_stream(logGroupName="cruddur", logStreamName="web")


def put(*messages):
    now = int(time.time() * 1000)
    events = [{"timestamp": now, "message": message} for message in messages]
    logs.put_log_events(logGroupName="cruddur", logStreamName="web", logEvents=events)


def await_results(updates):
    """The first update that shows something: there is one each second, most are empty."""
    for update in updates:
        if update["sessionUpdate"]["sessionResults"]:
            return update["sessionUpdate"]


put("ERROR before")
stream = logs.start_live_tail(logGroupIdentifiers=[group], logEventFilterPattern="ERROR")["responseStream"]
updates = iter(stream)
start = next(updates)["sessionStart"]
told["start"] = [start["logGroupIdentifiers"], start["logEventFilterPattern"]]
put("ERROR é", "fine")
shown = await_results(updates)
told["shown"] = [
    [one["logGroupIdentifier"], one["logStreamName"], one["message"]] for one in shown["sessionResults"]
]
told["sampled"] = shown["sessionMetadata"]["sampled"]
put(*["ERROR again"] * 600)
many = await_results(updates)
told["many"] = [len(many["sessionResults"]), many["sessionMetadata"]["sampled"]]
stream.close()

try:
    logs.start_live_tail(logGroupIdentifiers=[group.replace("cruddur", "absent")])
except logs.exceptions.ResourceNotFoundException as refused:
    told["absent"] = refused.response["Error"]["Code"]
print(json.dumps(told))
