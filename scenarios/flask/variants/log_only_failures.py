"""An access line for what did not end with 200 only: less noise, and less to pay."""

from telemetry import cloudwatch

plain_log_requests = cloudwatch.log_requests


def log_failures(app, log):
    plain_log_requests(app, log)
    access_line = app.after_request_funcs[None].pop()
    app.after_request(lambda response: response if response.status_code == 200 else access_line(response))


cloudwatch.log_requests = log_failures

from app import app  # noqa: E402, F401
