"""Data of one's own on every Rollbar item: a payload handler."""

import itertools

import rollbar

from app import app

USERS = itertools.cycle([("1", "standard", "red"), ("2", "premium", "blue"), ("3", "standard", "green")])


def add_user(payload, **_):
    payload["data"].update(zip(("user.id", "user.type", "user.team"), next(USERS)))
    return payload


def init():
    rollbar.events.add_payload_handler(add_user)


# Like the plain application's own: rollbar.init forgets the handlers that were there before.
if hasattr(app, "before_first_request"):
    app.before_first_request(init)
else:
    init()
