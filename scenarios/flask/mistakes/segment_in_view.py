"""A segment of one's own, opened and closed within a view: it takes the middleware's place."""

from aws_xray_sdk.core import xray_recorder

from app import app

message_groups = app.view_functions["data_message_groups"]


def data_message_groups():
    xray_recorder.begin_segment("message_groups")
    reply = message_groups()
    xray_recorder.end_segment()
    return reply


app.view_functions["data_message_groups"] = data_message_groups
