#!/usr/bin/env python3
"""record_winston.py FOLDER: the first batch that tests/clients/node/winston.cjs delivers, as NAME.head and NAME.bin.

Needs scripts/node-environment and the program (UNDERSTUDY_PROGRAM)."""

import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TESTS.parent / "scenarios"))

from harness.fakes import Fakes  # noqa: E402

NAME = "winston-cloudwatch-6.3.0-put-log-events"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}


def main(folder):
    modules = os.environ.get("UNDERSTUDY_NODE_MODULES", TESTS.parent / "build" / "node" / "node_modules")
    with tempfile.TemporaryDirectory() as place, Fakes(place, []) as fakes:
        environment = {"PATH": os.environ["PATH"], "NODE_PATH": str(modules), **fakes.environment, **KEYS}
        subprocess.run(["node", TESTS / "clients" / "node" / "winston.cjs"], env=environment, check=True)
        entry = next(one for one in fakes.entries(vendor="cloudwatch_logs") if is_batch(fakes, one))
        for part, suffix in (("head", "head"), ("body", "bin")):
            with urllib.request.urlopen(f"{fakes.url('console')}/v1/entries/{entry['ordinal']}/{part}?show_secrets=1") as reply:
                # The kernel's release stands in User-Agent alone, which is not signed.
                content = re.sub(rb"os/linux#[^ ]+", b"os/linux#6.1.0", reply.read())
            Path(folder, f"{NAME}.{suffix}").write_bytes(content)


def is_batch(fakes, entry):
    return entry["status"] == 200 and fakes.headers(entry["ordinal"]).get("x-amz-target", "").endswith("PutLogEvents")


main(*sys.argv[1:])
