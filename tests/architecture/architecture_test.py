#!/usr/bin/env python3
"""Fails on an include that the house forbids: who may know whom is the table below.

    architecture_test.py SOURCE_ROOT
A second mode, --self-test, shows that each kind of violation is seen.
"""
import pathlib
import re
import sys
import tempfile

VENDORS = {"honeycomb", "xray", "cloudwatch_logs", "rollbar"}

# Room -> rooms that it may include, itself apart.
MAY_KNOW = {
    "base": set(),
    "tls": {"base"},
    "recording": {"base"},
    "otlp": {"recording", "base"},
    "aws": {"recording", "base"},
    "query": {"recording", "base"},
    **{vendor: {"otlp", "aws", "query", "recording", "base"} for vendor in VENDORS},
    "transport": {"tls", "recording", "base"},
    "session": {"transport", "tls", "recording", "base"},
    "contract": {"session", "transport", "query", "recording", "base"},
    "console": {"contract", "session", "transport", "query", "recording", "base"},
    "understudy": {"contract", "session", "transport", "recording", "base"} | VENDORS,
    "program": {"console", "contract", "session", "transport", "tls", "otlp", "query", "recording", "base"} | VENDORS,
}

# Rooms in which no vendor may be named, in code or comment.
NAMELESS = {"base", "tls", "transport", "recording", "session"}
NAMES = re.compile(r"honeycomb|x-?ray|cloud_?watch|rollbar", re.IGNORECASE)

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)


def sources(folder):
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".h", ".cpp", ".proto"}:
            yield path


def violations(root):
    emulators = root / "emulators"
    for path in sources(emulators):
        room = path.relative_to(emulators).parts[0]
        text = path.read_text(encoding="utf-8")
        if room not in MAY_KNOW:
            yield f"{path}: the room {room} is not in the table of who may know whom"
            continue
        for included in INCLUDE.findall(text):
            other = included.split("/")[0]
            if "/" not in included:
                yield f'{path}: "{included}" is not rooted at emulators/'
            elif other != room and other not in MAY_KNOW[room]:
                yield f"{path}: {room} may not include {included}"
        if room in NAMELESS:
            for number, line in enumerate(text.splitlines(), start=1):
                if NAMES.search(line):
                    yield f"{path}:{number}: {room} names a vendor: {line.strip()}"
    for path in sources(root / "backend") if (root / "backend").exists() else ():
        for included in INCLUDE.findall(path.read_text(encoding="utf-8")):
            if included.split("/")[0] in MAY_KNOW:
                yield f"{path}: the backend includes {included} of emulators/"


def self_test():
    bad = {
        "emulators/rollbar/a.cpp": '#include "xray/xray.h"',
        "emulators/recording/a.h": '#include "session/session.h"',
        "emulators/transport/a.cpp": "// as Honeycomb does",
        "emulators/honeycomb/a.cpp": '#include "keys.h"',
        "emulators/attic/a.cpp": "",
        "backend/a.cpp": '#include "otlp/walker.h"',
    }
    good = {"emulators/rollbar/a.cpp": '#include "recording/vendor.h"\n#include <vector>\n// Honeycomb',
            "backend/a.cpp": '#include "backend/telemetry/otlp.h"'}
    for files, wanted in [({name: text}, 1) for name, text in bad.items()] + [(good, 0)]:
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = pathlib.Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            found = list(violations(pathlib.Path(folder)))
            if len(found) != wanted:
                sys.exit(f"self-test: {files} gave {found}, {wanted} wanted")


if __name__ == "__main__":
    if sys.argv[1] == "--self-test":
        self_test()
        sys.exit()
    found = list(violations(pathlib.Path(sys.argv[1])))
    print("\n".join(found) if found else "every include is allowed")
    sys.exit(1 if found else 0)
