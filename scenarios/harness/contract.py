"""Contracts, judged by `understudy check` against the running fakes."""

import subprocess

from harness.backend import SCENARIOS
from harness.fakes import program

WEEK_2 = SCENARIOS / "contracts" / "week-2.yaml"
FAILED = 3  # the exit code where an expectation does not hold


def judge(fakes, contract=WEEK_2):
    """(exit code, what it printed)"""
    fakes.sync()
    command = [program(), "check", "--url", fakes.url("console"), "--contract", contract]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr
