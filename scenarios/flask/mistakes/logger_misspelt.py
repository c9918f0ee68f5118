"""A service that logs by a name that it never defined."""

from app import app  # noqa: F401
from services import activities

plain_home = activities.home


def home(log):
    LOGGER.info("HomeActivities")  # noqa: F821
    return plain_home(log)


activities.home = home
