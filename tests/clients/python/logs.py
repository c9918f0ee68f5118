"""Who am I, and one log event: boto3 without an endpoint of its own."""

import time

import boto3

print(boto3.client("sts").get_caller_identity()["Account"])
logs = boto3.client("logs")
logs.create_log_group(logGroupName="tls")
logs.create_log_stream(logGroupName="tls", logStreamName="one")
logs.put_log_events(
    logGroupName="tls",
    logStreamName="one",
    logEvents=[{"timestamp": int(time.time() * 1000), "message": "Hello over TLS!"}],
)
print(boto3.client("xray").get_sampling_rules()["SamplingRuleRecords"][0]["SamplingRule"]["RuleName"])
