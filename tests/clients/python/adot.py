"""A service with the AWS Distro for OpenTelemetry: X-Ray's remote sampler, ids and trace header; spans leave as OTLP in
datagrams to the daemon and, signed, over HTTP to X-Ray's endpoint. Prints what it did as one line of JSON, and goes on
serving requests until standard input ends."""

import json
import os
import sys
import time

import botocore.session
from amazon.opentelemetry.distro.exporter.otlp.aws.traces.otlp_aws_span_exporter import OTLPAwsSpanExporter
from amazon.opentelemetry.distro.otlp_udp_exporter import OTLPUdpSpanExporter
from amazon.opentelemetry.distro.sampler.aws_xray_remote_sampler import AwsXRayRemoteSampler
from opentelemetry import trace
from opentelemetry.propagators.aws import AwsXRayPropagator
from opentelemetry.sdk.extension.aws.trace import AwsXRayIdGenerator
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.sampling import Decision

resource = Resource.create({"service.name": "backend-adot", "cloud.platform": "aws_ecs"})
daemon = os.environ["AWS_XRAY_DAEMON_ADDRESS"]
sampler = AwsXRayRemoteSampler(resource, endpoint=f"http://{daemon}")

deadline = time.monotonic() + 20
attributes = {"url.path": "/api/activities/home", "http.request.method": "GET"}
# Rules come on a thread of the sampler's own; until then it decides by itself.
while sampler.should_sample(None, 0, "probe", trace.SpanKind.SERVER, attributes).decision != Decision.DROP:
    if time.monotonic() > deadline:
        sys.exit("the rule that samples nothing never came")
    time.sleep(0.01)

provider = TracerProvider(resource=resource, sampler=sampler, id_generator=AwsXRayIdGenerator())
provider.add_span_processor(SimpleSpanProcessor(OTLPUdpSpanExporter(daemon)))
endpoint = os.environ["AWS_ENDPOINT_URL_XRAY"] + "/v1/traces"
provider.add_span_processor(
    SimpleSpanProcessor(OTLPAwsSpanExporter("us-east-1", botocore.session.Session(), endpoint=endpoint))
)
tracer = provider.get_tracer("adot")

served = {"/api/activities/home": 0, "/api/messages": 0}
header = {}
for path, count in (("/api/activities/home", 5), ("/api/messages", 3)):
    for _ in range(count):
        about = {"url.path": path, "http.request.method": "GET"}
        with tracer.start_as_current_span(f"GET {path}", kind=trace.SpanKind.SERVER, attributes=about) as span:
            served[path] += span.is_recording()
            if span.is_recording():
                AwsXRayPropagator().inject(header)
print(json.dumps({"sampled": served, "header": header["X-Amzn-Trace-Id"]}), flush=True)
sys.stdin.read()
provider.shutdown()
