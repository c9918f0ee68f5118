"""Rollbar's own tools, unmodified: its MCP server, which reads items back and changes them, and rollbar-cli, which uploads
source maps and reports deploys. scripts/node-environment rollbar_tools installs them."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import urllib.request
from pathlib import Path

import rollbar_clients
import sdk
import tls_clients
from harness import expect
from harness.environments import ROOT

CLIENTS = sdk.Clients()
client = CLIENTS.client

ACCOUNT_TOKEN = "account0account0account0account0"
PROJECT_TOKENS = [
    {"access_token": "server00server00server00server00", "project": "Cruddur", "scopes": ["post_server_item"]},
    {"access_token": "other000other000other000other000", "project": "onboarding", "scopes": ["post_server_item"]},
]


def tools():
    modules = Path(os.environ.get("UNDERSTUDY_ROLLBAR_TOOLS", ROOT / "build" / "rollbar_tools" / "node_modules"))
    if not shutil.which("node"):
        raise sdk.Skipped("there is no node in PATH")
    if not (modules.parent / "understudy-stamp").exists():
        raise sdk.Skipped("the tools were not installed: scripts/node-environment rollbar_tools")
    return modules


class McpServer:
    """@rollbar/mcp-server on its standard streams, a line of JSON-RPC each way. Use as a context manager."""

    def __init__(self, fakes, folder, **environment):
        major = int(re.match(r"v(\d+)", subprocess.check_output(["node", "--version"], text=True)).group(1))
        script = tools() / "@rollbar" / "mcp-server" / "build" / "index.js"
        if major < 20:
            raise sdk.Skipped(f"@rollbar/mcp-server needs Node 20, and this is {major}")
        self._process = subprocess.Popen(
            ["node", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=sdk.process.die_with_parent,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder),
                 "ROLLBAR_API_BASE": f"{fakes.url('rollbar')}/api/1", **environment},
        )
        self._asked = 0

    def __enter__(self):
        self._ask("initialize", {"protocolVersion": "2025-03-26", "capabilities": {},
                                 "clientInfo": {"name": "understudy", "version": "1"}})
        return self

    def __exit__(self, *exception):
        if exception[0] is not None:
            self._process.kill()
        _, said = self._process.communicate(timeout=sdk.SECONDS)
        if exception[0] is None:
            expect.equal("what the server complained of", said.replace("Rollbar MCP Server running on stdio\n", ""), "")

    def _ask(self, method, parameters):
        self._asked += 1
        question = {"jsonrpc": "2.0", "id": self._asked, "method": method, "params": parameters}
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        expect.true(f"an answer to {method}", line)
        return json.loads(line)["result"]

    def call(self, tool, **arguments):
        """What a tool answers with, as text; the error that it told where it failed."""
        answer = self._ask("tools/call", {"name": tool, "arguments": arguments})
        text = answer["content"][0]["text"]
        return f"error: {text}" if answer.get("isError") else text

    def json(self, tool, **arguments):
        text = self.call(tool, **arguments)
        expect.true(f"{tool} answers JSON, not {text}", not text.startswith("error: "))
        return json.loads(text)


def post(fakes, path, body, token, **headers):
    request = urllib.request.Request(f"{fakes.url('rollbar')}/api/1/{path}", data=json.dumps(body).encode(),
                                     headers={"X-Rollbar-Access-Token": token, **headers})
    with urllib.request.urlopen(request, timeout=sdk.SECONDS) as answer:
        return json.load(answer)


def check_reading(server, project=None):
    """Items by every tool that reads, one of them changed. Without `project` the server needs none."""
    about = {"project": project} if project else {}
    listed = server.json("list-items", environment="test", limit=1, **about)
    expect.equal("items on a page of one", (len(listed["items"]), listed["pagination"]["total_count"]), (1, 2))
    item = server.json("get-item-details", counter=1, **about)
    expect.equal("item", (item["title"], item["counter"]), ("Error: home feed did not load", 1))
    chain = item["occurrence"]["data"]["body"]["trace_chain"]
    expect.equal("its cause", chain[1]["exception"]["message"], "no such row")
    expect.equal("occurrences", len(server.json("list-occurrences", counter=1, **about)["instances"]), 1)
    last = server.json("list-occurrences", counter=1, last_id=item["last_occurrence_id"], **about)
    expect.equal("occurrences before the first", last["instances"], [])
    top = server.json("get-top-items", environment="test", **about)
    expect.equal("top items", sorted(one["item"]["counter"] for one in top), [1, 2])
    changed = server.json("update-item", itemId=item["id"], status="resolved", resolvedInVersion="1.2.4", **about)
    expect.equal("what was changed", changed, {"status": "resolved", "resolved_in_version": "1.2.4"})
    resolved = server.json("list-items", environment="test", status="resolved", **about)["items"]
    expect.equal("resolved", [one["counter"] for one in resolved], [1])
    version = server.json("get-version", version="1.2.4", environment="test", **about)
    expect.equal("resolved in the version", version["item_stats"]["resolved"]["critical"], 1)
    expect.equal("deploys", [one["revision"] for one in server.json("get-deployments", limit=1, **about)["deploys"]],
                 ["abc2"])
    expect.true("an item that is not there",
                "Item not found in this project." in server.call("get-item-details", counter=9, **about))


def fill(fakes, token):
    """A chain of errors from rollbar.js, a message, two deploys."""
    told = rollbar_clients.node(fakes, "chain", ROLLBAR_ACCESS_TOKEN=token)
    expect.equal("error of rollbar.js", told[0]["error"], None)
    post(fakes, "item/", {"data": {"environment": "test", "body": {"message": {"body": "hello"}}}}, token)
    for revision in ("abc1", "abc2"):
        post(fakes, "deploy", {"environment": "test", "revision": revision}, token)


@client("client.node.rollbar-mcp-server")
def mcp_server(fakes):
    """With a project's token, which the server finds out by asking for the account's projects."""
    tools()
    tokens = [PROJECT_TOKENS[0], {"access_token": "rw", "project": "Cruddur", "scopes": ["read", "write"]}]
    fakes.set_accounts({"rollbar": {"tokens": tokens}})
    fill(fakes, PROJECT_TOKENS[0]["access_token"])
    with tempfile.TemporaryDirectory(prefix="understudy-clients-") as folder:
        # Named in a file, for the variable alone makes it probe GET /projects, which answers 403 and is a finding.
        Path(folder, ".rollbar-mcp.json").write_text(json.dumps(
            {"token": "rw", "apiBase": f"{fakes.url('rollbar')}/api/1"}))
        with McpServer(fakes, folder) as server:
            check_reading(server)


@client("client.node.rollbar-mcp-server-probe", findings=["rollbar.token.scope"])
def mcp_server_probe(fakes):
    """A project's token in the variable: the 403 of GET /projects tells the server that it is none of an account."""
    tools()
    tokens = [PROJECT_TOKENS[0], {"access_token": "rw", "project": "Cruddur", "scopes": ["read", "write"]}]
    fakes.set_accounts({"rollbar": {"tokens": tokens}})
    fill(fakes, PROJECT_TOKENS[0]["access_token"])
    with tempfile.TemporaryDirectory(prefix="understudy-clients-") as folder:
        with McpServer(fakes, folder, ROLLBAR_ACCESS_TOKEN="rw") as server:
            check_reading(server)


@client("client.node.rollbar-mcp-server-account", findings=["rollbar.project.refused"])
def mcp_server_account(fakes):
    """With an account's token: projects by name, each call about one of them."""
    tools()
    account = {"access_token": ACCOUNT_TOKEN, "account": True, "scopes": ["read", "write"]}
    fakes.set_accounts({"rollbar": {"tokens": [account, *PROJECT_TOKENS]}})
    fill(fakes, PROJECT_TOKENS[0]["access_token"])
    with tempfile.TemporaryDirectory(prefix="understudy-clients-") as folder:
        with McpServer(fakes, folder, ROLLBAR_ACCOUNT_ACCESS_TOKEN=ACCOUNT_TOKEN) as server:
            projects = server.json("list-projects")
            expect.equal("projects", [one["name"] for one in projects], ["Cruddur", "onboarding"])
            check_reading(server, "cruddur")
            empty = server.json("list-items", environment="test", project="onboarding")
            expect.equal("items of the other project", empty["items"], [])
    request = urllib.request.Request(f"{fakes.url('rollbar')}/api/1/items",
                                     headers={"X-Rollbar-Access-Token": ACCOUNT_TOKEN})
    try:
        urllib.request.urlopen(request, timeout=sdk.SECONDS)
    except urllib.error.HTTPError as refused:
        expect.equal("status without a project", refused.code, 400)


@client("client.node.rollbar-mcp-server-replay")
def mcp_server_replay(fakes):
    """What a page recorded, in the file that the server writes."""
    tools()
    replay = {"resourceSpans": [{"resource": {"attributes": []}, "scopeSpans": []}]}
    token = fakes.environment["ROLLBAR_ACCESS_TOKEN"]
    post(fakes, "session/", replay, token, **{"X-Rollbar-Replay-Id": "4f1a"})
    with tempfile.TemporaryDirectory(prefix="understudy-clients-") as folder:
        Path(folder, ".rollbar-mcp.json").write_text(json.dumps(
            {"token": token, "apiBase": f"{fakes.url('rollbar')}/api/1"}))
        with McpServer(fakes, folder) as server:
            told = server.call("get-replay", environment="test", sessionId="s1", replayId="4f1a")
            written = re.search(r"saved to (\S+\.json)", told)
            expect.true(f"a file, where the server said {told}", written)
            expect.equal("what is in it", json.loads(Path(written.group(1)).read_text()), replay)
            expect.true("one that is not there",
                        "Not found" in server.call("get-replay", environment="test", sessionId="s1", replayId="none"))


# ---- rollbar-cli, whose address is fixed: by TLS and name

# Line 1, column 12 is line 7, column 4 of src/feed.ts, in readFeed.
SOURCE_MAP = {"version": 3, "file": "app.min.js", "sources": ["src/feed.ts"], "names": ["readFeed"],
              "mappings": "AAAA,YAMIA"}


def rollbar_cli(fakes, folder, *arguments):
    by_name = tls_clients.ByName(fakes, "NODE_EXTRA_CA_CERTS")
    hosts = Path(__file__).resolve().parent / "node" / "hosts.cjs"
    ended = subprocess.run(
        ["node", "--require", hosts, tools() / "rollbar-cli" / "bin" / "rollbar", *arguments],
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **by_name.environment},
        cwd=folder, capture_output=True, text=True, timeout=sdk.SECONDS)
    expect.equal(f"exit code of rollbar-cli, which said {ended.stdout}{ended.stderr}", ended.returncode, 0)
    return ended.stdout


def thrown_by(url):
    """An error of minified code, as a browser tells it."""
    return {"data": {"environment": "test", "platform": "browser",
                     "client": {"javascript": {"code_version": "1.2.3", "source_map_enabled": True}},
                     "body": {"trace": {"frames": [{"filename": url, "lineno": 1, "colno": 14, "method": "t"}],
                                        "exception": {"class": "TypeError", "message": "x"}}}}}


@client("client.tls.node.rollbar-cli-source-maps", [])
@client("client.tls.node.rollbar-cli-source-map-bundle", ["--next"])
def source_maps(fakes, options):
    """A minified script's map, by itself and in a bundle: an error of that script is told at its place in the source."""
    tools()
    token = fakes.environment["ROLLBAR_ACCESS_TOKEN"]
    with tempfile.TemporaryDirectory(prefix="understudy-clients-") as folder:
        scripts = Path(folder, "dist")
        scripts.mkdir()
        (scripts / "app.min.js").write_text("function t(){throw 1}\n//# sourceMappingURL=app.min.js.map\n")
        (scripts / "app.min.js.map").write_text(json.dumps(SOURCE_MAP))
        said = rollbar_cli(fakes, folder, "upload-sourcemaps", "dist", "--access-token", token, "--url-prefix",
                           "https://example.com/js/", "--code-version", "1.2.3", *options)
    expect.true(f"success, where rollbar-cli said {said}", "Error" not in said and "uccess" in said)
    post_by_name(fakes, thrown_by("https://example.com/js/app.min.js"))
    records = fakes.records("item", vendor="rollbar")
    expect.equal("what was sent", records[0]["fields"]["body"]["trace"]["frames"][0]["method"], "t")
    frame = read_by_name(fakes, "instances")["instances"][0]["data"]["body"]["trace"]["frames"][0]
    expect.equal("frame", (frame["filename"], frame["lineno"], frame["method"]), ("src/feed.ts", 7, "readFeed"))


@client("client.tls.node.rollbar-cli-deploy", findings=["rollbar.deploy.over"])
def deploy(fakes):
    tools()
    token = fakes.environment["ROLLBAR_ACCESS_TOKEN"]
    common = ["notify-deploy", "--access-token", token, "--environment", "test", "--code-version", "abc123"]
    with tempfile.TemporaryDirectory(prefix="understudy-clients-") as folder:
        said = rollbar_cli(fakes, folder, *common, "--status", "started", "--local-username", "andrew")
        number = re.search(r"deploy_id:\D*(\d+)", said)
        expect.true(f"a number, where rollbar-cli said {said}", number)
        expect.true("success", "Deploy successful" in said, said)
        said = rollbar_cli(fakes, folder, *common, "--status", "succeeded", "--deploy-id", number.group(1))
        expect.true("success of the change", "Deploy successful" in said, said)
        said = rollbar_cli(fakes, folder, *common, "--status", "failed", "--deploy-id", number.group(1))
        expect.true("the service's words", "its status is not started" in said, said)
    stored = expect.only("deploy", read_by_name(fakes, "deploys")["deploys"])
    expect.equal("deploy", (stored["revision"], stored["status"], stored["local_username"]),
                 ("abc123", "succeeded", "andrew"))


def call_by_name(fakes, path, body=None):
    """The door speaks TLS for its vendor's name and plain HTTP beside it."""
    request = urllib.request.Request(f"http://127.0.0.1:{fakes.ports['rollbar']}/api/1/{path}", data=body,
                                     headers={"X-Rollbar-Access-Token": fakes.environment["ROLLBAR_ACCESS_TOKEN"]})
    with urllib.request.urlopen(request, timeout=sdk.SECONDS) as answer:
        return json.load(answer)


def post_by_name(fakes, body):
    return call_by_name(fakes, "item/", json.dumps(body).encode())


def read_by_name(fakes, path):
    return call_by_name(fakes, path)["result"]
