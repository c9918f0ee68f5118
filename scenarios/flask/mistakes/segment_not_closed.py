"""A segment of one's own, opened within a view and never closed: it hides the middleware's."""

from aws_xray_sdk.core import xray_recorder

from app import app  # noqa: F401
from services import activities

plain_home = activities.home


def home(log):
    xray_recorder.begin_segment("user_activities")
    return plain_home(log)


activities.home = home
