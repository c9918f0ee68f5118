"""A million spans through the door, and what a person asks of them: the P99 of their duration, by user."""

import http.client
import json
import math
import random
import struct
import time

USERS = 1000
ROWS = 100  # what a query without a limit answers
SPANS_A_POST = 512
DISTINCT_POSTS = 100
PERCENTILE = {
    "breakdowns": ["app.userId"],
    "calculations": [{"op": "P99", "column": "duration_ms"}, {"op": "COUNT"}],
}


class Asking:
    """One connection; every reply but the expected kind is an error."""

    def __init__(self, port, key):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        self.key = key

    def send(self, method, target, body=None, kind="application/json"):
        headers = {"Content-Type": kind, "x-honeycomb-team": self.key}
        self.connection.request(method, target, body, headers)
        reply = self.connection.getresponse()
        answered = reply.read()
        if reply.status >= 300:
            raise ValueError(f"{method} {target}: {reply.status} {answered[:200]!r}")
        return reply.headers.get("Location"), answered

    def ask(self, query):
        """The result, and the seconds that reading it took."""
        _, made = self.send("POST", "/1/queries/bench", json.dumps(query))
        promise = json.dumps({"query_id": json.loads(made)["id"]})
        location, _ = self.send("POST", "/1/query_results/bench", promise)
        begin = time.perf_counter()
        _, answered = self.send("GET", location)
        seconds = time.perf_counter() - begin
        return json.loads(answered)["data"]["results"], seconds


def measure(port, key, spans):
    """Seconds of the first and of the best later question. What is counted is compared with what was sent."""
    asking = Asking(port, key)
    durations = {}
    posts = [post(durations, number) for number in range(DISTINCT_POSTS)]
    rounds = max(1, math.ceil(spans / (SPANS_A_POST * DISTINCT_POSTS)))
    for _ in range(rounds):
        for body in posts:
            asking.send("POST", "/v1/traces", body, "application/x-protobuf")
    rows, first = asking.ask(PERCENTILE)
    if len(rows) != ROWS:
        raise ValueError(f"{len(rows)} rows, not {ROWS}")
    for row in (row["data"] for row in rows):
        own = sorted(durations[row["app.userId"]] * rounds)
        wanted = (len(own), own[math.ceil(len(own) * 0.99) - 1])
        if (row["COUNT"], row["P99(duration_ms)"]) != wanted:
            raise ValueError(f"{row}, not {wanted}")
    return first, min(asking.ask(PERCENTILE)[1] for _ in range(3)), rounds * SPANS_A_POST * DISTINCT_POSTS


def varint(number):
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def attribute(key, value):
    return field(1, key) + field(2, field(1, value) if isinstance(value, bytes) else b"\x18" + varint(value))


def post(durations, number):
    """An export of spans of the last hour; their durations are noted by user."""
    random.seed(number)
    spans = b""
    for i in range(SPANS_A_POST):
        user = f"user-{random.randrange(USERS)}"
        start = time.time_ns() - random.randrange(3600) * 10**9
        microseconds = int(random.lognormvariate(3, 1) * 1000)
        durations.setdefault(user, []).append(microseconds / 1000)
        ids = struct.pack(">QQ", number + 1, i // 8), struct.pack(">Q", number * SPANS_A_POST + i + 1)
        span = field(1, ids[0]) + field(2, ids[1]) + field(5, b"home-activities-mock-data") + b"\x30\x02"
        span += b"\x39" + struct.pack("<Q", start) + b"\x41" + struct.pack("<Q", start + microseconds * 1000)
        for key, value in ((b"app.userId", user.encode()), (b"http.status_code", 200), (b"http.method", b"GET")):
            span += field(9, attribute(key, value))
        spans += field(2, span)
    resource = field(1, attribute(b"service.name", b"bench")) + field(1, attribute(b"telemetry.sdk.name", b"bench"))
    return field(1, field(1, resource) + field(2, field(1, field(1, b"home.activities")) + spans))
