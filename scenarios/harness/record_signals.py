"""Sends one log record and one point of each kind of metric over OTLP/HTTP: run by an environment's own Python.

The endpoint and headers come from the SDK's variables."""

import logging

from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.metrics import Observation
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider


def send_log_record():
    provider = LoggerProvider()
    provider.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
    logger = logging.getLogger("home.activities")
    logger.addHandler(LoggingHandler(logger_provider=provider))
    with TracerProvider().get_tracer("home.activities").start_as_current_span("home"):
        try:
            raise ValueError("home feed did not load")
        except ValueError:
            logger.exception("no feed for %s", "andrewbrown", extra={"app.result_length": 0})
    provider.shutdown()


def send_metrics():
    reader = PeriodicExportingMetricReader(OTLPMetricExporter(), export_interval_millis=3_600_000)
    provider = MeterProvider(metric_readers=[reader])
    meter = provider.get_meter("home.activities", "1.0.0")
    attributes = {"http.route": "/api/activities/home"}
    meter.create_counter("app.requests", unit="1", description="answered requests").add(3, attributes)
    meter.create_up_down_counter("app.open_requests").add(-1, attributes)
    duration = meter.create_histogram("app.duration", unit="ms")
    for milliseconds in (0.5, 7, 12.25, 20000):
        duration.record(milliseconds, attributes)
    meter.create_observable_gauge("app.load", callbacks=[lambda _: [Observation(0.25, attributes)]])
    provider.shutdown()


send_log_record()
send_metrics()
