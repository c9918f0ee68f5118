"""CORS as the page needs it to hand on its trace: allow_headers as a list, traceparent in it."""

import flask_cors

plain_cors = flask_cors.CORS


def allow_trace_headers(app, **options):
    return plain_cors(app, **{**options, "allow_headers": ["content-type", "if-modified-since", "traceparent"]})


flask_cors.CORS = allow_trace_headers

from app import app  # noqa: E402, F401
