"""What can stand behind a check: the Python environments with the real SDKs, which scripts/python-environment makes from
the pinned requirements, and the project's own backend in C++."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SETS = ("seeds-2023", "today")
CPP = "cpp"
BACKENDS = (*SETS, CPP)
COMMAND_LINE = "cli"


def cpp_backend():
    """The program, or None when it was not built."""
    program = Path(os.environ.get("UNDERSTUDY_BACKEND", ROOT / "build" / "release" / "cruddur"))
    return program if program.exists() else None


def folder():
    return Path(os.environ.get("UNDERSTUDY_VENVS", ROOT / "build" / "venv"))


def python_of(name, where=None):
    """The interpreter of an environment, or None when it was not made."""
    python = (where or folder()) / name / "bin" / "python"
    stamp = (where or folder()) / name / "understudy-stamp"
    return python if python.exists() and stamp.exists() else None


def make(name, where=None):
    subprocess.run([ROOT / "scripts" / "python-environment", name, where or folder()], check=True)
    return python_of(name, where)


def version_of(python, package):
    code = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"
    return subprocess.run([python, "-c", code, package], check=True, capture_output=True, text=True).stdout.strip()
