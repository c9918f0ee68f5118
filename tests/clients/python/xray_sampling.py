"""Requests for a path, as many as each line of standard input asks for, whose sampling aws-xray-sdk decides by the central
rules. Each answer tells how many were sampled."""

import json
import sys

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.models.trace_header import TraceHeader
from aws_xray_sdk.ext.util import calculate_sampling_decision

NAME = "python-backend"
xray_recorder.configure(service=NAME)

for line in sys.stdin:
    asked = json.loads(line)
    request = {"host": "backend", "method": "GET", "path": asked["path"], "service": NAME}
    sampled = 0
    for _ in range(asked["count"]):
        decision = calculate_sampling_decision(TraceHeader(), xray_recorder, request)
        sampled += xray_recorder.begin_segment(NAME, sampling=decision).sampled
        xray_recorder.end_segment()
    print(json.dumps({"sampled": sampled}), flush=True)
