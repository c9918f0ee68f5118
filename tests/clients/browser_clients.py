"""Real pages in Debian's headless Chromium (browser/*.js, driven by browser/drive.cjs), as the vendors' records tell it.
scripts/node-environment browser installs what they are made of."""

import json
import os
import shutil
import socket
import tempfile
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import sdk
from harness import environments, expect
from harness.backend import CppBackend
from harness.environments import ROOT

PAGES = Path(__file__).resolve().parent / "browser"
INGEST_KEY = "hcaik_01hqk4k20cjeh63wca8vva5stw70nft6m5n8wr8f5mjx3762s8269j50wc"
CONFIGURATION_KEY = "abcdefghij1234567890ab"
CLIENT_TOKEN = "0123456789abcdef0123456789abcdef"

CLIENTS = sdk.Clients()


def client(name, *arguments, findings=()):
    return CLIENTS.client(f"client.browser.{name}", *arguments, findings=findings)


class Browser:
    """A page that stays open within the block, or until `leave`; then `console` and `errors` are what the browser had to
    say."""

    console = errors = None

    def __init__(self):
        modules = Path(os.environ.get("UNDERSTUDY_BROWSER_MODULES", ROOT / "build" / "browser" / "node_modules"))
        if not shutil.which("node"):
            raise sdk.Skipped("there is no node in PATH")
        if not shutil.which("chromium"):
            raise sdk.Skipped("there is no chromium in PATH")
        if not (modules.parent / "understudy-stamp").exists():
            raise sdk.Skipped("the pages' packages were not installed: scripts/node-environment browser")
        self._home = tempfile.TemporaryDirectory(prefix="understudy-browser-")
        self._program = sdk.Program(
            ["node", PAGES / "drive.cjs"],
            {
                "PATH": os.environ["PATH"],
                "HOME": self._home.name,
                "TMPDIR": self._home.name,
                "NODE_PATH": str(modules),
                "CHROMIUM": shutil.which("chromium"),
            },
        )
        self.origin = self._program.told()["origin"]

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        try:
            if exception[0] is None:
                if self.console is None:
                    self.leave()
                self._program.end()
            else:
                self._program.kill()
        finally:
            self._home.cleanup()

    def visit(self, page, **settings):
        return self._program.ask({"page": page, "settings": settings})

    def leave(self):
        """As a person who goes on: what the page still holds is sent or lost. The browser lives on to the block's end."""
        seen = self._program.ask("leave")
        self.console, self.errors = seen["console"], seen["errors"]


@contextmanager
def cruddur(fakes, origin, variant):
    """The backend in C++, for a page of this origin."""
    program = environments.cpp_backend()
    if program is None:
        raise sdk.Skipped("the backend in C++ was not built: cmake --build build/release --target cruddur")
    settings = {**fakes.backend_environment(), "FRONTEND_URL": origin, "CRUDDUR_VARIANT": variant,
                "OTEL_EXPORTER_OTLP_HEADERS": f"x-honeycomb-team={INGEST_KEY}"}
    with CppBackend(program, settings, fakes.folder / "cruddur.log") as backend:
        yield f"http://127.0.0.1:{backend.port}"


def exchanges(fakes, vendor, method):
    found = [one["ordinal"] for one in fakes.entries(kind="exchange", vendor=vendor)]
    return [one for one in map(fakes.entry, found) if one["method"] == method]


def headers_asked_for(preflight):
    return set(sdk.header(preflight, "access-control-request-headers").split(","))


def check_home(fakes, told):
    """The page's three spans and, in the same trace, the backend's."""
    spans = [record["fields"] for record in fakes.records("span", vendor="honeycomb")]
    front = {span["name"]: span for span in spans if span["dataset"] == "frontend-react-js"}
    called = next((span for name, span in front.items() if name not in ("HomeFeedPage", "load_data")), None)
    expect.equal("spans of the page", len(front), 3)
    page, load = front["HomeFeedPage"], front["load_data"]
    expect.equal("page", (page["trace_id"], page["span_id"]), (told["page"]["traceId"], told["page"]["spanId"]))
    expect.true("a root", "parent_span_id" not in page, page)
    expect.equal("attributes", page["attributes"], {"app.userId": "andrewbrown", "umlaut": "äöü😀"})
    expect.equal("parent of load_data", load["parent_span_id"], page["span_id"])
    expect.equal("parent of the call", called["parent_span_id"], load["span_id"])
    expect.equal("kind of the call", called["kind"], "CLIENT")
    resource = expect.member(page, "resource", "attributes")
    expect.equal("language", resource["telemetry.sdk.language"], "webjs")
    starts = [int(span["start_time_unix_nano"]) for span in (page, load, called)]
    expect.equal("starts, in order", starts, sorted(starts))

    back = [span for span in spans if span["dataset"] != "frontend-react-js"]
    # A preflight is a request of the browser's own: no traceparent, so a trace of its own.
    preflight = expect.only("span of the preflight", [span for span in back if span["name"].startswith("OPTIONS ")])
    expect.true("a trace of its own", preflight["trace_id"] != page["trace_id"], preflight)
    served = expect.only("server span", [span for span in back if span["name"].startswith("GET ")])
    expect.equal("parent of the server span", served["parent_span_id"], called["span_id"])
    inner = expect.only("span within", [span for span in back if span["kind"] != "SERVER"])
    expect.equal("parent of the span within", inner["parent_span_id"], served["span_id"])
    traces = {span["trace_id"] for span in [*front.values(), served, inner]}
    expect.equal("traces", traces, {told["page"]["traceId"]})


@client("otlp-fetch", "home_today", "fetch")
@client("otlp-fetch-of-xhr", "home_today", "xhr")
@client("otlp-xhr", "home_2023", "xhr")
def home(fakes, page, means):
    """Front end and backend in one trace. Every preflight is the browser's own, for the page is of another origin."""
    with Browser() as browser, cruddur(fakes, browser.origin, "cors-traceparent") as backend:
        told = browser.visit(page, endpoint=f"{fakes.url('honeycomb_http')}/v1/traces", backend=backend, means=means,
                             headers={"x-honeycomb-team": INGEST_KEY}, flush=True)
        expect.equal("status that the page saw", told["load"].get("status"), 200)
        expect.true("no refused export", "refused" not in told, told)
    expect.none("complaint of the browser", browser.console + browser.errors)
    check_home(fakes, told)
    preflights = exchanges(fakes, "honeycomb", "OPTIONS")
    expect.true("a preflight", preflights)
    for one in preflights:
        expect.equal("what it asked for", headers_asked_for(one), {"content-type", "x-honeycomb-team"})
        expect.equal("its origin", sdk.header(one, "origin"), browser.origin)
    posts = [one for one in exchanges(fakes, "honeycomb", "POST") if sdk.header(one, "origin")]
    expect.true("a post", posts)
    for post in posts:
        expect.equal("status", post["status"], 200)
        expect.equal("content type", sdk.header(post, "content-type"), "application/json")
        expect.true("Chromium's user agent", "HeadlessChrome" in sdk.header(post, "user-agent"), post["headers"])
        expect.equal("referrer", sdk.header(post, "referer"), browser.origin + "/")


@client("backend-forbids-traceparent")
def forbidden(fakes):
    """The plain backend does not allow traceparent: the browser keeps the page from calling it at all."""
    with Browser() as browser, cruddur(fakes, browser.origin, "") as backend:
        told = browser.visit("home_today", endpoint=f"{fakes.url('honeycomb_http')}/v1/traces", backend=backend,
                             headers={"x-honeycomb-team": INGEST_KEY}, flush=True)
        expect.equal("what the page was told", told["load"].get("failure"), "Failed to fetch")
    said = "Request header field traceparent is not allowed by Access-Control-Allow-Headers in preflight response."
    expect.true(f"Chromium's words: {said}", any(said in text for text in browser.console), browser.console)
    spans = [record["fields"] for record in fakes.records("span", vendor="honeycomb")]
    names = sorted(span["name"] for span in spans if span["dataset"] == "frontend-react-js")
    expect.equal("spans of the page", len(names), 3)
    expect.none("request that the backend served", [span for span in spans if span["kind"] == "SERVER" and
                                                    "home" in json.dumps(span["attributes"]) and
                                                    span["attributes"].get("http.method") == "GET"])


@client("ingest-only-key", findings=["honeycomb.key.may-not-call"])
def ingest_only(fakes):
    """The seeds' challenge: the page's key can send, and nothing else."""
    key = {"key": INGEST_KEY, "kind": "ingest"}
    fakes.set_accounts({"honeycomb": {"keys": [key]}})
    questions = [
        {"path": "/1/auth"},
        {"path": "/1/datasets"},
        {"path": "/1/queries/frontend-react-js", "method": "POST", "body": '{"calculations":[{"op":"COUNT"}]}'},
        {"path": "/1/query_results/frontend-react-js", "method": "POST", "body": '{"query_id":"abcdefghijk"}'},
    ]
    with Browser() as browser, cruddur(fakes, browser.origin, "cors-traceparent") as backend:
        told = browser.visit("home_today", endpoint=f"{fakes.url('honeycomb_http')}/v1/traces", backend=backend,
                             headers={"x-honeycomb-team": INGEST_KEY}, flush=True, questions=questions)
        expect.true("no refused export", "refused" not in told, told)
    check_home(fakes, told)
    known, *refused = told["answers"]
    expect.equal("kind of the key", (known["status"], json.loads(known["text"])["type"]), (200, "ingest"))
    for answer in refused:
        # The page can read why: no CORS failure hides the 401.
        expect.equal(f"status of {answer['path']}", answer.get("status"), 401)
        expect.true("a reason", "API key" in json.loads(answer["text"])["error"], answer)


@client("configuration-key", findings=["honeycomb.key.in-browser"])
def configuration_key(fakes):
    """It works, and everybody who opens the page can read what it may do."""
    with Browser() as browser, cruddur(fakes, browser.origin, "cors-traceparent") as backend:
        told = browser.visit("home_2023", endpoint=f"{fakes.url('honeycomb_http')}/v1/traces", backend=backend,
                             means="xhr", headers={"x-honeycomb-team": CONFIGURATION_KEY}, flush=True)
    expect.none("complaint of the browser", browser.console + browser.errors)
    check_home(fakes, told)
    found = expect.only("finding", [one for one in fakes.findings() if one["id"] == "honeycomb.key.in-browser"])
    expect.true("the page's origin", browser.origin in json.dumps(found), found)
    expect.true("no key in clear", CONFIGURATION_KEY not in json.dumps(found), found)


@client("otlp-key-unknown", findings=["honeycomb.key.unknown"])
def unknown_key(fakes):
    """The page can read the 401: it is no CORS failure."""
    fakes.set_accounts({"honeycomb": {"keys": [{"key": INGEST_KEY, "kind": "ingest"}]}})
    with Browser() as browser, cruddur(fakes, browser.origin, "cors-traceparent") as backend:
        told = browser.visit("home_today", endpoint=f"{fakes.url('honeycomb_http')}/v1/traces", backend=backend,
                             headers={"x-honeycomb-team": CONFIGURATION_KEY}, flush=True)
    expect.true("the status", "401" in told["refused"], told)
    expect.none("word of CORS", [text for text in browser.console if "CORS" in text])
    spans = [record["fields"] for record in fakes.records("span", vendor="honeycomb")]
    expect.none("span of the page", [span for span in spans if span["dataset"] == "frontend-react-js"])


@client("otlp-beacon", findings=["honeycomb.key.browser-without-headers"])
def beacon(fakes):
    """The exporter of 2023 without headers: a beacon as the page is left, which carries no key, and which the browser
    does not even send after a preflight that answers `*`, for a beacon takes cookies along."""
    with Browser() as browser, cruddur(fakes, browser.origin, "cors-traceparent") as backend:
        told = browser.visit("home_2023", endpoint=f"{fakes.url('honeycomb_http')}/v1/traces", backend=backend,
                             means="xhr", flush=False)
        expect.equal("status that the page saw", told["load"].get("status"), 200)
        browser.leave()
        fakes.wait_for_request("OPTIONS", "honeycomb")
    preflight = expect.only("preflight", exchanges(fakes, "honeycomb", "OPTIONS"))
    expect.equal("what it asked for", headers_asked_for(preflight), {"content-type"})
    spans = [record["fields"] for record in fakes.records("span", vendor="honeycomb")]
    expect.none("span of the page", [span for span in spans if span["dataset"] == "frontend-react-js"])


def rollbar_page(browser, fakes, transport, story, **settings):
    defaults = {"endpoint": f"{fakes.url('rollbar')}/api/1/item/", "accessToken": CLIENT_TOKEN}
    return browser.visit("rollbar_page", **{**defaults, "transport": transport, "story": story, **settings})


def only_the_client_token(fakes):
    """A key for pages alone, so that the door must judge the platform of each item."""
    fakes.set_accounts({"rollbar": {"tokens": [{"access_token": CLIENT_TOKEN, "scopes": ["post_client_item"]}]}})


@client("rollbar-xhr", "xhr")
@client("rollbar-fetch", "fetch")
def rollbar_life(fakes, transport):
    only_the_client_token(fakes)
    with Browser() as browser:
        answers = rollbar_page(browser, fakes, transport, "life")
        fakes.wait("item", [], count={"at_least": 4}, vendor="rollbar")
    expect.none("refused", [one for one in answers if one["error"]])
    items = [record["fields"] for record in fakes.records("item", vendor="rollbar")]
    expect.equal("items", len(items), 4)
    for item in items:
        expect.equal("platform", (item["platform"], item["framework"]), ("browser", "browser-js"))
        expect.equal("notifier", item["notifier"]["name"], "rollbar-browser-js")
        expect.equal("page", item["request"]["url"], f"{browser.origin}/home")
        expect.equal("person", item["person"], {"id": "1001", "username": "andrewbrown"})
    message = expect.only("message", [item for item in items if "message" in item["body"]])
    expect.equal("level and text", (message["level"], message["body"]["message"]["body"]), ("warning", "Hello Wörld!"))
    expect.equal("custom data", message["body"]["message"]["extra"], {"rows": 3})
    traces = [trace for item in items for trace in [item["body"].get("trace_chain") or [item["body"].get("trace")]]
              if trace[0]]
    told = sorted(trace[0]["exception"]["message"] for trace in traces)
    expect.equal("exceptions", told, ["home feed did not load", "no such row", "nobody waits for this"])
    chain = expect.only("chain", [trace for trace in traces if len(trace) > 1])
    expect.equal("its cause", (chain[1]["exception"]["class"], chain[1]["exception"]["message"]),
                 ("RangeError", "no such row"))
    frames = [frame for trace in traces for frame in trace[0]["frames"]]
    expect.true("frames of the page's script", any(frame["filename"].endswith("/page.js") for frame in frames), frames)
    wanted = {"content-type", "x-rollbar-access-token"} | ({"signal"} if transport == "fetch" else set())
    preflights = exchanges(fakes, "rollbar", "OPTIONS")
    expect.true("a preflight", preflights)
    for one in preflights:
        expect.equal("what it asked for", headers_asked_for(one), wanted)


@client("rollbar-xhr-limited", "xhr", findings=["rollbar.rate.over-limit"])
@client("rollbar-fetch-limited", "fetch", findings=["rollbar.rate.over-limit"])
def rollbar_limited(fakes, transport):
    fakes.set_settings({"rollbar": {"rate_limit": 1, "rate_quota": "enforce"}})
    with Browser() as browser:
        first, second = rollbar_page(browser, fakes, transport, "twice")
    expect.equal("the first", first["error"], None)
    check_refused(second, transport, "429", "Over rate limit")
    check_refused_posts(fakes, browser, [200, 429])


def check_refused(answer, transport, status, words):
    if transport == "xhr":
        expect.equal("error", answer["error"], status)
    else:
        expect.true(f"the reply, for fetch looks at no status: {words}", words in json.dumps(answer["reply"]), answer)


def check_refused_posts(fakes, browser, statuses):
    expect.equal("statuses", [one["status"] for one in exchanges(fakes, "rollbar", "POST")], statuses)
    # Chromium's own line about a status of 400 and above; rollbar.js adds none.
    expect.none("word of CORS", [text for text in browser.console if "CORS" in text])


@client("rollbar-xhr-too-large", "xhr", findings=["rollbar.body.too-large"])
@client("rollbar-fetch-too-large", "fetch", findings=["rollbar.body.too-large"])
def rollbar_too_large(fakes, transport):
    fakes.set_settings({"rollbar": {"max_payload_bytes": 131072}})
    with Browser() as browser:
        answer = expect.only("answer", rollbar_page(browser, fakes, transport, "large"))
    check_refused(answer, transport, "413", "request entity too large")
    check_refused_posts(fakes, browser, [413])


@client("rollbar-xhr-refused", "xhr", findings=["rollbar.item.missing-key"])
@client("rollbar-fetch-refused", "fetch", findings=["rollbar.item.missing-key"])
def rollbar_refused(fakes, transport):
    with Browser() as browser:
        answer = expect.only("answer", rollbar_page(browser, fakes, transport, "without-id"))
    check_refused(answer, transport, "422", "data.person.id")
    check_refused_posts(fakes, browser, [422])


@client("rollbar-replay")
def rollbar_replay(fakes):
    """A recording is asked for by the answer to an item, sent, and can be read back by the ids that the item names."""
    fakes.set_accounts({"rollbar": {"tokens": [
        {"access_token": CLIENT_TOKEN, "scopes": ["post_client_item"]},
        {"access_token": "rw", "scopes": ["read", "write"]},
    ]}})
    fakes.set_settings({"rollbar": {"session_replay": True}})
    with Browser() as browser:
        told = browser.visit("rollbar_replay_page", endpoint=f"{fakes.url('rollbar')}/api/1/item/",
                             sessions=f"{fakes.url('rollbar')}/api/1/session/", accessToken=CLIENT_TOKEN)
    fakes.sync()
    sent = expect.only("recording", [one for one in exchanges(fakes, "rollbar", "POST") if "session" in one["target"]])
    expect.equal("status", sent["status"], 200)
    path = f"/api/1/environment/test/session/{told['session_id']}/replay/{told['replay_id']}"
    request = urllib.request.Request(fakes.url("rollbar") + path, headers={"X-Rollbar-Access-Token": "rw"})
    with urllib.request.urlopen(request, timeout=sdk.SECONDS) as answer:
        replay = json.load(answer)["result"]
    spans = [span for one in replay["resourceSpans"] for scope in one["scopeSpans"] for span in scope["spans"]]
    expect.true("what the page recorded", any("home" in json.dumps(span) for span in spans), replay)


@client("rollbar-server-token", findings=["rollbar.token.scope"])
def rollbar_server_token(fakes):
    """A backend's token in a page: rollbar.js says why on the console, for it can read the 403."""
    fakes.set_accounts({"rollbar": {"tokens": [{"access_token": CLIENT_TOKEN, "scopes": ["post_server_item"]}]}})
    with Browser() as browser:
        answer = expect.only("answer", rollbar_page(browser, fakes, "xhr", "one"))
    check_refused(answer, "xhr", "403", "")
    said = "post_client_item scope is required"
    expect.true(f"rollbar.js says: {said}", any(said in text for text in browser.console), browser.console)


@client("rollbar-xhr-gone", "xhr")
@client("rollbar-fetch-gone", "fetch")
def rollbar_gone(fakes, transport):
    """Nobody listens: the page goes on, and is told."""
    with socket.socket() as unused, Browser() as browser:
        unused.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{unused.getsockname()[1]}/api/1/item/"
        answer = expect.only("answer", rollbar_page(browser, fakes, transport, "one", endpoint=endpoint))
    expect.true("an error", answer["error"], answer)
    expect.none("item", fakes.records("item", vendor="rollbar"))
