"""An event stream over a plain socket: what StartLiveTail sends, piece by piece."""
import json
import struct
import tempfile
import time
import zlib

from program import SIGNED, Program, put_log_events, receive_all, request


def call(program, operation, body):
    return program.http("aws", "POST", "/", dict(SIGNED, **{"X-Amz-Target": f"Logs_20140328.{operation}"}),
                        json.dumps(body).encode())


def prepare(program):
    for operation, body in (("CreateLogGroup", {"logGroupName": "g"}),
                            ("CreateLogStream", {"logGroupName": "g", "logStreamName": "s"})):
        status, _, text = call(program, operation, body)
        assert status == 200, text


def live_tails(program):
    return [one for one in program.entries(vendor="cloudwatch_logs") if one.get("operation", "").endswith("LiveTail")]


def outcome_of_the_live_tail(program):
    """Once it is known."""
    deadline = time.monotonic() + 20
    while live_tails(program)[0]["answered"] is None:
        assert time.monotonic() < deadline, live_tails(program)
    return program.api("GET", f"/v1/entries/{live_tails(program)[0]['ordinal']}")["outcome"]


class Tail:
    """The messages of one session, read one at a time."""

    def __init__(self, program, **more):
        self.connection = program.connect("aws")
        body = json.dumps({"logGroupIdentifiers": ["g"], **more}).encode()
        self.connection.sendall(request("POST", "/", dict(SIGNED, **{"X-Amz-Target": "Logs_20140328.StartLiveTail"}),
                                        body))
        self.file = self.connection.makefile("rb")
        self.head = b""
        while not self.head.endswith(b"\r\n\r\n"):
            self.head += self.file.read(1)
        self.unread = b""

    def close(self):
        self.connection.close()
        self.file.close()

    def rest(self):
        """Everything up to its end."""
        types = []
        while (event := self.event())[0] is not None:
            types.append(event[0])
        return types

    def bytes(self, count):
        while len(self.unread) < count:
            size = int(self.file.readline(), 16)
            if size == 0:
                return None
            self.unread += self.file.read(size)
            assert self.file.readline() == b"\r\n"
        taken, self.unread = self.unread[:count], self.unread[count:]
        return taken

    def message(self):
        prelude = self.bytes(12)
        if prelude is None:
            return None, None
        total, headers_length, crc = struct.unpack(">III", prelude)
        assert crc == zlib.crc32(prelude[:8])
        rest = self.bytes(total - 12)
        assert struct.unpack(">I", rest[-4:])[0] == zlib.crc32(prelude + rest[:-4])
        headers, at = {}, 0
        while at < headers_length:
            length = rest[at]
            name = rest[at + 1:at + 1 + length].decode()
            assert rest[at + 1 + length] == 7
            size = struct.unpack(">H", rest[at + 2 + length:at + 4 + length])[0]
            headers[name] = rest[at + 4 + length:at + 4 + length + size].decode()
            at += 4 + length + size
        assert headers[":content-type"] == "application/x-amz-json-1.1"
        return headers, json.loads(rest[headers_length:-4])

    def event(self):
        headers, payload = self.message()
        assert headers is None or headers[":message-type"] == "event", headers
        return (headers or {}).get(":event-type"), payload


def test_a_live_tail_shows_what_arrives_and_is_recorded_with_its_end():
    with Program() as program:
        prepare(program)
        tail = Tail(program, logEventFilterPattern="wanted")
        assert b"200 OK" in tail.head and b"application/vnd.amazon.eventstream" in tail.head, tail.head
        assert b"ransfer-Encoding: chunked" in tail.head, tail.head
        assert tail.event() == ("initial-response", {})
        kind, start = tail.event()
        assert kind == "sessionStart" and start["logGroupIdentifiers"] == ["g"], start
        now = int(time.time() * 1000)
        program.exchange("aws", put_log_events([{"timestamp": now, "message": "wanted 1"},
                                                {"timestamp": now, "message": "other"}]))
        seen = []
        while not seen:
            kind, update = tail.event()
            assert kind == "sessionUpdate", kind
            assert update["sessionMetadata"] == {"sampled": False}
            seen = update["sessionResults"]
        assert [(one["logGroupIdentifier"], one["logStreamName"], one["message"], one["timestamp"]) for one in seen] == \
            [("g", "s", "wanted 1", now)]
        assert tail.event()[1]["sessionResults"] == []
        assert live_tails(program)[0]["answered"] is None
        tail.close()
        assert outcome_of_the_live_tail(program) == "peer gone"
        program.assert_proof()


def test_a_live_tail_ends_after_three_hours_and_the_connection_goes_on():
    with Program() as program:
        prepare(program)
        tail = Tail(program)
        assert [tail.event()[0] for _ in range(2)] == ["initial-response", "sessionStart"]
        program.api("PUT", "/v1/clock", {"offset_ms": 3 * 3600 * 1000})
        headers, payload = tail.message()
        while headers[":message-type"] == "event":
            headers, payload = tail.message()
        assert headers[":exception-type"] == "SessionTimeoutException" and payload["message"], (headers, payload)
        assert tail.message() == (None, None)
        assert outcome_of_the_live_tail(program) == "written"
        tail.connection.sendall(request("GET", "/", {"Connection": "close"}))
        tail.file.readline()
        assert b"HTTP/1.1 400" in tail.file.readline() + receive_all(tail.connection)
        program.assert_proof()


def test_a_live_tail_ends_with_a_reset():
    with Program() as program:
        prepare(program)
        tail = Tail(program)
        assert [tail.event()[0] for _ in range(2)] == ["initial-response", "sessionStart"]
        program.api("POST", "/v1/reset")
        assert set(tail.rest()) <= {"sessionUpdate"}
        assert call(program, "DescribeLogGroups", {})[0] == 200
        program.assert_proof()


def test_the_program_ends_while_a_live_tail_is_open():
    with tempfile.TemporaryDirectory(prefix="understudy-live-tail-") as journal:
        with Program(journal=journal) as program:
            prepare(program)
            tail = Tail(program)
            assert [tail.event()[0] for _ in range(2)] == ["initial-response", "sessionStart"]
        assert set(tail.rest()) <= {"sessionUpdate"}
        tail.close()
        with Program(journal=journal) as program:
            assert outcome_of_the_live_tail(program) == "written"
            program.assert_proof()


def test_a_live_tail_that_nobody_reads_ends():
    with Program() as program:
        prepare(program)
        tail = Tail(program)
        now = int(time.time() * 1000)
        for _ in range(16):  # 16 MB: more than the kernel's buffers and what may wait
            program.exchange("aws", put_log_events([{"timestamp": now, "message": "m" * 200_000} for _ in range(5)]))
        assert outcome_of_the_live_tail(program) == "peer gone"
        tail.close()
        program.assert_proof()
