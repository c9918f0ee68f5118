"""A method of X-Ray's segments, called on OpenTelemetry's span."""

from opentelemetry import trace

from app import app  # noqa: F401
from services import activities

plain_home = activities.home


def home(log):
    trace.get_current_span().set_user("andrewbrown")
    return plain_home(log)


activities.home = home
