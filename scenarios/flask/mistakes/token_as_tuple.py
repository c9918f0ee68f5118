"""A comma after the token makes it a tuple, which no header can carry."""

import rollbar

plain_init = rollbar.init


def init(token, *arguments, **settings):
    plain_init((token,), *arguments, **settings)


rollbar.init = init

from app import app  # noqa: E402, F401
