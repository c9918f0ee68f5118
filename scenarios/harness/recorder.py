"""Loopback recorders that keep what an SDK sent byte for byte: an independent witness, sharing nothing with the fakes.

Their answers are the least that keeps each SDK going. They are not the vendors' answers; nothing but record_data.py
uses them."""

import json
import re
import socket
import socketserver
import threading
from dataclasses import dataclass

GREATEST_DATAGRAM = 65536


@dataclass
class Exchange:
    door: str
    head: bytes  # request line and headers with the blank line; empty for a datagram
    body: bytes  # after transfer coding

    @property
    def target(self):
        return self.head.split(b" ", 2)[1].decode() if self.head else ""

    def header(self, name):
        found = re.search(rb"^" + re.escape(name.encode()) + rb":[ \t]*(.*?)\r?$", self.head, re.I | re.M)
        return found.group(1).decode() if found else None

    @property
    def operation(self):
        """The AWS operation of an X-Amz-Target header."""
        return (self.header("X-Amz-Target") or "").rpartition(".")[2]


class Recorder:
    """Four doors on free ports. `environment` is what a backend needs to find them."""

    def __init__(self):
        self.exchanges = []
        self._log_streams = 0
        self.arrived = threading.Condition()
        self._servers = [self._tcp("honeycomb"), self._tcp("aws"), self._tcp("rollbar")]
        honeycomb, aws, rollbar = (server.server_address[1] for server in self._servers)
        udp, xray_tcp = _same_port_twice(lambda port: self._tcp("xray", port))
        self._udp = udp
        self._servers.append(xray_tcp)
        threading.Thread(target=self._receive_datagrams, daemon=True).start()
        self.environment = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{honeycomb}",
            "OTEL_EXPORTER_OTLP_HEADERS": "x-honeycomb-team=abcdefghij1234567890ab",
            "AWS_XRAY_DAEMON_ADDRESS": f"127.0.0.1:{udp.getsockname()[1]}",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{aws}",
            "ROLLBAR_ENDPOINT": f"http://127.0.0.1:{rollbar}/api/1/",
        }

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        for server in self._servers:
            server.shutdown()
            server.server_close()
        self._udp.close()

    def wait_for(self, wanted, seconds=30):
        with self.arrived:
            found = self.arrived.wait_for(lambda: next((e for e in self.exchanges if wanted(e)), None), seconds)
        if found is None:
            raise AssertionError(
                f"not recorded within {seconds} s; seen: {[(e.door, e.target) for e in self.exchanges]}"
            )
        return found

    def _add(self, exchange):
        with self.arrived:
            self.exchanges.append(exchange)
            self.arrived.notify_all()

    def _tcp(self, door, port=0):
        recorder = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                while (request := _read_request(self.rfile)) is not None:
                    exchange = Exchange(door, *request)
                    self.wfile.write(recorder._reply(exchange))
                    recorder._add(exchange)

        server = socketserver.ThreadingTCPServer(("127.0.0.1", port), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    def _reply(self, exchange):
        status, kind, body = "200 OK", "application/json", b"{}"
        if exchange.door == "honeycomb":
            kind = exchange.header("Content-Type")
            body = b"{}" if kind == "application/json" else b""
        elif exchange.door == "rollbar":
            body = b'{"err": 0, "result": {"id": null, "uuid": "0"}}'
        elif exchange.target == "/GetSamplingRules":
            body = json.dumps({"NextToken": None, "SamplingRuleRecords": [_default_rule()]}).encode()
        elif exchange.target == "/SamplingTargets":
            body = b'{"LastRuleModification": 0.0, "SamplingTargetDocuments": [], "UnprocessedStatistics": []}'
        elif exchange.operation == "DescribeLogGroups":
            body = b'{"logGroups": []}'
        elif exchange.operation == "CreateLogStream":
            self._log_streams += 1
        elif exchange.operation == "PutLogEvents" and self._log_streams == 0:
            # So that the client shows its usual path: refused, CreateLogStream, the same batch again.
            status = "400 Bad Request"
            body = b'{"__type": "ResourceNotFoundException", "message": "The specified log stream does not exist."}'
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body

    def _receive_datagrams(self):
        while True:
            try:
                datagram = self._udp.recv(GREATEST_DATAGRAM)
            except OSError:
                return
            self._add(Exchange("xray", b"", datagram))


def _same_port_twice(listen):
    """A port that is free for UDP and for TCP."""
    for _ in range(100):
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        try:
            return udp, listen(udp.getsockname()[1])
        except OSError:
            udp.close()
    raise RuntimeError("no port is free for UDP and TCP")


def _read_request(stream):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = stream.readline()
        if not line:
            return None
        head += line
    length = re.search(rb"^content-length:\s*(\d+)", head, re.I | re.M)
    if re.search(rb"^transfer-encoding:\s*chunked", head, re.I | re.M):
        body = b""
        while size := int(stream.readline().split(b";")[0], 16):
            body += stream.read(size)
            stream.readline()
        stream.readline()
        return head, body
    return head, stream.read(int(length.group(1))) if length else b""


def _default_rule():
    matchers = dict.fromkeys(("ServiceName", "ServiceType", "Host", "HTTPMethod", "URLPath", "ResourceARN"), "*")
    arn = "arn:aws:xray:us-east-1:000000000000:sampling-rule/Default"
    rule = {"RuleName": "Default", "RuleARN": arn, "Priority": 10000, "FixedRate": 1.0, "ReservoirSize": 0}
    rule.update(matchers, Version=1, Attributes={})
    return {"CreatedAt": 0.0, "ModifiedAt": 0.0, "SamplingRule": rule}
