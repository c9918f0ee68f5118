"""Instrumented, but no provider: imports and the two instrument calls alone, as one text of the bootcamp shows them."""

from telemetry import honeycomb

honeycomb.start_tracing = lambda: None

from app import app  # noqa: E402, F401
