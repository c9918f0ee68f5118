"""OpenTelemetry with X-Ray's ids and header, which calls a service that the X-Ray SDK traces: one trace over both. Prints
the ids, the header that was sent and the one that came back."""

import json
import os

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.ext.util import calculate_sampling_decision, construct_xray_header
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.propagators.aws import AwsXRayPropagator
from opentelemetry.sdk.extension.aws.trace import AwsXRayIdGenerator
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind

provider = TracerProvider(id_generator=AwsXRayIdGenerator())
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
xray_recorder.configure(service="inventory", daemon_address=os.environ["AWS_XRAY_DAEMON_ADDRESS"])


def inventory(headers):
    """The service that is called."""
    header = construct_xray_header(headers)
    sampled = calculate_sampling_decision(header, xray_recorder, {"service": "inventory"})
    xray_recorder.begin_segment("inventory", traceid=header.root, parent_id=header.parent, sampling=sampled)
    xray_recorder.end_segment()
    return {"X-Amzn-Trace-Id": header.to_header_str()}


with provider.get_tracer("home.page").start_as_current_span("HomeFeedPage", kind=SpanKind.CLIENT) as page:
    sent = {}
    AwsXRayPropagator().inject(sent)
    reply = inventory(sent)
answered = trace.get_current_span(AwsXRayPropagator().extract(reply)).get_span_context()
provider.shutdown()
context = page.get_span_context()
ids = {"traceId": trace.format_trace_id(context.trace_id), "spanId": trace.format_span_id(context.span_id)}
print(json.dumps({"page": ids, "header": sent["X-Amzn-Trace-Id"], "answered": trace.format_trace_id(answered.trace_id)}))
