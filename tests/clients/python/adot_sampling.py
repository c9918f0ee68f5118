"""Requests for a path, as many as each line of standard input asks for, whose sampling the remote sampler of the AWS Distro
for OpenTelemetry decides. Each answer tells how many were sampled."""

import json
import os
import sys

from amazon.opentelemetry.distro.sampler.aws_xray_remote_sampler import AwsXRayRemoteSampler
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import Decision

ids = RandomIdGenerator()
resource = Resource.create({"service.name": "adot-backend"})
sampler = AwsXRayRemoteSampler(resource, endpoint=f"http://{os.environ['AWS_XRAY_DAEMON_ADDRESS']}")

for line in sys.stdin:
    asked = json.loads(line)
    attributes = {"url.path": asked["path"], "http.request.method": "GET"}
    sampled = 0
    for _ in range(asked["count"]):
        made = sampler.should_sample(None, ids.generate_trace_id(), "request", trace.SpanKind.SERVER, attributes)
        sampled += made.decision == Decision.RECORD_AND_SAMPLE
    print(json.dumps({"sampled": sampled}), flush=True)
