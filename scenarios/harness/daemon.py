"""Daemons between a backend and X-Ray: one that signs segments on, as the real one does, and the program's own."""

import json
import os
import subprocess
import time
from pathlib import Path

from harness import process
from harness.backend import SEEDS_SETTINGS
from harness.fakes import program

FORWARDER = Path(__file__).resolve().parent / "forward_segments.py"
SECONDS = 30


class Forwarder:
    """Use as a context manager. `environment` goes over the seeds' region and keys; None takes a variable away."""

    def __init__(self, python, url, environment):
        settings = {name: value for name, value in SEEDS_SETTINGS.items() if name.startswith("AWS_")}
        settings.update({"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull})
        settings.update({"AWS_SHARED_CREDENTIALS_FILE": os.devnull, **environment})
        self._process = subprocess.Popen(
            [python, "-B", FORWARDER, url],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            env={name: value for name, value in settings.items() if value is not None},
            preexec_fn=process.die_with_parent,
        )

    def __enter__(self):
        self.port = self.told()["port"]
        return self

    def __exit__(self, *exception):
        process.kill(self._process)
        self._process.stdout.close()

    def told(self):
        """What came of the next segment."""
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError(f"{FORWARDER.name} ended with {self._process.wait()}")
        return json.loads(line)


class StandIn:
    """`understudy xray-daemon` with these arguments, as a context manager. stop() returns what it printed."""

    def __init__(self, folder, *arguments):
        self._log_path = Path(folder) / "xray-daemon.log"
        self._ready_file = Path(folder) / "xray-daemon.json"
        self._log = open(self._log_path, "wb")
        command = [program(), "xray-daemon", "-c", os.devnull, "--ready-file", self._ready_file, *arguments]
        self._process = process.start(command, self._log, env={"AWS_REGION": SEEDS_SETTINGS["AWS_DEFAULT_REGION"]})

    def __enter__(self):
        deadline = time.monotonic() + SECONDS
        while not self._ready_file.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                raise AssertionError(f"understudy xray-daemon did not start:\n{self._log_path.read_text()}")
            time.sleep(0.005)
        self.ports = json.loads(self._ready_file.read_text())["ports"]
        return self

    def __exit__(self, *exception):
        process.kill(self._process)
        self._log.close()

    def stop(self):
        process.interrupt(self._process, SECONDS, f"understudy xray-daemon (log: {self._log_path})")
        return self._log_path.read_text()
