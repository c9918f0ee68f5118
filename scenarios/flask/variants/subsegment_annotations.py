"""Annotations, by which X-Ray can search, on a subsegment of the notifications."""

from app import app  # noqa: F401
from services import activities
from telemetry import xray

plain_notifications = activities.notifications


def annotated():
    with xray.subsegment("notifications-sub") as subsegment:
        feed = plain_notifications()
        if subsegment is not None:
            subsegment.put_annotation("notifications_now", feed[0]["created_at"])
            subsegment.put_annotation("notif_result_length", len(feed))
    return feed


activities.notifications = annotated
