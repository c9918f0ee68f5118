"""More about the home feed on its span: its size as JSON (a student's spelling) and the activity with most likes."""

import json

from opentelemetry import trace

from app import app  # noqa: F401
from services import activities

plain_feed = activities.home_feed


def likes(activity):
    return activity.get("likes_count", activity.get("likes", 0))


def measured_feed(now):
    feed = plain_feed(now)
    span = trace.get_current_span()
    span.set_attribute("app.result_lenght_byte", len(json.dumps(feed).encode()))
    span.set_attribute("app.max.likes.id", max(feed, key=likes)["uuid"])
    return feed


activities.home_feed = measured_feed
