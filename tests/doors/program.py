"""Starts the program and talks to its doors with raw sockets. Python's standard library only."""
import contextlib
import http.client
import json
import os
import pathlib
import resource
import signal
import socket
import struct
import subprocess
import tempfile
import time

PROGRAM = os.environ["UNDERSTUDY_PROGRAM"]
TEAM_KEY = "abcdefghijklmnopqrstuv"
SIGNED = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Date": "20261121T000000Z",
    "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/us-east-1/logs/aws4_request, "
                     "SignedHeaders=host;x-amz-date, Signature=" + "0" * 64,
}
SEGMENT = {"id": "70de5b6f19ff9a0a", "name": "backend-flask", "start_time": 1.0, "end_time": 2.0}


class Program:
    """`understudy serve` on free ports. Ends with the block; a program that died on its own fails the test."""

    def __init__(self, *arguments, journal=None, limits=None, expect_end=True):
        self.folder = tempfile.TemporaryDirectory(prefix="understudy-doors-")
        ready_file = pathlib.Path(self.folder.name, "ready.json")
        command = [PROGRAM, "serve", "--ports", "auto", "--quiet", "--ready-file", str(ready_file), *arguments]
        if journal:
            command += ["--journal", str(journal)]
        self.expect_end = expect_end
        self.log = open(pathlib.Path(self.folder.name, "log"), "w+b")
        self.process = subprocess.Popen(command, stderr=self.log, preexec_fn=limits)
        deadline = time.monotonic() + 30
        while not ready_file.exists():
            if self.process.poll() is not None:
                raise AssertionError(f"the program ended with {self.process.returncode}: {self.errors()}")
            if time.monotonic() > deadline:
                raise AssertionError("no ready file after 30 s")
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=0.002)
        self.ready = json.loads(ready_file.read_text())
        self.ports = self.ready["ports"]

    def errors(self):
        self.log.flush()
        self.log.seek(0)
        return self.log.read().decode("utf-8", "replace")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        died = self.process.poll()
        if died is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                died = self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                died = "no end within 20 s of SIGTERM"
        errors = self.errors()
        self.log.close()
        self.folder.cleanup()
        if kind is None and self.expect_end and died != 0:
            raise AssertionError(f"the program ended with {died}: {errors}")

    def kill(self):
        self.expect_end = False
        self.process.kill()
        self.process.wait()

    def connect(self, door):
        connection = socket.create_connection(("127.0.0.1", self.ports[door]), timeout=20)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def exchange(self, door, sent):
        """Sends bytes, half-closes, returns everything that comes back."""
        with self.connect(door) as connection:
            with contextlib.suppress(OSError):  # the door may have refused before all was sent
                connection.sendall(sent)
                connection.shutdown(socket.SHUT_WR)
            return receive_all(connection)

    def http(self, door, method, path, headers=None, body=b""):
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[door], timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            reply = connection.getresponse()
            return reply.status, dict(reply.getheaders()), reply.read()
        finally:
            connection.close()

    def api(self, method, path, body=None):
        status, _, text = self.http("console", method, path, {"Content-Type": "application/json"},
                                    b"" if body is None else json.dumps(body).encode())
        told = json.loads(text)
        if status >= 400 and not path.startswith("/v1/health"):
            raise AssertionError(f"{method} {path}: {status} {told}")
        return told

    def sync(self):
        self.api("POST", "/v1/sync")

    def entries(self, kind=None, vendor=None):
        self.sync()
        query = "&".join(f"{name}={value}" for name, value in (("kind", kind), ("vendor", vendor)) if value)
        return self.api("GET", f"/v1/entries?limit=10000&{query}")["entries"]

    def findings(self):
        self.sync()
        return self.api("GET", "/v1/findings")["findings"]

    def datagram(self, payload):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(payload, ("127.0.0.1", self.ports["xray"]))

    def assert_proof(self):
        self.sync()
        proof = self.api("GET", "/v1/proof")
        assert proof["holds"], proof


def allow_many_files():
    """A thousand connections are more open files than a process usually may have."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def receive_all(connection):
    received = b""
    try:
        while piece := connection.recv(65536):
            received += piece
    except ConnectionResetError:
        pass
    return received


def reset(connection):
    """Closes with RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def request(method, path, headers, body=b"", length=None):
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n" + "".join(f"{n}: {v}\r\n" for n, v in headers.items())
    return f"{head}Content-Length: {len(body) if length is None else length}\r\n\r\n".encode() + body


def put_log_events(events, group="g", stream="s"):
    body = json.dumps({"logGroupName": group, "logStreamName": stream, "logEvents": events}).encode()
    return request("POST", "/", dict(SIGNED, **{"X-Amz-Target": "Logs_20140328.PutLogEvents"}), body)


def status_of(reply):
    return int(reply.split(b" ", 2)[1]) if reply.startswith(b"HTTP/1.1 ") else None
