"""The backend as a process, in Flask or C++: started on a free port, driven, stopped by SIGINT."""

import http.client
import os
import re
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from harness import process

SCENARIOS = Path(__file__).resolve().parent.parent
FLASK_BACKEND = SCENARIOS / "flask"
START_SECONDS = 60
STOP_SECONDS = 60

# What the seeds' compose file sets. Keys are the AWS documentation's own example keys.
SEEDS_SETTINGS = {
    "OTEL_SERVICE_NAME": "backend-flask",
    "AWS_XRAY_URL": "*4567-seeds-workspace.ws-eu89.gitpod.io*",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "ROLLBAR_ACCESS_TOKEN": "0123456789abcdef0123456789abcdef",
    "FRONTEND_URL": "http://localhost:3000",
    "BACKEND_URL": "http://localhost:4567",
    "FLASK_DEBUG": "0",
    "FLASK_APP": "app",
}


@dataclass
class Response:
    method: str
    path: str
    status: int
    headers: dict
    body: bytes

    def header(self, name):
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), None)


class Backend:
    """Use as a context manager. `driven` is called with (method, url, request headers, Response) after each request."""

    own_settings = {}
    host = "127.0.0.1"

    def __init__(self, python, environment, log_path, driven=None, source=FLASK_BACKEND):
        self.log_path = Path(log_path)
        self.driven = driven
        self.port = None
        self._log = open(self.log_path, "wb")
        self._process = process.start(
            self._command(python), self._log, cwd=source, env=_environment({**self.own_settings, **environment})
        )

    @staticmethod
    def _command(python):
        return [python, "-m", "flask", "run", "--host", "127.0.0.1", "--port", "0"]

    def __enter__(self):
        try:
            self._wait_until_it_listens()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *exception):
        if exception[0] is None:
            self.stop()
        else:
            self.kill()

    def get(self, path, **headers):
        return self.request("GET", path, headers=headers)

    def request(self, method, path, headers=None, body=None):
        """Header names may be written with underscores; Host defaults to the seeds' localhost:4567."""
        sent = {"Host": "localhost:4567", "User-Agent": "understudy-scenarios"}
        sent.update({name.replace("_", "-"): value for name, value in (headers or {}).items()})
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        try:
            connection.request(method, path, body=body, headers=sent)
            reply = connection.getresponse()
            response = Response(method, path, reply.status, dict(reply.getheaders()), reply.read())
        finally:
            connection.close()
        if self.driven:
            self.driven(method, f"http://{sent['Host']}{path}", sent, response)
        return response

    def is_running(self):
        return self._process.poll() is None

    def stop(self, by=signal.SIGINT):
        """SIGINT, as Ctrl-C does: atexit runs, and every SDK flushes. With SIGTERM Python's would lose what is queued."""
        process.interrupt(self._process, STOP_SECONDS, f"the backend (log: {self.log_path})", by)
        self._log.close()

    def kill(self):
        process.kill(self._process)
        self._log.close()

    def log_text(self):
        return self.log_path.read_text(errors="replace")

    def _wait_until_it_listens(self):
        """Both print the port that they were given only after they listen there; then a connection proves it."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if not self.is_running():
                raise AssertionError(
                    f"the backend ended with code {self._process.returncode} while starting; its log:\n{self.log_text()}"
                )
            announced = re.search(r"Running on http://127\.0\.0\.1:(\d+)", self.log_text())
            if announced:
                self.port = int(announced.group(1))
                with socket.create_connection(("127.0.0.1", self.port), timeout=10):
                    return
            time.sleep(0.02)
        raise AssertionError(f"the backend did not listen within {START_SECONDS} s; log: {self.log_path}")


class CppBackend(Backend):
    """The project's own, which takes host and port from the environment."""

    own_settings = {"CRUDDUR_HOST": "127.0.0.1", "CRUDDUR_PORT": "0"}

    @staticmethod
    def _command(program):
        return [program]


def _environment(given):
    """`given` goes over the seeds' settings; None takes a variable away."""
    merged = {**_clean_environment(), **SEEDS_SETTINGS, **given}
    return {name: value for name, value in merged.items() if value is not None}


def _clean_environment():
    """The caller's environment without what an SDK would read: a scenario must not depend on it."""
    telemetry = ("OTEL_", "CRUDDUR_", "AWS_", "ROLLBAR_", "FLASK_", "HONEYCOMB_", "BOTO_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(telemetry)}
    kept.update({"PYTHONUNBUFFERED": "1", "NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"})
    # Credentials and profiles of the person at the keyboard stay out too.
    kept.update({"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull})
    kept.update({"AWS_EC2_METADATA_DISABLED": "true"})
    return kept
