"""The program under test: `understudy serve` on free ports, and its control API."""

import http.client
import json
import os
import time
import urllib.parse
from pathlib import Path

from harness import process
from harness.environments import ROOT

# What comes ends a wait at once: this long is waited for what does not, on a machine that is busy with other tests.
PATIENCE_SECONDS = 60
START_SECONDS = 60
STOP_SECONDS = 30
PAGE = 1000


def program():
    return Path(os.environ.get("UNDERSTUDY_PROGRAM", ROOT / "build" / "release" / "understudy"))


class Fakes:
    """Use as a context manager. `folder` keeps the ready file and the program's log."""

    host = "127.0.0.1"

    def __init__(self, folder, arguments=()):
        self.folder = Path(folder)
        self.log_path = self.folder / "understudy.log"
        self._ready_file = self.folder / "ready.json"
        self._ready_file.unlink(missing_ok=True)
        if not program().exists():
            raise AssertionError(f"{program()} does not exist: build it, or set UNDERSTUDY_PROGRAM")
        self._log = open(self.log_path, "wb")
        command = [program(), "serve", "--ports", "auto", "--ready-file", self._ready_file, *arguments]
        self._process = process.start(command, self._log)

    def __enter__(self):
        try:
            self._wait_until_ready()
        except BaseException:
            self._kill()
            raise
        return self

    def __exit__(self, *exception):
        if exception[0] is None:
            self.stop()
        else:
            self._kill()

    def url(self, door):
        return f"http://{self.host}:{self.ports[door]}"

    def backend_environment(self, over_grpc=False):
        """What a backend needs to find the fakes. pyrollbar and the botocore of early 2023 read no variable for an
        endpoint, so the backend reads ROLLBAR_ENDPOINT and AWS_ENDPOINT_URL itself."""
        environment = dict(self.environment)
        environment["ROLLBAR_ENDPOINT"] = f"{self.url('rollbar')}/api/1/"
        environment.setdefault("OTEL_EXPORTER_OTLP_HEADERS", "x-honeycomb-team=abcdefghij1234567890ab")
        if over_grpc:
            environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc"
            environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = self.url("honeycomb_grpc")
        return environment

    # The control API.

    def records(self, kind, where=(), vendor=None, after=None):
        """All records of a kind, oldest first. Everything that reached a socket before the call is among them."""
        self.sync()
        found = []
        while True:
            page = self._call(
                "GET",
                "/v1/records",
                kind=kind,
                vendor=vendor,
                limit=PAGE,
                after=after,
                where=json.dumps(_conditions(where)) if where else None,
            )
            found += page["records"]
            after = page["next_after"]
            if len(page["records"]) < PAGE:
                return found

    def wait(self, kind, where=(), count=1, vendor=None, timeout=PATIENCE_SECONDS, after=None, quiet=None):
        """Waits for records and returns them; fails with the nearest miss. `count` as a number means exactly that."""
        request = {"kind": kind, "where": _conditions(where), "count": count, "timeout_ms": int(timeout * 1000)}
        optional = {"vendor": vendor, "after": after, "quiet_ms": quiet}
        request.update({name: value for name, value in optional.items() if value is not None})
        reply = self._call("POST", "/v1/wait", body=request, seconds=timeout + 30)
        if not reply["met"]:
            nearest = reply.get("nearest")
            raise AssertionError(
                f"expected {count} of kind {kind} with {_shown(where)}\n"
                f"found    {reply.get('seen')}: {reply.get('message')}\n"
                f"nearest  {json.dumps(nearest, indent=1)[:4000] if nearest else 'nothing of that kind'}"
            )
        return reply["records"]

    def wait_for_one(self, kind, where=(), vendor=None, timeout=PATIENCE_SECONDS):
        return self.wait(kind, where, count={"at_least": 1}, vendor=vendor, timeout=timeout)[0]

    def entries(self, **query):
        self.sync()
        found = []
        while True:
            page = self._call("GET", "/v1/entries", limit=PAGE, **query)["entries"]
            found += page
            if len(page) < PAGE:
                return found
            query["after"] = page[-1]["ordinal"]

    def wait_for_request(self, method, vendor):
        """Waits for a request of this method, whatever became of it."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not any(entry["method"] == method for entry in self.entries(kind="exchange", vendor=vendor)):
            if time.monotonic() > deadline:
                raise AssertionError(f"no {method} came to {vendor} within {PATIENCE_SECONDS} s")
            time.sleep(0.01)

    def entry(self, ordinal):
        """One entry with its headers and its decision."""
        return self._call("GET", f"/v1/entries/{ordinal}")

    def headers(self, ordinal):
        return {header["name"].lower(): header["value"] for header in self.entry(ordinal)["headers"]}

    def add_fault(self, fault):
        return self._call("POST", "/v1/faults", body=fault)["id"]

    def findings(self):
        self.sync()  # as records() does
        return self._call("GET", "/v1/findings")["findings"]

    def set_accounts(self, accounts):
        self._call("PUT", "/v1/accounts", body=accounts)

    def set_settings(self, settings):
        self._call("PUT", "/v1/settings", body=settings)

    def set_clock(self, offset_ms):
        """The vendors' clock, apart from the wall's."""
        self._call("PUT", "/v1/clock", body={"offset_ms": offset_ms})

    def proof(self):
        return self._call("GET", "/v1/proof")

    def sync(self):
        return self._call("POST", "/v1/sync", body={})

    def driven(self, method, url, request_headers, response):
        self._call(
            "POST",
            "/v1/driven",
            body={
                "method": method,
                "url": url,
                "request_headers": request_headers,
                "status": response.status,
                "response_headers": response.headers,
                "body": response.body.decode(errors="replace"),
            },
        )

    def call_xray(self, operation, body):
        """An X-Ray API call through the daemon's TCP port, where none needs a signature."""
        return _exchange(self.host, self.ports["xray"], "POST", f"/{operation}", json.dumps(body))

    def is_running(self):
        return self._process.poll() is None

    def stop(self):
        code = process.interrupt(self._process, STOP_SECONDS, f"understudy (log: {self.log_path})")
        self._log.close()
        if code != 0:
            raise AssertionError(f"understudy ended with code {code}; its log:\n{self._log_text()}")

    def _kill(self):
        process.kill(self._process)
        self._log.close()

    def _log_text(self):
        return self.log_path.read_text(errors="replace")[-4000:]

    def _wait_until_ready(self):
        deadline = time.monotonic() + START_SECONDS
        while not self._ready_file.exists():
            if not self.is_running():
                raise AssertionError(
                    f"understudy ended with code {self._process.returncode} while starting; its log:\n{self._log_text()}"
                )
            if time.monotonic() > deadline:
                raise AssertionError(f"understudy was not ready within {START_SECONDS} s; log: {self.log_path}")
            time.sleep(0.005)
        ready = json.loads(self._ready_file.read_text())
        self.ports = ready["ports"]
        self.urls = ready["urls"]
        self.environment = ready["environment"]

    def _call(self, method, path, body=None, seconds=60, **query):
        query = urllib.parse.urlencode({name: value for name, value in query.items() if value is not None})
        text = json.dumps(body) if body is not None else None
        target = f"{path}?{query}" if query else path
        status, reply = _exchange(self.host, self.ports["console"], method, target, text, seconds)
        if not (200 <= status < 300 or status == 408):
            raise AssertionError(f"{method} {target} with {text} answered {status}: {reply}")
        return reply


def _exchange(host, port, method, target, body, seconds=60):
    connection = http.client.HTTPConnection(host, port, timeout=seconds)
    try:
        connection.request(method, target, body, {"Content-Type": "application/json"} if body is not None else {})
        reply = connection.getresponse()
        text = reply.read().decode()
        try:
            return reply.status, json.loads(text) if text else {}
        except ValueError:
            return reply.status, text
    finally:
        connection.close()


def _conditions(where):
    """("name", "=", "x") reads better in a check than the control API's objects."""
    return [{"field": field, "op": op, **({"value": value[0]} if value else {})} for field, op, *value in where]


def _shown(where):
    return " and ".join(" ".join(str(part) for part in condition) for condition in where) or "any content"
