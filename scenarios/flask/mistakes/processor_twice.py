"""The same exporter behind two processors."""

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from telemetry import honeycomb

plain_start_tracing = honeycomb.start_tracing


def start_tracing():
    plain_start_tracing()
    trace.get_tracer_provider().add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))


honeycomb.start_tracing = start_tracing

from app import app  # noqa: E402, F401
