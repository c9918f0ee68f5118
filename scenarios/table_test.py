#!/usr/bin/env python3
"""Fails when the tables of README.md and the checks that exist do not agree: table_test.py [README].

Every check that exists is named, nothing is named that does not exist, each of the 38 checks and 79 mistakes has its
row, what is called language-neutral runs on the C++ backend, too, and a mistake without a check says why."""

import re
import sys
from pathlib import Path

from checks import CHECKS
from harness import environments

CHECKS_OF_THE_WEEK = 38
MISTAKES = 79
NOT_ON_THE_WIRE = "not on the wire: "
NAME = re.compile(r"`((?:check|contract|mistake|backend|aws-cli|console|span-links|three-services|outage|sigterm)[a-z0-9-]*)`")


def rows(text, title):
    """The cells of each numbered row in the table under a title."""
    section = text.partition(f"\n## {title}\n")[2].split("\n## ", 1)[0]
    return [re.split(r" *\| *", line)[1:-1] for line in section.splitlines() if re.match(r"\| \d+ \|", line)]


def complaints(text):
    named = set(NAME.findall(text))
    # The twin over gRPC is named by its check.
    exist = {name.removesuffix("-over-grpc") for name in CHECKS}
    unknown = sorted(named - exist)
    yield from (f"README.md names {name}, which does not exist" for name in unknown)
    if unknown:
        return
    yield from (f"{name} exists, but README.md does not name it" for name in sorted(exist - named))
    for title, count in (("The 38 checks", CHECKS_OF_THE_WEEK), ("The 79 mistakes", MISTAKES)):
        found, wanted = [row[0] for row in rows(text, title)], [str(number) for number in range(1, count + 1)]
        if found != wanted:
            yield f'the rows under "{title}" are {", ".join(found)}, not 1 to {count} in order'
    for number, neutral, of_flask in rows(text, "The 38 checks"):
        for cell, on_cpp in ((neutral, True), (of_flask, False)):
            wrong = [name for name in NAME.findall(cell) if CHECKS[name].is_for(environments.CPP) != on_cpp]
            yield from (f"row {number}: {name} stands in the wrong column" for name in wrong)
    for number, provoked, caught in rows(text, "The 79 mistakes"):
        if bool(NAME.search(provoked)) == caught.startswith(NOT_ON_THE_WIRE):
            yield f'mistake {number}: either a check provokes it, or "{NOT_ON_THE_WIRE}" says why none can'


def main(arguments):
    readme = Path(arguments[0]) if arguments else Path(__file__).resolve().parent / "README.md"
    wrong = list(complaints(readme.read_text()))
    print("\n".join(wrong) or "the tables name every check and no other")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
