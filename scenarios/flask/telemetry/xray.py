"""Segments for AWS X-Ray: the SDK's Flask middleware, named after the Host where AWS_XRAY_URL matches it."""

import os

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.ext.flask.middleware import XRayMiddleware

capture = xray_recorder.capture
subsegment = xray_recorder.in_subsegment


def trace_requests(app):
    xray_recorder.configure(
        service=os.getenv("AWS_XRAY_SERVICE", "backend-flask"), dynamic_naming=os.getenv("AWS_XRAY_URL")
    )
    XRayMiddleware(app, xray_recorder)


def put_metadata(key, value, namespace):
    """On the subsegment that is open now; an unsampled request has none that counts."""
    current = xray_recorder.current_subsegment()
    if current is not None:
        current.put_metadata(key, value, namespace)
