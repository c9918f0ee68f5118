"""What every check gets: the fakes, the backend of one environment, and the proof at the end."""

import json
import shutil
from contextlib import contextmanager
from dataclasses import dataclass

from harness import environments, expect
from harness.backend import Backend, CppBackend
from harness.fakes import Fakes

# The versions of early 2023 do have one fault: pyrollbar 0.16.3 cannot read the request of Werkzeug 2.1 and later.
KNOWN_OF_SEEDS = {"rollbar.item.request-missing"}


@dataclass(frozen=True)
class Traits:
    """What the backend's language decides, not the story."""

    server_scope: str  # of the server spans
    framework: str  # in Rollbar's items
    program: str  # pattern of the program's path within a log stream's name
    has_locals: bool  # in the frames of an exception


PYTHON_TRAITS = Traits("opentelemetry.instrumentation.flask", "flask", r"/.*/flask/__main__\.py", has_locals=True)
CPP_TRAITS = Traits("cruddur.http_server", "cpp-httplib", r"/.*/cruddur", has_locals=False)


class Skipped(Exception):
    pass


class Scenario:
    """One check against its own fakes, in one environment, over one OTLP transport."""

    def __init__(self, set_name, folder, over_grpc=False):
        self.set_name = set_name
        self.is_seeds = set_name == "seeds-2023"
        self.over_grpc = over_grpc
        self.folder = folder
        self.is_cpp = set_name == environments.CPP
        self.traits = CPP_TRAITS if self.is_cpp else PYTHON_TRAITS
        self.python = environment_or_skip(set_name)  # of the C++ backend: its program
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.expected_findings = set()  # ids of warnings and errors that the check provokes
        self._backends = 0

    @contextmanager
    def running_fakes(self):
        with Fakes(self.folder) as self.fakes:
            yield self
            self._check_what_always_holds()

    def backend(self, app="app", **environment):
        """The backend as a context manager. It leaves by SIGINT, so everything is flushed afterwards. `app` names a
        module of flask/variants or flask/mistakes that changes the plain one; the backend in C++ knows its variants by
        the same names."""
        self._backends += 1
        variant = "" if app == "app" else app.rsplit(".", 1)[1].replace("_", "-")
        chosen = {"CRUDDUR_VARIANT": variant} if self.is_cpp else {"FLASK_APP": app}
        return (CppBackend if self.is_cpp else Backend)(
            self.python,
            {**self.fakes.backend_environment(self.over_grpc), **chosen, **environment},
            self.folder / f"backend-{self._backends}.log",
            driven=self.fakes.driven,
        )

    def _check_what_always_holds(self):
        proof = self.fakes.proof()
        expect.true("a journal whose fold is the live state (/v1/proof)", proof["holds"], proof)
        findings = self.fakes.findings()
        (self.folder / "findings.json").write_text(json.dumps(findings, indent=1))
        # These are the vendors' own clients with sound settings: a fake that calls their traffic wrong is wrong.
        serious = [finding for finding in findings if finding["severity"] in ("warning", "error")]
        known = self.expected_findings | (KNOWN_OF_SEEDS if self.is_seeds else set())
        expect.none("warning or error about sound traffic", [f for f in serious if f["id"] not in known])
        missing = self.expected_findings - {finding["id"] for finding in serious}
        expect.none("finding that the check provokes and nobody reported", sorted(missing))


def environment_or_skip(name):
    if name == environments.CPP:
        program = environments.cpp_backend()
        if program is None:
            raise Skipped("the backend in C++ was not built; cmake --build build/release --target cruddur")
        return program
    python = environments.python_of(name)
    if python is None:
        raise Skipped(f"the environment {name} was not made; scripts/python-environment {name} makes it")
    return python
