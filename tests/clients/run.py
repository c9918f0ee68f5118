#!/usr/bin/env python3
"""Runs one vendor's own SDK, unmodified, against the program: run.py NAME. Exit code 0 passed, 1 failed, 77 skipped
(the SDK was not installed). run.py --list prints a name a line, for ctest."""

import json
import os
import sys
import tempfile
import traceback
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
# Fakes, control API and expectations are those of the scenarios.
sys.path.insert(0, str(FOLDER.parent.parent / "scenarios"))

from harness import expect  # noqa: E402
from harness.fakes import Fakes  # noqa: E402

import absent_clients  # noqa: E402
import adot_clients  # noqa: E402
import browser_clients  # noqa: E402
import cli_clients  # noqa: E402
import collector_clients  # noqa: E402
import go_clients  # noqa: E402
import java_clients  # noqa: E402
import libhoney_clients  # noqa: E402
import node_clients  # noqa: E402
import python_clients  # noqa: E402
import refinery_clients  # noqa: E402
import rollbar_clients  # noqa: E402
import rollbar_ruby_php_clients  # noqa: E402
import rollbar_tools_clients  # noqa: E402
import sampling_clients  # noqa: E402
import tls_clients  # noqa: E402
from sdk import Skipped  # noqa: E402

MODULES = (
    absent_clients,
    node_clients,
    browser_clients,
    cli_clients,
    collector_clients,
    go_clients,
    java_clients,
    libhoney_clients,
    python_clients,
    refinery_clients,
    adot_clients,
    rollbar_clients,
    sampling_clients,
    rollbar_tools_clients,
    rollbar_ruby_php_clients,
    tls_clients,
)
CLIENTS = {name: check for module in MODULES for name, check in module.CLIENTS.items()}

SKIPPED = 77
SHOWN_ENTRIES = 20


def run(name):
    with tempfile.TemporaryDirectory(prefix="understudy-clients-") as folder:
        try:
            tls = ["--tls", "--ca-dir", Path(folder, "ca")] if name.startswith(tls_clients.PREFIX) else []
            with Fakes(folder, tls) as fakes:
                try:
                    CLIENTS[name](fakes)
                    check_what_always_holds(fakes, CLIENTS[name].findings)
                except AssertionError as failure:
                    failure.add_note(f"the last that came:\n{last_entries(fakes)}")
                    raise
        except Skipped as reason:
            print(f"skipped {name}: {reason}")
            return SKIPPED
        except Exception:
            log = Path(folder, "understudy.log").read_text(errors="replace")
            print(f"FAILED {name}\n{traceback.format_exc()}\nthe program's log:\n{log}")
            return 1
    print(f"passed {name}")
    return 0


def last_entries(fakes):
    return "\n".join(json.dumps(entry) for entry in fakes.entries()[-SHOWN_ENTRIES:])


def check_what_always_holds(fakes, provoked):
    proof = fakes.proof()
    expect.true("a journal whose fold is the live state (/v1/proof)", proof["holds"], proof)
    # The vendor's own client with sound settings: a fake that calls its traffic wrong is wrong.
    found = [one for one in fakes.findings() if one["severity"] != "info"]
    expect.none("finding above info", [one for one in found if one["id"] not in provoked])
    expect.none("finding that is provoked and nobody reported", sorted(provoked - {one["id"] for one in found}))


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if arguments == ["--list"]:
        print("\n".join(CLIENTS))
    elif len(arguments) == 1 and arguments[0] in CLIENTS:
        sys.exit(run(arguments[0]))
    else:
        print(f"{__doc__}\nNAME is one of {', '.join(CLIENTS)}", file=sys.stderr)
        sys.exit(2)
