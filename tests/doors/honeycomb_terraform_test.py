"""What a terraform run does to Honeycomb's API: makes each thing, reads it back, changes it and removes it, each twice,
and the program dies with kill -9 between the steps."""
import json
import tempfile

from program import TEAM_KEY, Program

HEADERS = {"Content-Type": "application/json", "X-Honeycomb-Team": TEAM_KEY}


class Api:
    def __init__(self, program):
        self.program = program

    def __call__(self, method, path, wanted, body=None):
        text = b"" if body is None else json.dumps(body).encode()
        status, _, answered = self.program.http("honeycomb_http", method, path, HEADERS, text)
        assert status == wanted, (method, path, status, answered)
        return json.loads(answered) if answered else None


def send_span(program):
    attributes = [{"key": "app.userId", "value": {"stringValue": "anna"}}]
    span = {"traceId": "5b8aa5a2d2c872e8321cf37308d69df2", "spanId": "051581bf3cb55c13", "name": "home",
            "startTimeUnixNano": "1700000000000000000", "endTimeUnixNano": "1700000000250500000",
            "attributes": attributes}
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "backend"}}]}
    Api(program)("POST", "/v1/traces", 200,
                 {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [span]}]}]})


# Path, what is sent, what a change sends, how often it can be made: "QUERY" and "SLO" stand for the ids of one.
THINGS = (
    ("/1/columns/backend", {"key_name": "app.size", "type": "integer", "description": "bytes"}, {"type": "float"}, 1),
    ("/1/derived_columns/backend", {"alias": "slow", "expression": "GT($duration_ms, 100)"},
     {"expression": "GT($duration_ms, 200)"}, 1),
    ("/1/query_annotations/backend", {"name": "n", "query_id": "QUERY"}, {"name": "m"}, 2),
    ("/1/boards", {"name": "b", "queries": [{"dataset": "backend", "query_id": "QUERY"}]}, {"name": "c"}, 2),
    ("/1/recipients", {"type": "email", "details": {"email_address": "a@example.com"}},
     {"details": {"email_address": "b@example.com"}}, 2),
    ("/1/triggers/backend", {"name": "t", "query_id": "QUERY", "threshold": {"op": ">", "value": 5}},
     {"disabled": True}, 2),
    ("/1/slos/backend", {"name": "s", "sli": {"alias": "slow"}, "time_period_days": 30, "target_per_million": 999000},
     {"name": "r"}, 2),
    ("/1/burn_alerts/backend", {"exhaustion_minutes": 60, "slo": {"id": "SLO"}}, {"exhaustion_minutes": 30}, 2),
    ("/1/marker_settings/backend", {"type": "deploy", "color": "#F96E11"}, {"color": "#000000"}, 1),
)
WITHOUT_GET = ("/1/marker_settings/backend",)  # terraform lists them


def filled(body, ids):
    text = json.dumps(body)
    for name, one in ids.items():
        text = text.replace(f'"{name}"', json.dumps(one))
    return json.loads(text)


def make_all(api):
    """(path, what GET shows) of each."""
    assert api("POST", "/1/datasets", 200, {"name": "Backend"})["name"] == "backend", "data made it"
    made = api("POST", "/1/datasets", 201, {"name": "Made by Terraform", "description": "d"})
    assert api("POST", "/1/datasets", 200, {"name": "Made by Terraform"}) == made
    ids = {"QUERY": api("POST", "/1/queries/backend", 200, {"calculations": [{"op": "COUNT"}]})["id"]}
    things = []
    for path, body, _, times in THINGS:
        body = filled(body, ids)
        for _ in range(times):
            made = api("POST", path, 201, body)
            assert all(made[name] == value for name, value in body.items()), (made, body)
            things.append((path, made))
        if times == 1:
            api("POST", path, 409, body)
        if path.startswith("/1/slos"):
            ids["SLO"] = made["id"]
    api("POST", "/1/columns/backend", 409, {"key_name": "app.userId"})  # data made it
    return things


def read_back(api, things):
    for path, made in things:
        assert made in api("GET", path, 200), made
        if path not in WITHOUT_GET:
            assert api("GET", f"{path}/{made['id']}", 200) == made
    assert api("GET", "/1/columns/backend?key_name=app.userId", 200)["type"] == "string"
    assert api("GET", "/1/datasets/made-by-terraform", 200)["description"] == "d"


def change_all(api, things):
    changes = {path: change for path, _, change, _ in THINGS}
    changed = []
    for path, made in things:
        for _ in range(2):
            after = api("PUT", f"{path}/{made['id']}", 200, changes[path])
            assert after["id"] == made["id"] and after["updated_at"] >= made["updated_at"], after
            assert {**made, **changes[path], "updated_at": after["updated_at"]} == after, (made, after)
        changed.append((path, after))
    return changed


def remove_all(api, things):
    for path, made in things:
        api("DELETE", f"{path}/{made['id']}", 204)
        api("DELETE", f"{path}/{made['id']}", 404)
    for path in {path for path, _ in things} - {"/1/columns/backend"}:
        assert api("GET", path, 200) == [], path
    api("DELETE", "/1/datasets/made-by-terraform", 409)
    api("PUT", "/1/datasets/made-by-terraform", 200, {"settings": {"delete_protected": False}})
    api("DELETE", "/1/datasets/made-by-terraform", 202)
    api("DELETE", "/1/datasets/made-by-terraform", 404)


def test_each_thing_is_made_read_changed_and_removed_across_kill_nine():
    with tempfile.TemporaryDirectory() as journal:
        with Program(journal=journal) as program:
            send_span(program)
            things = make_all(Api(program))
            program.kill()
        with Program(journal=journal) as program:
            read_back(Api(program), things)
            things = change_all(Api(program), things)
            program.kill()
        with Program(journal=journal) as program:
            read_back(Api(program), things)
            remove_all(Api(program), things)
            program.kill()
        with Program(journal=journal) as program:
            for path, made in things:
                Api(program)("PUT", f"{path}/{made['id']}", 404, {})
            names = [column["key_name"] for column in Api(program)("GET", "/1/columns/backend", 200)]
            assert "app.userId" in names and "app.size" not in names, names
            program.assert_proof()
