"""What a person adds to Rollbar's items: levels, a person, data of one's own; and the bootcamp's favourite error."""

from checks import FLASK, check
from checks.honeycomb import HOME, server_span
from checks.rollbar import await_items, last_trace, only_item
from checks.xray import segment_of
from harness import expect

NO_RETURN = (
    "The view function for 'data_home' did not return a valid response. The function either returned None or ended "
    "without a return statement."
)


@check("check-27-critical-message")
def critical_message(scenario):
    with scenario.backend("variants.rollbar_errtest") as backend:
        response = backend.get("/rollbar/errtest")
        await_items(scenario, 1)
    expect.equal("status", response.status, 500)
    item = only_item(scenario)
    expect.equal("level", item["level"], "critical")
    expect.equal("kinds of body", sorted(item["body"]), ["message"])
    server = server_span(scenario, "/rollbar/errtest")
    expect.equal("http.status_code", expect.member(server, "attributes", "http.status_code"), 500)
    expect.none("event on the span: nothing was raised", server.get("events"))
    messages = [record["fields"]["message"] for record in scenario.fakes.records("log_event")]
    expect.none("traceback", [text for text in messages if text.startswith("Exception on")])


@check("check-28-home-without-return", backends=FLASK)
def home_without_return(scenario):
    with scenario.backend("variants.home_without_return") as backend:
        response = backend.get(HOME, X_Amzn_Trace_Id="Sampled=1")
        await_items(scenario, 1)
    expect.equal("status", response.status, 500)

    exception = last_trace(only_item(scenario))["exception"]
    expect.equal("class at Rollbar", exception["class"], "TypeError")
    expect.equal("message at Rollbar", exception["message"], NO_RETURN)
    status = server_span(scenario, HOME)["status"]
    expect.equal("status at Honeycomb", status, {"code": "ERROR", "message": f"TypeError: {NO_RETURN}"})

    segment = segment_of(scenario, response)
    at_xray = expect.member(segment, "cause", "exceptions", 0)
    expect.equal("exception of the segment itself", (at_xray["type"], at_xray["message"]), ("TypeError", NO_RETURN))
    subsegment = expect.only("subsegment", segment.get("subsegments", []))
    expect.equal("name of the subsegment", subsegment["name"], "activities_home")
    clean = not {"fault", "cause", "error"} & set(subsegment)
    expect.true("a clean subsegment: the exception came after it", clean, subsegment)


@check("check-29-person")
def person(scenario):
    with scenario.backend("variants.rollbar_person") as backend:
        backend.get("/rollbar/test")
        backend.get("/api/activities/no-such-activity")
        await_items(scenario, 2)
    items = [record["fields"] for record in scenario.fakes.records("item", vendor="rollbar")]
    expect.equal("items", len(items), 2)
    for item in items:
        if "message" in item["body"]:
            expect.true("no person on a message", "person" not in item, item.get("person"))
        else:
            expect.equal("person.id on an exception", expect.member(item, "person", "id"), "1")


@check("check-30-payload-handler")
def payload_handler(scenario):
    with scenario.backend("variants.rollbar_payload") as backend:
        for _ in range(3):
            backend.get("/api/activities/no-such-activity")
        await_items(scenario, 3)
    found = [record["fields"] for record in scenario.fakes.records("item", vendor="rollbar")]
    users = sorted((item.get("user.id"), item.get("user.type"), item.get("user.team")) for item in found)
    wanted = [("1", "standard", "red"), ("2", "premium", "blue"), ("3", "standard", "green")]
    expect.equal("user.id, user.type and user.team of the items", users, wanted)
