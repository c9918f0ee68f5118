"""What the tests of this folder share: their registry, and an SDK's program as a process."""

import json
import subprocess

from harness import expect, process

SECONDS = 60

# A fault for CloudWatch Logs; how often is the test's affair.
THROTTLED_LOGS = {
    "vendor": "cloudwatch_logs",
    "match": {"target": "Logs_20140328.PutLogEvents"},
    "when": "before",
    "action": "status",
    "status": 400,
    "headers": {"Content-Type": "application/x-amz-json-1.1"},
    "body": '{"__type":"ThrottlingException","message":"Rate exceeded"}',
}


class Skipped(Exception):
    pass


class Clients(dict):
    """Tests by name, each a function of the fakes."""

    def client(self, name, *arguments, findings=()):
        """Registers a check with its arguments. `findings`: the ids above info that it provokes."""

        def register(check):
            def run(fakes):
                check(fakes, *arguments)

            run.findings = set(findings)
            self[name] = run
            return check

        return register


class Program:
    """A program that uses SDKs, running with nothing in its environment that was not given."""

    def __init__(self, command, environment, name=None):
        self.name = name or " ".join(str(part) for part in command[1:3])
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=process.die_with_parent,
            env=environment,
        )

    def told(self):
        """The one line of JSON that the program prints, as soon as it does."""
        line = self._process.stdout.readline()
        if not line:
            self.end()
            raise AssertionError(f"{self.name} ended well, but printed nothing")
        return json.loads(line)

    def ask(self, question):
        """Gives the program a line of JSON, and returns the line with which it answers."""
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return self.told()

    def end(self):
        """Ends standard input, waits for the process, and returns what else it printed. An SDK that has something to
        complain about fails the test."""
        try:
            output, errors = self._process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            output, errors = self._process.communicate()
            raise AssertionError(f"{self.name} did not end within {SECONDS} s; it said:\n{output}{errors}") from None
        expect.equal(f"exit code of {self.name}, which said {errors}", self._process.returncode, 0)
        expect.equal(f"standard error of {self.name}", errors, "")
        return output

    def kill(self):
        self._process.kill()
        self._process.communicate()

    def tell_and_end(self):
        told = self.told()
        self.end()
        return told


def deliveries(fakes, records):
    """The exchanges that carried the records, whole."""
    return [fakes.entry(ordinal) for ordinal in sorted({record["entry"] for record in records})]


def header(entry, name):
    return next((one["value"] for one in entry["headers"] if one["name"].lower() == name), None)
