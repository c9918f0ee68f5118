"""Faults as a client sees them, and what the journal keeps of them."""
import http.client
import json
import socket
import time

from program import SEGMENT, Program, receive_all, request, status_of

TOKEN = {"X-Rollbar-Access-Token": "a" * 32}
ITEM = json.dumps({"data": {"environment": "test", "body": {"message": {"body": "hello"}}}}).encode()


def post(program):
    return program.http("rollbar", "POST", "/api/1/item/", TOKEN, ITEM)


def fault(program, **members):
    program.api("POST", "/v1/faults", members)


def items(program):
    program.sync()
    return len(program.api("GET", "/v1/records?kind=item")["records"])


def segment(name):
    trace_id = f"1-{int(time.time()):08x}-3ac2a0ec8bca1b2c3d4e5f60"
    return b'{"format":"json","version":1}\n' + json.dumps(dict(SEGMENT, name=name, trace_id=trace_id)).encode()


def test_before_the_vendor_nothing_is_accepted_and_after_it_the_reply_is_lost():
    with Program() as program:
        fault(program, vendor="rollbar", status=502, body="bad gateway")
        assert post(program)[::2] == (502, b"bad gateway") and items(program) == 0
        fault(program, vendor="rollbar", when="after", status=502)
        assert post(program)[0] == 502 and items(program) == 1
        assert post(program)[0] == 200 and items(program) == 2
        program.assert_proof()


def test_the_body_alone_is_replaced():
    with Program() as program:
        fault(program, action="body", body="<html>")
        assert post(program)[::2] == (200, b"<html>") and items(program) == 1


def test_a_reply_is_cut_in_its_middle():
    with Program() as program:
        fault(program, action="cut", bytes=3)
        try:
            post(program)
            raise AssertionError("a whole reply")
        except http.client.IncompleteRead as cut:
            assert len(cut.partial) == 3, cut.partial
        assert items(program) == 1
        entry = program.entries(kind="exchange", vendor="rollbar")[0]
        told = program.api("GET", f"/v1/entries/{entry['ordinal']}")
        assert (told["outcome"], told["fault"]["action"]) == ("cut by a fault", "cut"), told


def test_a_door_that_stops_reading_answers_nothing():
    with Program() as program, program.connect("rollbar") as connection:
        fault(program, action="stop_reading", delay_ms=200)
        one = request("POST", "/api/1/item/", TOKEN, ITEM)
        connection.sendall(one + one)  # the second is never read
        assert receive_all(connection) == b""
        assert len(program.entries(kind="exchange", vendor="rollbar")) == 1
        assert status_of(program.exchange("rollbar", one)) == 200


def test_datagrams_are_lost_and_come_out_of_order():
    with Program() as program, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        fault(program, action="drop")
        fault(program, action="reorder", delay_ms=3_600_000)
        for name in ("lost", "second", "first", "last"):
            sender.sendto(segment(name), ("127.0.0.1", program.ports["xray"]))
        program.sync()
        records = program.api("GET", "/v1/records?vendor=xray&kind=segment")["records"]
        assert [record["fields"]["name"] for record in records] == ["first", "second", "last"], records
        assert len(program.entries(kind="exchange", vendor="xray")) == 4
        program.assert_proof()


def test_a_datagram_that_is_held_back_is_there_after_sync():
    with Program() as program:
        fault(program, action="reorder", delay_ms=3_600_000)
        program.datagram(segment("alone"))
        assert len(program.entries(kind="exchange", vendor="xray")) == 1
