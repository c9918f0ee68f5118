"""boto3_calls.py SERVICE: calls boto3 as each line of standard input says, and answers with what came back or with the
error's class, code, status and message."""

import json
import sys

import boto3
from botocore.exceptions import ClientError

client = boto3.client(sys.argv[1])


def made_of(asked):
    try:
        reply = getattr(client, asked["call"])(**asked["arguments"])
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return {"error": type(error).__name__, "status": status, **error.response["Error"]}
    reply.pop("ResponseMetadata")
    return reply


for line in sys.stdin:
    print(json.dumps(made_of(json.loads(line)), default=lambda time: time.timestamp()), flush=True)
