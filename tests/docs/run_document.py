#!/usr/bin/env python3
"""Runs the shell blocks of a document that are marked with a line `<!-- test -->`, in order, against a started program.

    run_document.py DOCUMENT.md

A block fails when a command of it fails. `<!-- test: TEXT -->` also wants TEXT in what the block prints. In a block,
$UNDERSTUDY_URL and the variables of `understudy env` are set, and `understudy` is the built program; the default URL
of the console in the text stands for the one of the started program. A document without such a block is skipped.
"""
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

SKIPPED = 77
DEFAULT_URL = "http://127.0.0.1:4700"
BLOCK = re.compile(r"^<!-- test(?:: (?P<wanted>.*?))? -->\n+```sh\n(?P<script>.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(text):
    for found in BLOCK.finditer(text):
        line = text.count("\n", 0, found.start("script"))
        yield line + 1, found["script"], found["wanted"]


class Program:
    def __init__(self, program, folder):
        self.ready_file = pathlib.Path(folder, "ready.json")
        self.process = subprocess.Popen(
            [program, "serve", "--ports", "auto", "--ready-file", self.ready_file, "--journal", pathlib.Path(folder, "captures")],
            stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if line.startswith("console"):
                self.url = line.split()[1]
                return
        raise SystemExit("the program did not start")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)


def run_block(script, folder, url, program):
    environment = {**os.environ, "UNDERSTUDY_URL": url,
                   "PATH": f"{pathlib.Path(program).parent}:{os.environ['PATH']}"}
    prelude = 'eval "$(understudy env)"\n'
    return subprocess.run(["bash", "-euo", "pipefail", "-c", prelude + script.replace(DEFAULT_URL, url)], cwd=folder,
                          env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)


def main():
    document = pathlib.Path(sys.argv[1])
    program = os.environ["UNDERSTUDY_PROGRAM"]
    tested = list(blocks(document.read_text(encoding="utf-8")))
    if not tested:
        print(f"{document.name}: no block is marked")
        return SKIPPED
    failures = 0
    with tempfile.TemporaryDirectory(prefix="understudy-docs-") as folder:
        server = Program(program, folder)
        try:
            for line, script, wanted in tested:
                ran = run_block(script, folder, server.url, program)
                missing = wanted is not None and wanted not in ran.stdout
                if ran.returncode != 0 or missing:
                    failures += 1
                    why = f"ended with {ran.returncode}" if ran.returncode != 0 else f"did not print {wanted!r}"
                    print(f"{document.name}:{line}: the block {why}:\n{script}\nit printed:\n{ran.stdout}")
        finally:
            code = server.stop()
    print(f"{document.name}: {len(tested)} blocks, {failures} failed")
    return 1 if failures or code != 0 else 0


sys.exit(main())
