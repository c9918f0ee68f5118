"""What a person adds to X-Ray's segments: annotations, a user, subsegments of one's own."""

from checks import check
from checks.xray import segment_of
from harness import expect

HOME = "/api/activities/home"


@check("check-18-annotations")
def annotations(scenario):
    with scenario.backend("variants.subsegment_annotations") as backend:
        response = backend.get("/api/activities/notifications", X_Amzn_Trace_Id="Sampled=1")
    outer = expect.only("subsegment", segment_of(scenario, response).get("subsegments", []))
    inner = expect.only("nested subsegment", outer.get("subsegments", []))
    expect.equal("name of the nested subsegment", inner["name"], "notifications-sub")
    found = expect.member(inner, "annotations")
    expect.equal("keys", sorted(found), ["notif_result_length", "notifications_now"])
    expect.true("notifications_now as text", isinstance(found["notifications_now"], str), found)
    expect.true("notif_result_length as the number 1", type(found["notif_result_length"]) is int, found)
    expect.equal("notif_result_length", found["notif_result_length"], 1)


@check("check-19-segment-user")
def segment_user(scenario):
    with scenario.backend("variants.segment_user") as backend:
        response = backend.get(HOME, X_Amzn_Trace_Id="Sampled=1")
    segment = segment_of(scenario, response)
    expect.equal("user of the segment", segment.get("user"), "U12345")
    home = expect.only("subsegment", segment.get("subsegments", []))
    start_time = expect.only("nested subsegment", home.get("subsegments", []))
    expect.equal("name of the nested subsegment", start_time["name"], "start_time")
    now = expect.member(start_time, "annotations", "time")
    expect.equal("metadata", expect.member(start_time, "metadata", "home", "start", "now"), now)


@check("check-20-ten-subsegments")
def ten_subsegments(scenario):
    with scenario.backend("variants.added_latency") as backend:
        response = backend.get(HOME, X_Amzn_Trace_Id="Sampled=1")
    home = expect.only("subsegment", segment_of(scenario, response).get("subsegments", []))
    siblings = sorted(home.get("subsegments", []), key=lambda one: one["start_time"])
    expect.equal("names", [one["name"] for one in siblings], [f"home_added_latency_{step}" for step in range(10)])
    for one, following in zip(siblings, siblings[1:]):
        expect.true("one after the other", one["end_time"] <= following["start_time"], [one, following])
    for one in siblings:
        expect.true("time spent in each", one["end_time"] > one["start_time"], one)
