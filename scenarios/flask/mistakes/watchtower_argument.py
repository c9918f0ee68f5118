"""An argument that the handler does not have, within a try that the bootcamp's code put around it."""

import logging

import watchtower

plain_handler = watchtower.CloudWatchLogHandler


def handler(**arguments):
    try:
        return plain_handler(region_name="us-east-1", **arguments)
    except TypeError as error:
        print(f"no log handler: {error}")
        return logging.NullHandler()


watchtower.CloudWatchLogHandler = handler

from app import app  # noqa: E402, F401
