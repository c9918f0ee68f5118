"""The home page's trace by OpenTelemetry's own exporter: otlp_traces.py proto-http|proto-grpc|json-http. Endpoint,
compression and resource come from the SDK's variables. Prints the ids as one line of JSON."""

import importlib
import json
import sys

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanKind, Status, StatusCode

encoding, transport = sys.argv[1].split("-")
exporter = importlib.import_module(f"opentelemetry.exporter.otlp.{encoding}.{transport}.trace_exporter").OTLPSpanExporter()
provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(exporter))
tracer = provider.get_tracer("home.page", "1.0.0")


def ids(span):
    context = span.get_span_context()
    return {"traceId": trace.format_trace_id(context.trace_id), "spanId": trace.format_span_id(context.span_id)}


def load(span):
    span.add_event("answered", {"http.response.status_code": 500})
    try:
        raise IndexError("home feed did not load")
    except IndexError as error:
        span.record_exception(error)
        span.set_status(Status(StatusCode.ERROR, str(error)))


other = tracer.start_span("other")
other.end()
attributes = {"app.userId": "andrewbrown", "items": 3, "ratio": 0.25, "cached": False, "tags": ["a", "b"], "umlaut": "äöü😀"}
page = tracer.start_span("HomeFeedPage", kind=SpanKind.CLIENT, attributes=attributes)
within = trace.set_span_in_context(page)
loading = tracer.start_span("load_data", within, links=[Link(other.get_span_context(), {"why": "came from"})])
load(loading)
loading.end()
for row in range(600):
    tracer.start_span(f"row {row}", within, attributes={"row": row}).end()
page.end()
provider.shutdown()
print(json.dumps({"page": ids(page), "load": ids(loading), "other": ids(other)}))
