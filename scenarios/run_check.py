#!/usr/bin/env python3
"""Runs one check: run_check.py SET CHECK. Exit code 0 passed, 1 failed, 77 skipped (an environment was not made).

run_check.py --list prints a line for each test: set, check, time limit in seconds."""

import os
import sys
import traceback
from pathlib import Path

from checks import CHECKS
from harness import environments
from harness.scenario import Scenario, Skipped, environment_or_skip

SKIPPED = 77


def main(arguments):
    if arguments == ["--list"]:
        for set_name in environments.BACKENDS:
            for one in sorted(CHECKS.values(), key=lambda one: one.name):
                if one.is_for(set_name):
                    print(set_name, one.name, one.seconds)
        return 0
    if len(arguments) != 2 or arguments[0] not in environments.BACKENDS or arguments[1] not in CHECKS:
        print(__doc__, file=sys.stderr)
        print(f"SET is one of {', '.join(environments.BACKENDS)}; CHECK one of:\n  " + "\n  ".join(CHECKS), file=sys.stderr)
        return 2
    return run(arguments[0], CHECKS[arguments[1]])


def run(set_name, one):
    logs = Path(os.environ.get("UNDERSTUDY_SCENARIO_LOGS", environments.ROOT / "build" / "scenarios"))
    folder = logs / set_name / one.name
    try:
        for needed in one.needs:
            environment_or_skip(needed)
        with Scenario(set_name, folder, one.over_grpc).running_fakes() as scenario:
            one.run(scenario)
    except Skipped as reason:
        print(f"skipped {set_name} {one.name}: {reason}")
        return SKIPPED
    except AssertionError as failure:
        print(f"FAILED {set_name} {one.name} in {_place(failure)}\n{failure}\nlogs     {folder}")
        return 1
    except Exception:
        print(f"FAILED {set_name} {one.name}\n{traceback.format_exc()}\nlogs     {folder}")
        return 1
    print(f"passed {set_name} {one.name}")
    return 0


def _place(failure):
    """The line of the check itself, not of the helper that noticed."""
    frames = [f for f in traceback.extract_tb(failure.__traceback__) if f"{os.sep}checks{os.sep}" in f.filename]
    return f"{Path(frames[0].filename).name}:{frames[0].lineno}" if frames else "the harness"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
