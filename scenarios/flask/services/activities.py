"""Activities: the home feed and its relatives. All data is made up; only uuids, handles and counts are fixed."""

import uuid
from datetime import datetime, timedelta, timezone

from opentelemetry import trace

from services.model import fail, new_model
from telemetry import xray

HOME_TRACER = trace.get_tracer("home.activities")
NOTIFICATIONS_TRACER = trace.get_tracer("notifications.activities")

ANDREW_BROWN_ACTIVITY = "68f126b0-1ceb-4a33-88be-d90fa7109eee"
WORF_ACTIVITY = "66e12864-8c26-4c3a-9658-95a10f8fea67"
GAREK_ACTIVITY = "248959df-3079-4947-b847-9e0892d1bab4"
REPLY = "26e12864-1c26-5c3a-9658-97a10f8fea67"

MESSAGE_LIMIT = 280
LIFETIMES = {
    "30-days": timedelta(days=30),
    "7-days": timedelta(days=7),
    "3-days": timedelta(days=3),
    "1-day": timedelta(days=1),
    "12-hours": timedelta(hours=12),
    "3-hours": timedelta(hours=3),
    "1-hour": timedelta(hours=1),
}


def home(log):
    log.info("HomeActivities")
    with HOME_TRACER.start_as_current_span("home-activities-mock-data") as span:
        now = datetime.now(timezone.utc).astimezone()
        span.set_attribute("app.now", now.isoformat())
        feed = home_feed(now)
        span.set_attribute("app.result_length", len(feed))
    return feed


def notifications():
    with NOTIFICATIONS_TRACER.start_as_current_span("notifications-activities-mock-data") as span:
        now = datetime.now(timezone.utc).astimezone()
        span.set_attribute("app.now", now.isoformat())
        feed = [_counted(now, ANDREW_BROWN_ACTIVITY, "coco", "A white fox lives next door")]
        span.set_attribute("app.result_length", len(feed))
    xray.put_metadata("app.now", now.isoformat(), "activities/notifications")
    xray.put_metadata("res.length", len(feed), "activities/notifications")
    return feed


def of_user(handle):
    model = new_model()
    if not handle:
        fail(model, "blank_user_handle")
        return model
    now = datetime.now()
    model["data"] = [
        {
            "uuid": GAREK_ACTIVITY,
            "handle": handle,
            "message": "Cloud is fun!",
            "created_at": (now - timedelta(days=1)).isoformat(),
            "expires_at": (now + timedelta(days=31)).isoformat(),
        }
    ]
    with xray.subsegment("mock-data") as subsegment:
        if subsegment is not None:
            subsegment.put_metadata("key", {"now": now.isoformat(), "results-size": len(model["data"])}, "namespace")
    return model


def search(term):
    model = new_model()
    if not term:
        fail(model, "search_term_blank")
        return model
    model["data"] = [
        {
            "uuid": GAREK_ACTIVITY,
            "handle": "andrewbrown",
            "message": "Cloud is fun!",
            "created_at": datetime.now(timezone.utc).astimezone().isoformat(),
        }
    ]
    return model


def create(message, handle, ttl):
    model = new_model()
    lifetime = LIFETIMES.get(ttl)
    if lifetime is None:
        fail(model, "ttl_blank")
    if not handle:
        fail(model, "user_handle_blank")
    if not message:
        fail(model, "message_blank")
    elif len(message) > MESSAGE_LIMIT:
        fail(model, "message_exceed_max_chars")
    if model["errors"]:
        return model
    now = datetime.now(timezone.utc).astimezone()
    model["data"] = {
        "uuid": str(uuid.uuid4()),
        "display_name": "Andrew Brown",
        "handle": handle,
        "message": message,
        "created_at": now.isoformat(),
        "expires_at": (now + lifetime).isoformat(),
    }
    return model


class ShowActivities:
    @staticmethod
    def run(activity_uuid):
        now = datetime.now(timezone.utc).astimezone()
        activity = _counted(now, activity_uuid, "Andrew Brown", "Cloud is very fun!")
        activity["replies"] = _reply(now)
        return [activity]


def show(activity_uuid):
    # The seeds' defect, kept: the class is called ShowActivities, so this route is always a 500 with a NameError.
    return ShowActivity.run(activity_uuid)  # noqa: F821


def home_feed(now):
    first = _counted(now, ANDREW_BROWN_ACTIVITY, "Andrew Brown", "Cloud is very fun!", likes=5, replies=[_reply(now)])
    return [
        first,
        _liked(now, WORF_ACTIVITY, "Worf", "Prune juice is a drink for warriors", timedelta(days=7)),
        _liked(now, GAREK_ACTIVITY, "Garek", "I only mend clothes here", timedelta(hours=1)),
    ]


def _counted(now, activity_uuid, handle, message, likes=0, replies=()):
    return {
        "uuid": activity_uuid,
        "handle": handle,
        "message": message,
        "created_at": (now - timedelta(days=2)).isoformat(),
        "expires_at": (now + timedelta(days=5)).isoformat(),
        "likes_count": likes,
        "replies_count": len(replies),
        "reposts_count": 0,
        "replies": list(replies),
    }


def _liked(now, activity_uuid, handle, message, age):
    return {
        "uuid": activity_uuid,
        "handle": handle,
        "message": message,
        "created_at": (now - age).isoformat(),
        "expires_at": (now + timedelta(days=9)).isoformat(),
        "likes": 0,
        "replies": [],
    }


def _reply(now):
    return {
        "uuid": REPLY,
        "reply_to_activity_uuid": ANDREW_BROWN_ACTIVITY,
        "handle": "Worf",
        "message": "There is no honor in it",
        "likes_count": 0,
        "replies_count": 0,
        "reposts_count": 0,
        "created_at": (now - timedelta(days=2)).isoformat(),
    }
