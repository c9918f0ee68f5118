"""What the X-Ray daemon does with segments, by boto3: forward_segments.py API-URL. Takes datagrams on a free port and
signs each document on to X-Ray's API, with the region and the keys of its environment. Prints the port, then a line
for each document: the service's reply, or its refusal."""

import json
import socket
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

LARGEST_DATAGRAM = 65536


def tell(**what):
    print(json.dumps(what), flush=True)


def forward(xray, document):
    try:
        reply = xray.put_trace_segments(TraceSegmentDocuments=[document])
        tell(unprocessed=reply["UnprocessedTraceSegments"])
    except ClientError as refusal:
        status = refusal.response["ResponseMetadata"]["HTTPStatusCode"]
        tell(error=refusal.response["Error"]["Code"], status=status)


def main(url):
    xray = boto3.client("xray", endpoint_url=url, config=Config(retries={"total_max_attempts": 1}))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind(("127.0.0.1", 0))
        tell(port=door.getsockname()[1])
        while True:
            header, _, document = door.recv(LARGEST_DATAGRAM).partition(b"\n")
            forward(xray, document.decode())


if __name__ == "__main__":
    main(sys.argv[1])
