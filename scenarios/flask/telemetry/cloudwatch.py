"""Log events for CloudWatch Logs: the application's own logger with watchtower's handler."""

import logging
import os
from time import strftime

import boto3
import watchtower
from flask import request


def open_log():
    """The logger "app" is also Flask's app.logger, so Flask's own "Exception on ..." lines reach the group as well.

    botocore reads AWS_ENDPOINT_URL_CLOUDWATCH_LOGS and AWS_ENDPOINT_URL by itself only since 1.31; the releases of
    early 2023 must be told."""
    log = logging.getLogger("app")
    log.setLevel(logging.DEBUG)
    log.addHandler(logging.StreamHandler())
    endpoint = os.getenv("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS") or os.getenv("AWS_ENDPOINT_URL")
    client = boto3.client("logs", endpoint_url=endpoint)
    log.addHandler(watchtower.CloudWatchLogHandler(log_group_name="cruddur", boto3_client=client))
    log.info("test log")
    return log


def log_requests(app, log):
    @app.after_request
    def access_line(response):
        stamp = strftime("[%Y-%b-%d %H:%M]")
        log.error(
            "%s %s %s %s %s %s",
            stamp,
            request.remote_addr,
            request.method,
            request.scheme,
            request.full_path,
            response.status,
        )
        return response
