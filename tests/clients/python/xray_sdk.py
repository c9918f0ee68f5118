"""aws-xray-sdk without a framework: segments of a worker that calls a service and AWS through patched libraries, a broken
one, one whose subsegments leave before it does, a caller's trace, an unsampled one, and one that the central rule decided.
Prints their trace ids as one line of JSON, and goes on until standard input ends, so that the samples are reported."""

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
import requests
from aws_xray_sdk.core import patch, xray_recorder
from aws_xray_sdk.core.models import http
from aws_xray_sdk.ext.util import calculate_sampling_decision, construct_xray_header

xray_recorder.configure(service="python-worker", context_missing="RUNTIME_ERROR")
patch(("requests", "botocore"))
RULE_SECONDS = 30


class Inventory(BaseHTTPRequestHandler):
    def do_GET(self):
        header = construct_xray_header(self.headers)
        sampled = calculate_sampling_decision(header, xray_recorder, {"service": "inventory"})
        segment = xray_recorder.begin_segment("inventory", traceid=header.root, parent_id=header.parent, sampling=sampled)
        segment.put_http_meta(http.METHOD, "GET")
        segment.put_http_meta(http.STATUS, 200)
        xray_recorder.end_segment()
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Inventory)
threading.Thread(target=server.serve_forever, daemon=True).start()
told = {}


def home():
    segment = xray_recorder.begin_segment(sampling=1)
    segment.put_http_meta(http.METHOD, "GET")
    segment.put_http_meta(http.URL, "http://localhost/home")
    segment.put_http_meta(http.STATUS, 200)
    segment.set_user("andrewbrown")
    with xray_recorder.in_subsegment("mock-data") as mock:
        mock.put_annotation("results", 3)
        mock.put_metadata("now", {"day": "Saturday"}, "home")
        requests.get(f"http://127.0.0.1:{server.server_port}/inventory", timeout=20)
        boto3.client("logs").describe_log_groups()
    xray_recorder.end_segment()
    return segment.trace_id


@xray_recorder.capture("query")
def query():
    raise LookupError("no such table")


def broken():
    segment = xray_recorder.begin_segment(sampling=1)
    try:
        query()
    except LookupError as error:
        segment.add_exception(error, [])
        segment.put_http_meta(http.STATUS, 500)
    xray_recorder.end_segment()
    return segment.trace_id


def streamed():
    segment = xray_recorder.begin_segment(sampling=1)
    for row in range(40):
        with xray_recorder.in_subsegment(f"row {row}"):
            pass
    xray_recorder.end_segment()
    return segment.trace_id


def unsampled():
    segment = xray_recorder.begin_segment(sampling=0)
    with xray_recorder.in_subsegment("nobody sees this"):
        pass
    xray_recorder.end_segment()
    return segment.trace_id


def downstream():
    header = construct_xray_header({"X-Amzn-Trace-Id": f"Root=1-{int(time.time()):08x}-53995c3f42cd8ad853995c3f;"
                                    "Parent=53995c3f42cd8ad8;Sampled=1"})
    segment = xray_recorder.begin_segment(traceid=header.root, parent_id=header.parent, sampling=header.sampled)
    xray_recorder.end_segment()
    return segment.trace_id


def ruled():
    """Rules come on a thread of the SDK's own, asked for by the first of these; until then it decides by itself."""
    deadline = time.monotonic() + RULE_SECONDS
    while time.monotonic() < deadline:
        segment = xray_recorder.begin_segment()
        xray_recorder.end_segment()
        if segment.sampled and "sampling_rule_name" in segment.aws["xray"]:
            return segment.trace_id
        time.sleep(0.01)
    sys.exit("no central rule came")


for story in (home, broken, streamed, unsampled, downstream, ruled):
    told[story.__name__] = {"trace_id": story()}
print(json.dumps(told), flush=True)
sys.stdin.read()
server.shutdown()
