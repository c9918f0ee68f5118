"""Cruddur's backend in Flask, instrumented for four vendors: the system under test of the first scenarios.

Its endpoints, statuses, CORS rules and settings are those of the demo application of the 2023 AWS cloud project
bootcamp after its week on distributed tracing, two of its defects included (they are the cheapest real errors there
are: see services/activities.py and services/replies.py). Every setting comes from the environment; ../README.md lists
them. The order below matters: whatever needs `app` stands after its creation.
"""

import os

from flask import Flask, request
from flask_cors import CORS, cross_origin

from services import activities, messages, replies
from telemetry import cloudwatch, honeycomb, rollbar_items, xray

honeycomb.start_tracing()

app = Flask(__name__)

log = cloudwatch.open_log()
xray.trace_requests(app)
honeycomb.instrument(app)
rollbar_items.report_exceptions(app)
cloudwatch.log_requests(app, log)

# allow_headers is one string on purpose: flask-cors takes it as the name of one header, so no preflight of a GET route
# is ever granted a header. That is what the seeds deployed.
CORS(
    app,
    resources={r"/api/*": {"origins": [os.getenv("FRONTEND_URL"), os.getenv("BACKEND_URL")]}},
    expose_headers="location,link",
    allow_headers="content-type,if-modified-since",
    methods="OPTIONS,GET,HEAD,POST",
)

CALLER = "andrewbrown"  # nobody signs in yet


def answer(model):
    """The reply to what a service found: 422 with the error codes, or 200 with the data."""
    if model["errors"]:
        return model["errors"], 422
    return model["data"], 200


@app.route("/api/message_groups", methods=["GET"])
def data_message_groups():
    return answer(messages.groups(CALLER))


@app.route("/api/messages/@<string:handle>", methods=["GET"])
def data_messages(handle):
    return answer(messages.conversation(CALLER, request.args.get("user_reciever_handle")))


@app.route("/api/messages", methods=["POST", "OPTIONS"])
@cross_origin()
def data_create_message():
    body = request.json
    return answer(messages.create(body["message"], CALLER, body["user_receiver_handle"]))


@app.route("/api/activities/home", methods=["GET"])
@xray.capture("activities_home")
def data_home():
    return activities.home(log), 200


@app.route("/api/activities/notifications", methods=["GET"])
@xray.capture("activities_notifications")
def data_notifications():
    return activities.notifications(), 200


@app.route("/api/activities/@<string:handle>", methods=["GET"])
@xray.capture("activities_users")
def data_handle(handle):
    return answer(activities.of_user(handle))


@app.route("/api/activities/search", methods=["GET"])
def data_search():
    return answer(activities.search(request.args.get("term")))


@app.route("/api/activities", methods=["POST", "OPTIONS"])
@cross_origin()
def data_activities():
    body = request.json
    return answer(activities.create(body["message"], CALLER, body["ttl"]))


@app.route("/api/activities/<string:activity_uuid>", methods=["GET"])
@xray.capture("activities_show")
def data_show_activity(activity_uuid):
    return activities.show(activity_uuid), 200


@app.route("/api/activities/<string:activity_uuid>/reply", methods=["POST", "OPTIONS"])
@cross_origin()
def data_activities_reply(activity_uuid):
    return answer(replies.create(request.json["message"], CALLER, activity_uuid))


@app.route("/rollbar/test")
def rollbar_test():
    return rollbar_items.report_hello()


@app.route("/api/health-check")
def health_check():
    return {"success": True, "ver": 1}, 200
