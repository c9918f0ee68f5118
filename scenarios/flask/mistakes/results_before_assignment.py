"""The attribute is set from results that do not exist yet."""

from app import app  # noqa: F401
from services import activities


def notifications():
    with activities.NOTIFICATIONS_TRACER.start_as_current_span("notifications-activities-mock-data") as span:
        span.set_attribute("app.result_length", len(results))
        results = []  # noqa: F841
    return results


activities.notifications = notifications
