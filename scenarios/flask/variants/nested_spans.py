"""Spans within the home feed's span, four levels in all, with events and an exception that is caught and recorded."""

from opentelemetry.trace import Status, StatusCode

from app import app  # noqa: F401
from services import activities

plain_feed = activities.home_feed


def nested_feed(now):
    with activities.HOME_TRACER.start_as_current_span("Result") as result:
        result.add_event("Gonna try it!")
        feed = content(now)
        result.add_event("Did it!")
    return feed


def content(now):
    with activities.HOME_TRACER.start_as_current_span("Result_content") as span:
        try:
            raise LookupError("no content yet")
        except LookupError as failure:
            span.record_exception(failure)
            span.set_status(Status(StatusCode.ERROR, "no content yet"))
        return plain_feed(now)


activities.home_feed = nested_feed
