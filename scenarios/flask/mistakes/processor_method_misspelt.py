"""The console exporter by a method that no provider has."""

from opentelemetry import trace
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor

from app import app  # noqa: F401

trace.get_tracer_provider().add_simple_span_processor(SimpleSpanProcessor(ConsoleSpanExporter()))
