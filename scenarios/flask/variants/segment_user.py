"""The user on the segment, and a subsegment that says when the work began."""

from datetime import datetime, timezone

from aws_xray_sdk.core import xray_recorder

from app import app  # noqa: F401
from services import activities
from telemetry import xray

plain_home = activities.home


def home_of_user(log):
    xray_recorder.current_segment().set_user("U12345")
    now = datetime.now(timezone.utc).isoformat()
    with xray.subsegment("start_time") as subsegment:
        if subsegment is not None:
            subsegment.put_annotation("time", now)
            subsegment.put_metadata("start", {"now": now}, "home")
    return plain_home(log)


activities.home = home_of_user
