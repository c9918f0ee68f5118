"""Who asked, on every server span: app.user_id, an integer, and app.user_handle where the path names one."""

from flask import request
from opentelemetry import trace

from app import app

USER_WITHOUT_SIGN_IN = 1001


@app.before_request
def name_the_user():
    span = trace.get_current_span()
    span.set_attribute("app.user_id", request.args.get("user_id", USER_WITHOUT_SIGN_IN, type=int))
    if request.view_args and "handle" in request.view_args:
        span.set_attribute("app.user_handle", request.view_args["handle"])
