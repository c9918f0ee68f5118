"""A custom span in every endpoint, each service with a tracer of its own."""

import functools

from opentelemetry import trace

from app import app

# Home and notifications have theirs in the plain application.
SPANS = {
    "data_handle": ("user.activities", "user-activities-mock-data"),
    "data_search": ("search.activities", "search-activities-mock-data"),
    "data_message_groups": ("message.groups", "message-groups-mock-data"),
    "data_messages": ("message.groups", "messages-mock-data"),
    "data_activities": ("create.activity", "create-activity-mock-data"),
    "data_create_message": ("create.message", "create-message-mock-data"),
    "data_activities_reply": ("create.reply", "create-reply-mock-data"),
    "data_show_activity": ("show.activity", "show-activity-mock-data"),
}


def in_span(view, tracer, name):
    @functools.wraps(view)
    def wrapped(*arguments, **named):
        with tracer.start_as_current_span(name):
            return view(*arguments, **named)

    return wrapped


for endpoint, (tracer_name, span_name) in SPANS.items():
    app.view_functions[endpoint] = in_span(app.view_functions[endpoint], trace.get_tracer(tracer_name), span_name)
