"""The backend itself: its HTTP surface is what the seeds' frontend met, CORS rules included."""

import json

from checks import check
from harness import expect
from harness.backend import SEEDS_SETTINGS
from harness.drive import EVERY_ENDPOINT, drive

FRONTEND = SEEDS_SETTINGS["FRONTEND_URL"]
ACTIVITY = {"uuid", "handle", "message", "created_at", "expires_at"}
COUNTERS = {"likes_count", "replies_count", "reposts_count"}


@check("backend-endpoints")
def endpoints(scenario):
    with scenario.backend() as backend:
        answered = {(r.method, r.path, r.status): r.body for r in drive(backend, EVERY_ENDPOINT)}
        for message, ttl, error in (
            ("", "7-days", "message_blank"),
            ("x" * 281, "7-days", "message_exceed_max_chars"),
            ("x", "2-days", "ttl_blank"),
            ("", "2-days", "message_blank"),
        ):
            body = json.dumps({"message": message, "ttl": ttl})
            refused = backend.request("POST", "/api/activities", {"Content-Type": "application/json"}, body)
            expect.equal(f"reply to {body[:60]}", (refused.status, json.loads(refused.body)), (422, [error]))
        for path, status in (("/api/activities/@", 500), ("/nothing", 404)):
            expect.equal(f"status of {path}", backend.get(path).status, status)
        wrong_method = backend.request("DELETE", "/api/activities/home")
        expect.equal("status of DELETE", wrong_method.status, 405)
        expect.equal("Allow", sorted(wrong_method.header("Allow").split(", ")), ["GET", "HEAD", "OPTIONS"])
        not_json = backend.request("POST", "/api/activities", {"Content-Type": "text/plain"}, "hello")
        expect.equal("status of a wrong content type", not_json.status, 400 if scenario.is_seeds else 415)

    home = json.loads(answered["GET", "/api/activities/home", 200])
    expect.equal("handles of home", [activity["handle"] for activity in home], ["Andrew Brown", "Worf", "Garek"])
    expect.equal("members of the first", set(home[0]), ACTIVITY | COUNTERS | {"replies"})
    expect.equal("members of the second", set(home[1]), ACTIVITY | {"likes", "replies"})
    expect.equal("replies to the first", [reply["handle"] for reply in home[0]["replies"]], ["Worf"])
    groups = json.loads(answered["GET", "/api/message_groups", 200])
    expect.equal("members of a group", set(groups[0]), {"uuid", "display_name", "handle", "created_at"})


@check("backend-cors")
def cors(scenario):
    with scenario.backend() as backend:
        home = backend.get("/api/activities/home", Origin=FRONTEND)
        expect.equal("allowed origin", home.header("Access-Control-Allow-Origin"), FRONTEND)
        expect.equal("exposed headers", home.header("Access-Control-Expose-Headers"), "location,link")
        expect.equal("Vary", home.header("Vary"), "Origin")
        foreign = backend.get("/api/activities/home", Origin="http://elsewhere.example")
        expect.equal("foreign origin", foreign.header("Access-Control-Allow-Origin"), None)
        expect.equal(
            "outside /api", backend.get("/rollbar/test", Origin=FRONTEND).header("Access-Control-Allow-Origin"), None
        )

        asked = {"Origin": FRONTEND, "Access-Control-Request-Headers": "content-type,traceparent"}
        get = backend.request("OPTIONS", "/api/activities/home", {**asked, "Access-Control-Request-Method": "GET"})
        expect.equal("methods of a GET route", get.header("Access-Control-Allow-Methods"), "OPTIONS,GET,HEAD,POST")
        expect.equal("headers of a GET route", get.header("Access-Control-Allow-Headers"), None)
        post = backend.request("OPTIONS", "/api/messages", {**asked, "Access-Control-Request-Method": "POST"})
        expect.equal(
            "headers of a POST route", post.header("Access-Control-Allow-Headers"), "content-type, traceparent"
        )
    with scenario.backend(FRONTEND_URL=None) as backend:
        unset = backend.get("/api/activities/home", Origin=FRONTEND)
        # A TypeError inside flask-cors 3; version 6 passes over an origin that is None.
        expect.equal("status without FRONTEND_URL", unset.status, 500 if scenario.is_seeds else 200)
