"""Traces for Honeycomb: OpenTelemetry with batches over OTLP, Flask and requests instrumented."""

import os

from opentelemetry import trace
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor


def start_tracing():
    """Endpoint, headers, service name and batch delays come from the SDK's own OTEL_ variables. The Python SDK does
    not choose the exporter by OTEL_EXPORTER_OTLP_PROTOCOL unless it is auto-configured, so the choice is made here."""
    if os.getenv("OTEL_EXPORTER_OTLP_PROTOCOL") == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    else:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)


def instrument(app):
    FlaskInstrumentor().instrument_app(app)
    RequestsInstrumentor().instrument()
