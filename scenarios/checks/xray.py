"""What X-Ray receives as segments."""

from checks import check
from harness import expect
from harness.account import promised_trace

GITPOD_HOST = "4567-seeds-workspace.ws-eu89.gitpod.io"


def segment_of(scenario, response):
    """The segment that the response promised."""
    trace_id = promised_trace(response)
    expect.true("a sampled request", trace_id, response.headers)
    found = scenario.fakes.wait("segment", [("trace_id", "=", trace_id)], count={"at_least": 1})
    return expect.only(f"segment of trace {trace_id}", found)["fields"]


@check("check-15-home-segment")
def home_segment(scenario):
    with scenario.backend() as backend:
        plain = backend.get("/api/activities/home", X_Amzn_Trace_Id="Sampled=1")
        by_host = backend.get("/api/activities/home", X_Amzn_Trace_Id="Sampled=1", Host=GITPOD_HOST)
    for response, name in ((plain, "backend-flask"), (by_host, GITPOD_HOST)):
        segment = segment_of(scenario, response)
        expect.equal("name of the segment", segment["name"], name)
        expect.equal("method", expect.member(segment, "http", "request", "method"), "GET")
        expect.equal("status", expect.member(segment, "http", "response", "status"), 200)
        length = expect.member(segment, "http", "response", "content_length")
        expect.equal("content_length", length, len(response.body))
        subsegment = expect.only("subsegment", segment.get("subsegments", []))
        expect.equal("name of the subsegment", subsegment["name"], "activities_home")
    expect.equal("segments", len(scenario.fakes.records("segment")), 2)


@check("check-16-user-subsegments")
def user_subsegments(scenario):
    with scenario.backend() as backend:
        response = backend.get("/api/activities/@andrewbrown", X_Amzn_Trace_Id="Sampled=1")
    outer = expect.only("subsegment", segment_of(scenario, response).get("subsegments", []))
    expect.equal("name of the subsegment", outer["name"], "activities_users")
    inner = expect.only("nested subsegment", outer.get("subsegments", []))
    expect.equal("name of the nested subsegment", inner["name"], "mock-data")
    value = expect.member(inner, "metadata", "namespace", "key")
    expect.equal("members of the metadata", sorted(value), ["now", "results-size"])
    expect.equal("results-size", value["results-size"], 1)


@check("check-17-notifications-metadata")
def notifications_metadata(scenario):
    with scenario.backend() as backend:
        response = backend.get("/api/activities/notifications", X_Amzn_Trace_Id="Sampled=1")
    subsegment = expect.only("subsegment", segment_of(scenario, response).get("subsegments", []))
    expect.equal("name of the subsegment", subsegment["name"], "activities_notifications")
    metadata = expect.member(subsegment, "metadata", "activities/notifications")
    expect.true("app.now as text", isinstance(metadata.get("app.now"), str), metadata)
    expect.equal("res.length", metadata.get("res.length"), 1)


@check("check-23-unsampled-request")
def unsampled_request(scenario):
    with scenario.backend() as backend:
        response = backend.get("/api/activities/home", X_Amzn_Trace_Id="Sampled=0")
    expect.equal("a trace id of zeros in the response", promised_trace(response), None)
    scenario.fakes.wait("span", [("attributes.http.route", "=", "/api/activities/home")], count={"at_least": 1})
    datagrams = scenario.fakes.records("segment") + scenario.fakes.records("subsegment")
    expect.none("segment or subsegment", datagrams)
