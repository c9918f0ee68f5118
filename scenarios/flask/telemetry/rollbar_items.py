"""Items for Rollbar: every unhandled exception, and a greeting on request."""

import os

import rollbar
import rollbar.contrib.flask
from flask import got_request_exception


def report_exceptions(app):
    def init():
        # The endpoint is the base with its trailing slash; pyrollbar appends "item/" and reads no variable for it.
        settings = {"endpoint": os.environ["ROLLBAR_ENDPOINT"]} if os.getenv("ROLLBAR_ENDPOINT") else {}
        rollbar.init(
            os.getenv("ROLLBAR_ACCESS_TOKEN"),
            "production",
            root=os.path.dirname(os.path.realpath(os.path.join(__file__, ".."))),
            allow_logging_basic_config=False,
            **settings,
        )
        got_request_exception.connect(rollbar.contrib.flask.report_exception, app)

    # before_first_request, which the seeds used, is gone since Flask 2.3.
    if hasattr(app, "before_first_request"):
        app.before_first_request(init)
    else:
        with app.app_context():
            init()


def report_hello():
    rollbar.report_message("Hello World!", "warning")
    return "Hello World!"
