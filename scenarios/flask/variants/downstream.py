"""A backend that asks another one: DOWNSTREAM_URL. X-Ray's SDK patches requests, as OpenTelemetry's has already."""

import os

import requests
from aws_xray_sdk.core import patch

from app import app

# pyrollbar and the OTLP exporter post from threads without a segment: AWS_XRAY_CONTEXT_MISSING=IGNORE_ERROR lets them.
patch(("requests",))


@app.route("/api/downstream/<path:path>")
def downstream(path):
    reply = requests.get(f"{os.environ['DOWNSTREAM_URL']}/api/{path}", timeout=30)
    return reply.text, reply.status_code
