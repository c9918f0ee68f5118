"""What was acknowledged is there after kill -9; a full disk stops acknowledging and says so."""
import contextlib
import json
import pathlib
import resource
import socket
import tempfile
import threading

from program import SEGMENT, SIGNED, TEAM_KEY, Program, allow_many_files, put_log_events, request, status_of


def otlp(name):
    """One span with a name, as OTLP/JSON."""
    span = {"traceId": "5b8aa5a2d2c872e8321cf37308d69df2", "spanId": "051581bf3cb55c13", "name": name, "kind": 2,
            "startTimeUnixNano": "1700000000000000000", "endTimeUnixNano": "1700000000250500000"}
    body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).encode()
    return request("POST", "/v1/traces", {"Content-Type": "application/json", "x-honeycomb-team": TEAM_KEY}, body)


def rollbar_item(name):
    body = json.dumps({"data": {"environment": "test", "body": {"message": {"body": name}}}}).encode()
    return request("POST", "/api/1/item/", {"X-Rollbar-Access-Token": "a" * 32}, body)


def create_log_stream(program):
    for operation, body in (("CreateLogGroup", {"logGroupName": "g"}),
                            ("CreateLogStream", {"logGroupName": "g", "logStreamName": "s"})):
        status, _, text = program.http("aws", "POST", "/", dict(SIGNED, **{"X-Amz-Target": f"Logs_20140328.{operation}"}),
                                       json.dumps(body).encode())
        assert status == 200, text


def log_event(name):
    return put_log_events([{"timestamp": 1700000000000, "message": name}])


class Client(threading.Thread):
    """Sends numbered requests on one connection until it breaks; remembers what was acknowledged."""

    def __init__(self, program, door, make):
        super().__init__()
        self.connection = program.connect(door)
        self.make = make
        self.acknowledged = []
        self.enough = threading.Event()

    def run(self):
        try:
            for number in range(1_000_000):
                self.connection.sendall(self.make(f"n{number}-"))
                reply = self.connection.recv(65536)
                if status_of(reply) != 200:
                    return
                self.acknowledged.append(f"n{number}-")
                if number == 300:
                    self.enough.set()
        except OSError:
            pass
        finally:
            self.enough.set()


def test_kill_nine_under_load_loses_nothing_acknowledged():
    with tempfile.TemporaryDirectory() as journal:
        with Program(journal=journal) as program:
            create_log_stream(program)
            clients = {"honeycomb": Client(program, "honeycomb_http", otlp),
                       "rollbar": Client(program, "rollbar", rollbar_item),
                       "cloudwatch_logs": Client(program, "aws", log_event)}
            for client in clients.values():
                client.start()
            for client in clients.values():
                assert client.enough.wait(60)
            program.kill()
            for client in clients.values():
                client.join()
        with Program(journal=journal) as program:
            for vendor, client in clients.items():
                assert len(client.acknowledged) > 300, (vendor, len(client.acknowledged))
                bodies = recorded_bodies(program, vendor)
                missing = [name for name in client.acknowledged if not any(name.encode() in body for body in bodies)]
                assert not missing, (vendor, missing[:5], len(missing))
            program.assert_proof()
            status, _, _ = program.http("rollbar", "POST", "/api/1/item/", {"X-Rollbar-Access-Token": "a" * 32},
                                        rollbar_item("after").split(b"\r\n\r\n", 1)[1])
            assert status == 200


def test_kill_nine_with_a_thousand_connections_loses_nothing_acknowledged():
    allow_many_files()
    with tempfile.TemporaryDirectory() as journal:
        with Program(journal=journal) as program:
            connections = [program.connect("rollbar") for _ in range(1000)]
            for round_ in range(2):  # the second is under way when the program dies
                for number, connection in enumerate(connections):
                    connection.sendall(rollbar_item(f"n{round_}-{number}-"))
                if round_ == 0:
                    acknowledged = [(f"n0-{number}-", status_of(connection.recv(65536)))
                                    for number, connection in enumerate(connections)]
            program.kill()
            for number, connection in enumerate(connections):
                with contextlib.suppress(OSError):
                    acknowledged.append((f"n1-{number}-", status_of(connection.recv(65536))))
                connection.close()
        acknowledged = [name for name, status in acknowledged if status == 200]
        assert len(acknowledged) >= 1000, len(acknowledged)
        with Program(journal=journal) as program:
            bodies = b"".join(recorded_bodies(program, "rollbar"))
            missing = [name for name in acknowledged if name.encode() not in bodies]
            assert not missing, (missing[:5], len(missing))
            program.assert_proof()


def recorded_bodies(program, vendor):
    return [program.http("console", "GET", f"/v1/entries/{entry['ordinal']}/body")[2]
            for entry in program.entries(kind="exchange", vendor=vendor)]


def test_a_torn_tail_is_cut_and_told():
    with tempfile.TemporaryDirectory() as journal:
        with Program(journal=journal) as program:
            assert status_of(program.exchange("rollbar", rollbar_item("whole"))) == 200
            program.kill()
        segment = pathlib.Path(journal, "default", "000001.uj")
        with open(segment, "ab") as file:
            file.write(b"UJE1 half an entry")
        with Program(journal=journal) as program:
            assert "torn tail" in program.errors(), program.errors()
            assert any(b"whole" in body for body in recorded_bodies(program, "rollbar"))
            program.assert_proof()


def test_a_full_disk_stops_acknowledging_and_says_so():
    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    with tempfile.TemporaryDirectory() as journal:
        with Program(journal=journal, limits=small_files) as program:
            statuses = []
            for number in range(100):
                statuses.append(status_of(program.exchange("rollbar", rollbar_item(f"n{number}-" + "x" * 500))))
            kept = statuses.count(200)
            assert 0 < kept < 100, statuses
            assert all(status == 200 for status in statuses[:kept]), "acknowledged again after a refusal of equal size"
            assert all(status >= 500 for status in statuses[kept:]), statuses
            status, _, text = program.http("console", "GET", "/v1/health")
            assert status == 503, (status, text)
            health = json.loads(text)
            assert health["status"] == "red", health
            assert any("cannot write" in reason for reason in health["reasons"]), health
            items = [body for body in recorded_bodies(program, "rollbar") if b"n" in body]
            assert len(items) == kept, (len(items), kept)
        with Program(journal=journal) as program:
            assert len(recorded_bodies(program, "rollbar")) == kept
            program.assert_proof()


def test_a_journal_that_cannot_be_written_starts_nothing():
    with tempfile.TemporaryDirectory() as folder:
        in_the_way = pathlib.Path(folder, "file")
        in_the_way.write_text("")
        try:
            with Program(journal=in_the_way / "below", expect_end=False):
                raise AssertionError("it started")
        except AssertionError as failure:
            assert "ended with 2" in str(failure) and "below" in str(failure), failure


def test_the_bound_refuses_and_health_goes_red():
    with Program("--max-bytes", "100000") as program:
        for number in range(300):
            status = status_of(program.exchange("rollbar", rollbar_item("x" * 500)))
            if status != 200:
                break
        assert status >= 500, status
        told, _, text = program.http("console", "GET", "/v1/health")
        assert told == 503 and "--max-bytes" in text.decode(), text
        assert any(finding["id"] == "transport.overloaded" and "--max-bytes" in finding["detail"]
                   for finding in program.findings()), program.findings()
        program.api("GET", "/v1/entries")


def test_a_taken_port_is_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        try:
            with Program("--rollbar-port", str(port), expect_end=False):
                raise AssertionError("it started")
        except AssertionError as failure:
            assert "ended with 2" in str(failure) and str(port) in str(failure) and "rollbar" in str(failure), failure


def test_sigterm_keeps_what_stands_in_the_sockets():
    """Datagrams that the kernel has taken are recorded before the program ends."""
    with tempfile.TemporaryDirectory() as journal:
        with Program(journal=journal) as program:
            payload = b'{"format":"json","version":1}\n' + json.dumps(SEGMENT).encode()
            for _ in range(50):
                program.datagram(payload)
        with Program(journal=journal) as program:
            recorded = len(program.entries(kind="exchange", vendor="xray"))
            dropped = sum(entry["dropped"] for entry in program.entries(kind="drops"))
            assert recorded + dropped == 50, (recorded, dropped)
