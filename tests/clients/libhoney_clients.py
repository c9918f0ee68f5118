"""libhoney, which sends events to Honeycomb's own API: Node (node/libhoney.cjs), Python (python/libhoney_events.py) and Go
(go/libhoney.go)."""

import os
from pathlib import Path

import go_clients
import node_clients
import sdk
from harness import environments, expect

FOLDER = Path(__file__).resolve().parent

CLIENTS = sdk.Clients()
client = CLIENTS.client


def check_events(fakes, told, dataset, rows):
    """Every event was answered 202 and is stored as it was sent."""
    expect.equal("answers", [one["status"] for one in told["answers"]], [202] * (rows + 1))
    expect.none("error", [one for one in told["answers"] if one["error"]])
    events = [record for record in fakes.records("honeycomb_event", vendor="honeycomb")]
    expect.equal("events", len(events), rows + 1)
    expect.equal("datasets", {one["fields"]["dataset"] for one in events}, {dataset})
    sent = {one["fields"]["data"]["row"]: one["fields"] for one in events if "row" in one["fields"]["data"]}
    expect.equal("rows", sorted(sent), list(range(rows)))
    expect.equal("a row", sent[7]["data"], {"app.userId": "andrewbrown", "row": 7, "ratio": 1.75})
    expect.equal("its rate", sent[7]["samplerate"], 1)

    page = expect.only("page", [one for one in events if one["fields"]["data"].get("name") == "page"])
    expect.equal("its time", page["time"], "2018-12-13T14:51:00.250000000Z")
    expect.equal("its rate", page["fields"]["samplerate"], 4)
    expect.equal(
        "its data",
        page["fields"]["data"],
        {"name": "page", "cached": False, "nested": '{"tags":["a","b"]}', "umlaut": "äöü😀"},
    )
    return sdk.deliveries(fakes, events)


@client("client.node.libhoney")
def node(fakes):
    told = node_clients.run(fakes, "libhoney.cjs")
    batches = check_events(fakes, told, "cruddur-node", 60)
    metadata = [one["metadata"] for one in told["answers"] if one.get("metadata")]
    expect.equal("metadata of the answers", metadata, ["the one with a time"])
    for batch in batches:
        expect.equal("content type", sdk.header(batch, "content-type"), "application/json")
        expect.true("user agent", sdk.header(batch, "user-agent").startswith("libhoney-js/"), batch)


@client("client.python.libhoney")
def python(fakes):
    interpreter = environments.python_of("today")
    if interpreter is None:
        raise sdk.Skipped("the environment today was not made: scripts/python-environment today")
    program = sdk.Program(
        [interpreter, FOLDER / "python" / "libhoney_events.py"],
        {"PATH": os.environ["PATH"], "HOME": os.devnull, "PYTHONDONTWRITEBYTECODE": "1", **fakes.environment},
    )
    batches = check_events(fakes, program.tell_and_end(), "cruddur-python", 150)
    for batch in batches:
        expect.equal("content encoding", sdk.header(batch, "content-encoding"), "gzip")
        expect.true("user agent", sdk.header(batch, "user-agent").startswith("libhoney-py/"), batch)


@client("client.go.libhoney")
def go(fakes):
    batches = check_events(fakes, go_clients.run(fakes, "libhoney"), "cruddur-go", 60)
    for batch in batches:
        expect.equal("content type", sdk.header(batch, "content-type"), "application/json")
        expect.equal("content encoding", sdk.header(batch, "content-encoding"), "zstd")
        expect.true("user agent", sdk.header(batch, "user-agent").startswith("libhoney-go/"), batch)
