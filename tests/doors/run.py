#!/usr/bin/env python3
"""Runs the tests of this folder that need the whole program.

    run.py --list             one name a line, for ctest
    run.py MODULE.test_NAME   runs one
"""
import importlib
import pathlib
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER))
MODULES = sorted(path.stem for path in FOLDER.glob("*_test.py"))


def names():
    for module in MODULES:
        for line in (FOLDER / f"{module}.py").read_text().splitlines():
            if line.startswith("def test_"):
                yield f"{module}.{line[4:].split('(')[0]}"


if __name__ == "__main__":
    if sys.argv[1] == "--list":
        print("\n".join(names()))
    else:
        module, name = sys.argv[1].split(".")
        getattr(importlib.import_module(module), name)()
