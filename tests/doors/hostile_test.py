"""Every door under hostile input: the vendor's reply where there is one, an entry in the journal, a finding that names
place and reason, and a door that goes on serving."""
import gzip
import http.client
import json
import pathlib
import resource
import socket

from program import SIGNED, TEAM_KEY, Program, allow_many_files, put_log_events, receive_all, request, reset, status_of

HONEYCOMB = {"Content-Type": "application/x-protobuf", "x-honeycomb-team": TEAM_KEY}
LOGS = dict(SIGNED, **{"X-Amz-Target": "Logs_20140328.PutLogEvents"})
ROLLBAR = {"Content-Type": "application/json", "X-Rollbar-Access-Token": "a" * 32}
# door, path, headers of a request that reaches the vendor's body rules
DOORS = [("honeycomb_http", "/v1/traces", HONEYCOMB), ("honeycomb_grpc", "/v1/traces", HONEYCOMB),
         ("xray", "/TraceSegments", {}), ("aws", "/", LOGS), ("rollbar", "/api/1/item/", ROLLBAR)]
VENDOR = {"honeycomb_http": "honeycomb", "honeycomb_grpc": "honeycomb", "xray": "xray", "aws": "cloudwatch_logs",
          "rollbar": "rollbar"}


def assert_alive(program):
    """Each door still answers an ordinary request."""
    for door, path, headers in DOORS:
        status, _, _ = program.http(door, "POST", path, headers, b"{}")
        assert 200 <= status < 500, (door, status)


def assert_finding(program, door, word=""):
    found = [finding for finding in program.findings() if finding["vendor"] == VENDOR[door] or
             finding["id"].startswith("transport.")]
    assert found, f"{door}: no finding"
    assert all(finding["message"] and finding["mend"] and finding["place"] for finding in found), found
    if word:
        assert any(word in json.dumps(finding) for finding in found), (door, word, found)


def each_door(run):
    """A program of its own for each door, so that findings are this door's alone."""
    for door, path, headers in DOORS:
        with Program() as program:
            run(program, door, path, headers)
            assert_alive(program)
            program.assert_proof()


def refused_body(body, extra=None):
    def run(program, door, path, headers):
        status, _, _ = program.http(door, "POST", path, dict(headers, **(extra or {})), body)
        assert 400 <= status < 500, (door, status)
        recorded = program.entries(kind="exchange", vendor=VENDOR[door])
        assert len(recorded) == 1 and recorded[0]["body_bytes"] == len(body), (door, recorded)
        assert recorded[0]["findings"] >= 1, (door, recorded)
        assert_finding(program, door)

    each_door(run)


def test_bodies_that_are_no_document():
    refused_body(b'{"data": [1, 2')


def test_bodies_that_are_not_utf8():
    refused_body(b'{"data": "\xff\xfe"}')


def test_bodies_nested_beyond_reason():
    refused_body(b'{"a":' * 100_000)


def test_a_coding_that_nobody_knows():
    def run(program, door, path, headers):
        status, _, _ = program.http(door, "POST", path, dict(headers, **{"Content-Encoding": "snappy"}), b"{}")
        if VENDOR[door] == "honeycomb":
            assert status == 400, (door, status)
            assert_finding(program, door, "snappy")
        assert len(program.entries(kind="exchange", vendor=VENDOR[door])) == 1

    each_door(run)


def test_a_decompression_bomb_is_refused():
    bomb = gzip.compress(bytes(1 << 30), 9)  # 1 GB in 1 MB
    for door, path, headers in DOORS:
        if door not in ("honeycomb_http", "aws"):
            continue
        with Program() as program:
            status, _, _ = program.http(door, "POST", path, dict(headers, **{"Content-Encoding": "gzip"}), bomb)
            assert 400 <= status < 500, (door, status)
            assert_finding(program, door)
            with open(f"/proc/{program.ready['pid']}/status", encoding="ascii") as file:
                peak = next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) / 1024
            assert peak < 600, f"{door}: {peak:.0f} MB at the peak"
            assert_alive(program)


def test_a_cut_gzip_body():
    def run(program, door, path, headers):
        cut = gzip.compress(b'{"logGroupName": "g"}')[:-9]
        status, _, _ = program.http(door, "POST", path, dict(headers, **{"Content-Encoding": "gzip"}), cut)
        assert 400 <= status < 500, (door, status)
        assert_finding(program, door)

    for door, path, headers in DOORS:
        if door in ("honeycomb_http", "aws"):
            with Program() as program:
                run(program, door, path, headers)


def test_a_request_cut_in_its_body_is_a_fragment():
    def run(program, door, path, headers):
        received = program.exchange(door, request("POST", path, headers, b"half", length=100))
        assert status_of(received) in (None, 400, 408), (door, received)
        fragments = program.entries(kind="fragment")
        assert len(fragments) == 1 and fragments[0]["vendor"] == VENDOR[door], (door, fragments)
        assert_finding(program, door)

    each_door(run)


def test_a_request_cut_by_reset_is_a_fragment():
    def run(program, door, path, headers):
        connection = program.connect(door)
        connection.sendall(request("POST", path, headers, b"half", length=100))
        program.sync()
        reset(connection)
        # The reset has no acknowledgement to wait for: sync until it was seen.
        for _ in range(1000):
            if program.entries(kind="fragment"):
                break
        assert len(program.entries(kind="fragment")) == 1, door

    each_door(run)


def test_bytes_one_by_one_are_one_request():
    def run(program, door, path, headers):
        whole = request("POST", path, headers, b"{}")
        with program.connect(door) as connection:
            for byte in whole:
                connection.sendall(bytes([byte]))
            connection.shutdown(socket.SHUT_WR)
            assert status_of(receive_all(connection)) is not None, door
        assert len(program.entries(kind="exchange", vendor=VENDOR[door])) == 1

    each_door(run)


def test_a_head_that_is_no_http():
    def run(program, door, path, headers):
        received = program.exchange(door, b"\x00\x01\x02 what is this\r\n\r\n")
        assert status_of(received) in (None, 400), (door, received)
        assert_finding(program, door, "transport.bad-head")

    each_door(run)


def test_two_lengths_or_length_and_chunks_are_refused():
    def run(program, door, path, headers):
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        for framing in ("Content-Length: 2\r\nContent-Length: 3\r\n", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
                        "Content-Length: abc\r\n", "Transfer-Encoding: chunked\r\n\r\nZZ\r\n"):
            received = program.exchange(door, f"POST {path} HTTP/1.1\r\nHost: x\r\n{lines}{framing}\r\n{{}}".encode())
            assert status_of(received) in (None, 400), (door, framing, received)
        assert len(program.entries(kind="fragment")) == 4, door
        assert_finding(program, door)

    each_door(run)


def test_a_head_without_end_is_refused():
    def run(program, door, path, headers):
        received = program.exchange(door, f"POST {path} HTTP/1.1\r\nX-Long: {'x' * 1_000_000}".encode())
        assert status_of(received) in (None, 400, 431), (door, received)
        assert_finding(program, door, "transport.head-too-large")

    each_door(run)


def test_a_body_beyond_the_doors_limit_is_refused():
    def run(program, door, path, headers):
        # The length alone says enough; nothing of the body is needed.
        received = program.exchange(door, request("POST", path, headers, b"x" * 100, length=10_000_000_000))
        assert status_of(received) in (400, 413), (door, received[:200])
        assert_finding(program, door, "transport.body-too-large")

    each_door(run)


def test_tls_on_a_plain_port_is_named():
    hello = bytes.fromhex("16030100c8010000c40303") + bytes(193)

    def run(program, door, path, headers):
        program.exchange(door, hello)
        assert_finding(program, door, "transport.tls-on-plain-port")

    each_door(run)


def few_files():
    """The program raises its own limit of open files as far as it may."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))


def test_a_thousand_idle_and_a_hundred_dripping_connections_beside_a_working_client():
    allow_many_files()
    with Program(limits=few_files) as program:
        idle = [program.connect(door) for door, _, _ in DOORS for _ in range(200)]
        dripping = [(program.connect(door), request("POST", path, headers, b"{}"))
                    for door, path, headers in DOORS for _ in range(20)]
        for position in range(20):
            for connection, whole in dripping:
                connection.sendall(whole[position:position + 1])
            assert_alive(program)
        for connection, _ in dripping:
            connection.close()
        for connection in idle:
            connection.close()
        assert_alive(program)
        assert len(program.entries(kind="fragment")) == len(dripping)


def test_a_half_closed_client_gets_its_reply():
    def run(program, door, path, headers):
        assert status_of(program.exchange(door, request("POST", path, headers, b"{}"))) is not None, door

    each_door(run)


def test_chunked_bodies_are_bodies():
    body = json.dumps({"data": {"environment": "t", "body": {"message": {"body": "chunked"}}}}).encode()
    with Program() as program:
        connection = http.client.HTTPConnection("127.0.0.1", program.ports["rollbar"], timeout=20)
        connection.request("POST", "/api/1/item/", iter([body[:10], body[10:]]), ROLLBAR, encode_chunked=True)
        reply = connection.getresponse()
        assert reply.status == 200, reply.read()
        connection.close()
        entry = program.entries(kind="exchange", vendor="rollbar")[0]
        assert program.http("console", "GET", f"/v1/entries/{entry['ordinal']}/body")[2] == body


def test_expect_100_continue_is_answered():
    with Program() as program, program.connect("rollbar") as connection:
        connection.sendall(request("POST", "/api/1/item/", dict(ROLLBAR, Expect="100-continue"), b"", length=2))
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"{}")
        assert status_of(connection.recv(65536)) in (400, 422)


def test_pipelined_requests_are_answered_in_order():
    with Program() as program:
        one = request("POST", "/api/1/item/", ROLLBAR, b"{}")
        two = request("GET", "/api/1/status/ping", {})
        received = program.exchange("rollbar", one + two)
        first, second = [status_of(b"HTTP/1.1 " + part) for part in received.split(b"HTTP/1.1 ")[1:]]
        assert (first, second) == (422, 200), received


def test_datagrams_without_a_header_are_findings():
    for payload in (b"", b"no header at all", b'{"format":"json","version":1}', b'{"format":"json","version":2}\n{}',
                    b"\xff" * 65_000):
        with Program() as program:
            program.datagram(payload)
            recorded = program.entries(kind="exchange", vendor="xray")
            assert len(recorded) == 1 and recorded[0]["body_bytes"] == len(payload), (payload[:40], recorded)
            if payload:
                assert recorded[0]["findings"] >= 1, payload[:40]
            program.assert_proof()


def test_http_to_the_udp_port_is_a_finding():
    with Program() as program:
        program.datagram(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert program.entries(kind="exchange", vendor="xray")[0]["findings"] >= 1


def test_ten_thousand_and_one_log_events_are_refused():
    with Program() as program:
        events = [{"timestamp": 1, "message": "m"}] * 10_001
        received = program.exchange("aws", put_log_events(events))
        assert status_of(received) == 400 and b"InvalidParameterException" in received, received[:300]
        program.assert_proof()


def test_an_unknown_session_is_refused():
    with Program() as program:
        status, _, _ = program.http("rollbar", "POST", "/api/1/item/", dict(ROLLBAR, **{"X-Understudy-Session": "nope"}),
                                    b"{}")
        assert status >= 400, status
        assert_finding(program, "rollbar", "transport.unknown-session")


def test_urls_of_an_ipv6_address_are_urls():
    if not socket.has_ipv6 or not pathlib.Path("/proc/net/if_inet6").exists():
        return
    with Program("--bind", "::1") as program:
        for name, url in program.ready["urls"].items():
            assert "[::1]:" in url, (name, url)
        with socket.create_connection(("::1", program.ports["console"]), timeout=20) as connection:
            connection.sendall(f"GET /v1/health HTTP/1.1\r\nHost: [::1]:{program.ports['console']}\r\nConnection: close\r\n\r\n".encode())
            assert status_of(receive_all(connection)) == 200
