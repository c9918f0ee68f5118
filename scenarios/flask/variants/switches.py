"""Vendors that can be switched off: DISABLE_HONEYCOMB, DISABLE_ROLLBAR, and CloudWatch Logs unless
ENABLE_CLOUD_WATCH_LOG is set. X-Ray's SDK has a switch of its own, AWS_XRAY_SDK_ENABLED."""

import logging
import os

from telemetry import cloudwatch, honeycomb, rollbar_items


def nothing(*_):
    pass


if os.getenv("DISABLE_HONEYCOMB"):
    honeycomb.start_tracing = honeycomb.instrument = nothing
if os.getenv("DISABLE_ROLLBAR"):
    rollbar_items.report_exceptions = nothing
if not os.getenv("ENABLE_CLOUD_WATCH_LOG"):
    cloudwatch.open_log = lambda: logging.getLogger("app")
    cloudwatch.log_requests = nothing

from app import app  # noqa: E402, F401
