"""Questions to Honeycomb's query API, as a person's script asks them: make the query, make a result, read it until it
is complete."""

import http.client
import json
import time

from harness import expect

SECONDS = 30


def ask(fakes, dataset, query):
    """The rows of the result: a dictionary each, "AVG(duration_ms)" and breakdowns by their names."""
    fakes.sync()
    _, made = _call(fakes, "POST", f"/1/queries/{dataset}", 200, query)
    location, _ = _call(fakes, "POST", f"/1/query_results/{dataset}", 201, {"query_id": made["id"]})
    deadline = time.monotonic() + SECONDS
    while True:
        _, result = _call(fakes, "GET", location, 200)
        if result["complete"]:
            return [row["data"] for row in result["data"]["results"]]
        expect.true(f"a complete result within {SECONDS} s", time.monotonic() < deadline, result)


def _call(fakes, method, target, status, body=None):
    headers = dict(pair.split("=", 1) for pair in fakes.backend_environment()["OTEL_EXPORTER_OTLP_HEADERS"].split(","))
    connection = http.client.HTTPConnection(fakes.host, fakes.ports["honeycomb_http"], timeout=SECONDS)
    try:
        text = json.dumps(body) if body is not None else None
        connection.request(method, target, text, {"Content-Type": "application/json", **headers})
        reply = connection.getresponse()
        answered = reply.read()
        expect.equal(f"status of {method} {target}: {answered[:500]}", reply.status, status)
        return reply.headers.get("Location"), json.loads(answered)
    finally:
        connection.close()
