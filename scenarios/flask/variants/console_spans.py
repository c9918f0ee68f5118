"""Spans on standard output beside the export, each as it ends."""

from opentelemetry import trace
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor

from telemetry import honeycomb

plain_start_tracing = honeycomb.start_tracing


def start_tracing():
    plain_start_tracing()
    trace.get_tracer_provider().add_span_processor(SimpleSpanProcessor(ConsoleSpanExporter()))


honeycomb.start_tracing = start_tracing

from app import app  # noqa: E402, F401
