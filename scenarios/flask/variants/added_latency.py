"""Ten subsegments that take their time, one after the other."""

import time

from app import app  # noqa: F401
from services import activities
from telemetry import xray

LATENCY_SECONDS = 0.002

plain_home = activities.home


def slow_home(log):
    for step in range(10):
        with xray.subsegment(f"home_added_latency_{step}"):
            time.sleep(LATENCY_SECONDS)
    return plain_home(log)


activities.home = slow_home
