#!/usr/bin/env python3
"""Checks docs/fidelity/*.md: what they promise is held by tests that exist.

    fidelity_test.py SOURCE_FOLDER BUILD_FOLDER      the documents
    fidelity_test.py --self-test                     that each fault is seen

A table `| behaviour | evidence | source | test |` names for each behaviour how it is known (code, snapshot, docs, run or
guess), where from, and the tests that hold it. A test is a name that ctest knows, or the beginning of one with a `*`;
several stand one a `<br>`. Every finding of the vendor's rules is spoken of by a test: by its id, by what follows the
vendor's name in it, or by the constant that holds it; or a table `| finding | test |` names its test (an id, or the beginning of several with a `*`).
"""
import json
import os
import pathlib
import re
import subprocess
import sys

SKIPPED = 77
MARKS = {"code", "snapshot", "docs", "run", "guess"}


def tables(text):
    """(line number, header cells, row cells) of every row of every table."""
    header = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("|"):
            header = None
            continue
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip()[1:-1])]
        if header is None:
            header = cells
        elif not set(line) <= set("|-: "):
            yield number, header, cells


def unknown_tests(cell, known):
    for name in filter(None, (part.strip().strip("`") for part in cell.split("<br>"))):
        found = any(one.startswith(name[:-1]) for one in known) if name.endswith("*") else name in known
        if not found:
            yield name


def covers(row, finding):
    return finding.startswith(row[:-1]) if row.endswith("*") else finding == row


def faults(name, text, known, findings, spoken_of=frozenset()):
    told, behaviours = set(), 0
    for line, header, cells in tables(text):
        at = f"{name}:{line}"
        if header not in (["behaviour", "evidence", "source", "test"], ["finding", "test"]):
            continue
        if len(cells) != len(header):
            yield f"{at}: {len(cells)} cells under {len(header)} titles"
            continue
        if header[0] == "behaviour":
            behaviours += 1
            if cells[1] not in MARKS:
                yield f"{at}: evidence \"{cells[1]}\" is none of {', '.join(sorted(MARKS))}"
            if not cells[2]:
                yield f"{at}: no source"
        else:
            told.add(cells[0].strip("`"))
        if not cells[-1]:
            yield f"{at}: \"{cells[0]}\" has no test"
        for test in unknown_tests(cells[-1], known):
            yield f"{at}: ctest knows no test \"{test}\""
    if behaviours == 0:
        yield f"{name}: no table of behaviours"
    for missing in sorted(one for one in findings - spoken_of if not any(covers(row, one) for row in told)):
        yield f"{name}: no test speaks of the finding {missing}, and no row names one"
    for gone in sorted(row for row in told if not any(covers(row, one) for one in findings)):
        yield f"{name}: {gone} is no finding of this vendor"


def spoken_of(source, findings):
    texts = [path.read_text(encoding="utf-8", errors="replace")
             for folder in ("tests", "scenarios") for path in (source / folder).rglob("*") if path.suffix in (".cpp", ".h", ".py")]
    words = set(re.findall(r"[\w.-]+", "\n".join(texts)))
    constants = {}
    for header in (source / "emulators").rglob("*.h"):
        for constant, finding in re.findall(r'(\w+)\s*=\s*"([\w.-]+)"', header.read_text(encoding="utf-8")):
            constants[finding] = constant
    return {one for one in findings if words & {one, one.split(".", 1)[1], constants.get(one, one)}}


def self_test():
    good = "| behaviour | evidence | source | test |\n|---|---|---|---|\n| a | code | s | x.y<br>z.* |\n\n| finding | test |\n|---|---|\n| `v.a` | x.y |\n"
    known, findings = {"x.y", "z.q"}, {"v.a"}
    assert not list(faults("f", good, known, findings))
    assert not list(faults("f", good, known, {"v.a", "v.c"}, {"v.c"}))
    assert list(faults("f", good, known, {"v.a", "v.c"}, {"v.a"}))
    for old, new in (("| code |", "| sure |"), ("| s |", "| |"), ("x.y<br>", "x.n<br>"), ("| x.y |\n", "| |\n"),
                     ("z.*", "w.*"), ("`v.a`", "`v.b`"), ("behaviour", "thing"), ("| a |", "|")):
        assert list(faults("f", good.replace(old, new), known, findings)), f"not seen: {old} -> {new}"


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    source, build = map(pathlib.Path, sys.argv[1:])
    listed = subprocess.run(["ctest", "--show-only=json-v1"], cwd=build, check=True, stdout=subprocess.PIPE).stdout
    known = {test["name"] for test in json.loads(listed)["tests"]}
    rules = json.loads(subprocess.run([os.environ["UNDERSTUDY_PROGRAM"], "explain", "--format", "json"], check=True,
                                      stdout=subprocess.PIPE).stdout)
    found = []
    documents = sorted((source / "docs" / "fidelity").glob("*.md"))
    if not documents:
        print("docs/fidelity holds no document")
        return SKIPPED
    for document in documents:
        ids = {rule["id"] for rule in rules if rule["id"].startswith(f"{document.stem}.")}
        found += faults(f"docs/fidelity/{document.name}", document.read_text(encoding="utf-8"), known, ids,
                        spoken_of(source, ids))
    print("\n".join(found) or "every row has its test")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
