"""Sends one span through the OTLP/HTTP exporter; endpoint, headers and certificate come from its own variables."""

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(timeout=10)))
provider.get_tracer("tls").start_span("over TLS").end()
provider.shutdown()
