"""end_subsegment once too often: the view's own subsegment ends, while the view goes on."""

import time

from aws_xray_sdk.core import xray_recorder

from app import app  # noqa: F401
from services import activities

REST_SECONDS = 0.02  # of the view's work

plain_of_user = activities.of_user


def of_user(handle):
    model = plain_of_user(handle)
    xray_recorder.end_subsegment()
    time.sleep(REST_SECONDS)
    return model


activities.of_user = of_user
