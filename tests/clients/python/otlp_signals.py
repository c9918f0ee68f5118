"""Two log records, and a counter, a histogram and a gauge: otlp_signals.py proto-http|proto-grpc|json-http."""

import importlib
import json
import sys

from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

encoding, transport = sys.argv[1].split("-")


def exporter(module, name):
    return getattr(importlib.import_module(f"opentelemetry.exporter.otlp.{encoding}.{transport}.{module}"), name)()


logs = LoggerProvider()
logs.add_log_record_processor(BatchLogRecordProcessor(exporter("_log_exporter", "OTLPLogExporter")))
logger = logs.get_logger("home.page", "1.0.0")
for severity in (SeverityNumber.INFO, SeverityNumber.ERROR):
    logger.emit(
        LogRecord(
            timestamp=1544712660000000000,
            severity_number=severity,
            severity_text=severity.name,
            body="GET /api/activities/home",
            attributes={"http.response.status_code": 200, "tags": ["a"]},
        )
    )
logs.shutdown()

reader = PeriodicExportingMetricReader(exporter("metric_exporter", "OTLPMetricExporter"), export_interval_millis=3_600_000)
metrics = MeterProvider(metric_readers=[reader])
meter = metrics.get_meter("home.page", "1.0.0")
meter.create_counter("requests").add(3, {"http.route": "/api/activities/home"})
meter.create_histogram("duration", unit="ms").record(7.5)
meter.create_gauge("temperature").set(21.5)
metrics.shutdown()
print(json.dumps({}))
