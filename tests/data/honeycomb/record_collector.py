#!/usr/bin/env python3
"""record_collector.py FOLDER: how the Collector's HTTP exporter delivers a span, as NAME.head and NAME.bin.

Needs scripts/go-environment collector and the program (UNDERSTUDY_PROGRAM)."""

import sys
import tempfile
import urllib.request
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(TESTS.parent / "scenarios"), str(TESTS / "clients")]

from harness.fakes import Fakes  # noqa: E402

import collector_clients  # noqa: E402

SETTINGS = {
    "gzip": {},
    "zstd": {"compression": "zstd"},
    "json": {"encoding": "json", "compression": "none"},
}


def main(folder):
    for name, settings in SETTINGS.items():
        with tempfile.TemporaryDirectory() as place, Fakes(place, []) as fakes:
            exporter = collector_clients.to_honeycomb(fakes, "otlp_http", **settings)
            with collector_clients.Collector("otlp_http", exporter) as collector:
                collector.send_span("GET /api/activities/home")
            ordinal = fakes.entries(kind="exchange", vendor="honeycomb")[0]["ordinal"]
            for part, suffix in (("head", "head"), ("body", "bin")):
                url = f"{fakes.url('console')}/v1/entries/{ordinal}/{part}?show_secrets=1"
                with urllib.request.urlopen(url) as reply:
                    Path(folder, f"opentelemetry-collector-0.165.0-{name}.{suffix}").write_bytes(reply.read())


main(*sys.argv[1:])
