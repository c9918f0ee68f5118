"""pyrollbar and rollbar.js in every situation of their lives, and what can be read back of it as a person would."""

import json
import os
import socket
import subprocess
import tempfile
import urllib.request
from pathlib import Path

import node_clients
import sdk
from harness import environments, expect, process

CLIENTS = sdk.Clients()
client = CLIENTS.client
SCRIPT = Path(__file__).resolve().parent / "python" / "rollbar_life.py"


def pyrollbar(fakes, handler, story, **environment):
    interpreter = environments.python_of("today")
    if interpreter is None:
        raise sdk.Skipped("the environment today was not made: scripts/python-environment today")
    ended = subprocess.run(
        [interpreter, SCRIPT, handler, story],
        env={"PATH": os.environ["PATH"], "HOME": os.devnull, "PYTHONDONTWRITEBYTECODE": "1", **fakes.environment,
             "ROLLBAR_BASE": f"{fakes.url('rollbar')}/api/1/", **environment},
        capture_output=True, text=True, timeout=sdk.SECONDS)
    expect.equal(f"exit code of pyrollbar, which said {ended.stderr}", ended.returncode, 0)
    return json.loads(ended.stdout)


def api(fakes, path):
    request = urllib.request.Request(f"{fakes.url('rollbar')}/api/1/{path}",
                                     headers={"X-Rollbar-Access-Token": fakes.environment["ROLLBAR_ACCESS_TOKEN"]})
    with urllib.request.urlopen(request, timeout=sdk.SECONDS) as answer:
        return json.load(answer)["result"]


def statuses(fakes):
    fakes.sync()
    return [entry["status"] for entry in fakes.entries(vendor="rollbar", kind="exchange") if entry["method"] == "POST"]


def check_life(fakes, told):
    expect.none("complaint", told["complaints"])
    items = {one["title"]: one for one in api(fakes, "items")["items"]}
    expect.equal("titles", set(items), {"Hello Wörld!", "ValueError: home feed did not load", "row 7 is missing"})
    levels = {title: one["level"] for title, one in items.items()}
    expect.equal("levels", sorted(levels.values()), ["error", "error", "warning"])
    expect.equal("environments", {one["environment"] for one in items.values()}, {"test"})

    found = api(fakes, f"item/?uuid={told['exception']}")
    expect.equal("the item of the exception", found, items["ValueError: home feed did not load"])
    stored = expect.only("occurrence", api(fakes, f"item/{found['id']}/instances")["instances"])
    data = stored["data"]
    classes = [trace["exception"]["class"] for trace in data["body"]["trace_chain"]]
    expect.equal("chain, the outermost first", classes, ["ValueError", "KeyError"])
    expect.equal("person", data["person"]["id"], "1001")
    expect.true("a client's time beside the arrival's", "customer_timestamp" in data["metadata"], data["metadata"])
    message = expect.only("occurrence", api(fakes, f"item/{items['Hello Wörld!']['id']}/instances")["instances"])
    expect.equal("custom", message["data"]["custom"], {"rows": 3})
    version = api(fakes, "versions/1.2.3?environment=test")
    expect.equal("new items of the version", version["item_stats"]["new"]["error"], 2)

    # pyrollbar masks what is called password, but not db_password; the value is told to nobody.
    leaks = [one for one in fakes.findings() if one["id"] == "rollbar.secret.unmasked-key"]
    places = {one["place"] for one in leaks}
    expect.true("db_password is named", any(place.endswith("db_password") for place in places), places)
    expect.true("the value is not", "canary-of-the-test" not in json.dumps(fakes.findings()), leaks)


@client("client.python.rollbar-thread", "thread", findings=["rollbar.secret.unmasked-key"])
@client("client.python.rollbar-blocking", "blocking", findings=["rollbar.secret.unmasked-key"])
@client("client.python.rollbar-thread-pool", "thread_pool", findings=["rollbar.secret.unmasked-key"])
@client("client.python.rollbar-async", "async", findings=["rollbar.secret.unmasked-key"])
@client("client.python.rollbar-httpx", "httpx", findings=["rollbar.secret.unmasked-key"])
def python_life(fakes, handler):
    check_life(fakes, pyrollbar(fakes, handler, "life"))


AGENT_SETTINGS = """[DEFAULT]
statefile = {folder}/agent.state
endpoint = {endpoint}
[app:backend]
params.access_token = {token}
targets = {folder}/backend.rollbar
"""


@client("client.python.rollbar-agent", findings=["rollbar.secret.unmasked-key"])
def python_agent(fakes):
    """The agent handler writes lines; Rollbar's own agent posts each as it is, with no token but the one in it."""
    with tempfile.TemporaryDirectory(prefix="understudy-clients-") as folder:
        log = Path(folder, "backend.rollbar")
        told = pyrollbar(fakes, "agent", "life", ROLLBAR_LOG=str(log))
        expect.none("request of pyrollbar itself", statuses(fakes))
        settings = Path(folder, "agent.conf")
        settings.write_text(AGENT_SETTINGS.format(folder=folder, endpoint=fakes.environment["ROLLBAR_ENDPOINT"],
                                                  token=fakes.environment["ROLLBAR_ACCESS_TOKEN"]))
        # Its script lies at the root of its environment.
        interpreter = environments.python_of("today")
        said = Path(folder, "agent.log")
        with said.open("w") as output:
            command = [interpreter, interpreter.parent.parent / "rollbar-agent", "-q", "-c", settings]
            agent = process.start(command, output, env={"PATH": os.environ["PATH"], "HOME": folder}, cwd=folder)
            try:
                records = fakes.wait("item", [], count={"at_least": 3}, vendor="rollbar", timeout=sdk.SECONDS)
            finally:
                process.interrupt(agent, sdk.SECONDS, "rollbar-agent")
        expect.equal("complaints of the agent", said.read_text(), "")
        for post in sdk.deliveries(fakes, records):
            expect.equal("header for a token", sdk.header(post, "x-rollbar-access-token"), None)
    check_life(fakes, told)


@client("client.python.rollbar-limited", findings=["rollbar.rate.over-limit"])
def python_limited(fakes):
    fakes.set_settings({"rollbar": {"rate_limit": 1, "rate_quota": "enforce"}})
    told = pyrollbar(fakes, "blocking", "twice")
    expect.equal("statuses", statuses(fakes), [200, 429])
    expect.true("pyrollbar says that it drops", any("over rate limit" in text for text in told["complaints"]), told)
    expect.equal("items", len(fakes.records("item", vendor="rollbar")), 1)


@client("client.python.rollbar-too-large", findings=["rollbar.body.too-large", "rollbar.item.failsafe"])
def python_too_large(fakes):
    fakes.set_settings({"rollbar": {"max_payload_bytes": 131072}})
    told = pyrollbar(fakes, "blocking", "large")
    expect.equal("statuses", statuses(fakes), [413, 200])
    failsafe = expect.only("item", fakes.records("item", vendor="rollbar"))["fields"]
    expect.equal("uuid of the lost one", failsafe["custom"]["orig_uuid"], told["message"])


@client("client.python.rollbar-ten-megabytes", findings=["transport.body-too-large", "rollbar.item.failsafe"])
def python_ten_megabytes(fakes):
    """More than the door takes in: the same answer, and what came of it is kept."""
    told = pyrollbar(fakes, "blocking", "huge")
    expect.equal("statuses", statuses(fakes), [200])
    failsafe = expect.only("item", fakes.records("item", vendor="rollbar"))["fields"]
    expect.equal("uuid of the lost one", failsafe["custom"]["orig_uuid"], told["message"])
    cut = expect.only("fragment", fakes.entries(vendor="rollbar", kind="fragment"))
    expect.equal("its answer", cut["status"], 413)


@client("client.python.rollbar-refused", findings=["rollbar.item.unknown-level"])
def python_refused(fakes):
    told = pyrollbar(fakes, "blocking", "warn")
    expect.equal("statuses", statuses(fakes), [422])
    expect.true("pyrollbar complains", told["complaints"], told)
    item = expect.only("item", api(fakes, "items")["items"])
    expect.true("the refusal is an item", item["title"].startswith("API error: Invalid format. data.level"), item)


@client("client.python.rollbar-exits", findings=[])
def python_exits(fakes):
    """A process that ends itself at once: the blocking handler has sent by then."""
    told = pyrollbar(fakes, "blocking", "exits")
    item = expect.only("item", fakes.records("item", vendor="rollbar"))["fields"]
    expect.equal("uuid", item["uuid"], told["message"])


@client("client.python.rollbar-gone")
def python_gone(fakes):
    """Nobody listens: pyrollbar complains, the program goes on."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        told = pyrollbar(fakes, "blocking", "twice", ROLLBAR_BASE=f"http://127.0.0.1:{unused.getsockname()[1]}/api/1/")
    expect.true("a complaint an item", len(told["complaints"]) >= 2, told)
    expect.none("item", fakes.records("item", vendor="rollbar"))


def node(fakes, story, **environment):
    return node_clients.run(fakes, "rollbar_life.cjs", story, **environment)["answers"]


@client("client.node.rollbar-chain")
def node_chain(fakes):
    answer = expect.only("answer", node(fakes, "chain"))
    expect.equal("error", answer["error"], None)
    item = expect.only("item", api(fakes, "items")["items"])
    expect.equal("item", (item["title"], item["level"], item["framework"]),
                 ("Error: home feed did not load", "critical", "node-js"))
    data = expect.only("occurrence", api(fakes, f"item/{item['id']}/instances")["instances"])["data"]
    messages = [trace["exception"]["message"] for trace in data["body"]["trace_chain"]]
    expect.equal("chain, the outermost first", messages, ["home feed did not load", "no such row"])
    expect.equal("custom", data["custom"]["rows"], 3)


@client("client.node.rollbar-limited", findings=["rollbar.rate.over-limit"])
def node_limited(fakes):
    """After a 429 whose headers say that nothing is left, rollbar.js sends no more for the seconds that they name."""
    fakes.set_settings({"rollbar": {"rate_limit": 1, "rate_quota": "enforce"}})
    first, second, third = node(fakes, "twice")
    expect.equal("the first", first["error"], None)
    expect.true("the second is refused", second["error"], second)
    expect.true("the third is not even sent", third["error"], third)
    expect.equal("statuses", statuses(fakes), [200, 429])


@client("client.node.rollbar-too-large", findings=["rollbar.body.too-large"])
def node_too_large(fakes):
    """rollbar.js shortens what is larger than 512 kB; what is still too large is an error to the caller, and lost."""
    fakes.set_settings({"rollbar": {"max_payload_bytes": 131072}})
    answer = expect.only("answer", node(fakes, "large"))
    expect.true("an error", "too large" in answer["error"], answer)
    expect.equal("statuses", statuses(fakes), [413])


@client("client.node.rollbar-refused", findings=["rollbar.item.missing-key"])
def node_refused(fakes):
    accepted, refused = node(fakes, "refused")
    expect.equal("the first", accepted["error"], None)
    expect.true("what is missing", "data.person.id" in refused["error"], refused)
    expect.equal("statuses", statuses(fakes), [200, 422])


@client("client.node.rollbar-exits", "exits", [])
@client("client.node.rollbar-waits-and-exits", "waits", ["the last words"])
def node_exits(fakes, story, arrived):
    """process.exit right after the call: nothing has left yet. With rollbar.wait() before it, everything has."""
    expect.equal("answers", node(fakes, story), [])
    items = fakes.records("item", vendor="rollbar")
    expect.equal("items", [one["fields"]["body"]["message"]["body"] for one in items], arrived)


@client("client.node.rollbar-gone")
def node_gone(fakes):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{unused.getsockname()[1]}/api/1/item/"
        answer = expect.only("answer", node(fakes, "chain", ROLLBAR_ENDPOINT=endpoint))
    expect.true("an error", answer["error"], answer)
    expect.none("item", fakes.records("item", vendor="rollbar"))
