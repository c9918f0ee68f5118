"""A failure that is reported by hand: a critical message, and a 500 without an exception."""

import rollbar

from app import app


@app.route("/rollbar/errtest")
def rollbar_errtest():
    rollbar.report_message("errtest: the backend says it failed", "critical")
    return "errtest", 500
