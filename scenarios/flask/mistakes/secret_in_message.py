"""The Authorization header of the request as a message for Rollbar."""

import rollbar
from flask import request

from app import app


@app.route("/rollbar/authorization")
def report_authorization():
    rollbar.report_message(request.headers.get("Authorization", ""), "info")
    return "reported"
