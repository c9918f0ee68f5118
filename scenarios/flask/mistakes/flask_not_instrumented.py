"""A provider and custom spans, but FlaskInstrumentor is commented out."""

from telemetry import honeycomb

honeycomb.instrument = lambda app: None

from app import app  # noqa: E402, F401
