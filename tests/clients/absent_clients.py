"""Clients of X-Ray that no package registry gave to this project: reported as skipped, by name. Where one of them is there
after all, its test fails until somebody writes it."""

import shutil
import subprocess
from pathlib import Path

import sdk
from harness import environments

CLIENTS = sdk.Clients()
client = CLIENTS.client


def absent(is_there, what):
    if is_there:
        raise AssertionError(f"{what} is installed: write its test (tests/clients/absent_clients.py)")
    raise sdk.Skipped(f"{what} could not be installed")


def has_go_module(path):
    """Whether it was ever downloaded."""
    go = shutil.which("go")
    if go is None:
        return False
    cache = subprocess.run([go, "env", "GOMODCACHE"], capture_output=True, text=True, check=True).stdout.strip()
    return Path(cache, "cache", "download", path).is_dir()


def has_python_module(name):
    python = environments.python_of("today")
    if python is None:
        raise sdk.Skipped("the environment today was not made: scripts/python-environment today")
    return subprocess.run([python, "-c", f"import {name}"], capture_output=True).returncode == 0


def has_ruby_gem(name):
    ruby = shutil.which("ruby")
    return ruby is not None and subprocess.run([ruby, "-e", f"gem '{name}'"], capture_output=True).returncode == 0


@client("client.go.otel-xray-sampler", "go.opentelemetry.io/contrib/samplers/aws/xray")
@client("client.go.aws-xray-daemon", "github.com/aws/aws-xray-daemon")
def go(fakes, path):
    absent(has_go_module(path), path)


# In the repository of opentelemetry-python-contrib, but in no release of opentelemetry-sdk-extension-aws (2.1.0).
@client("client.python.otel-xray-sampler")
def python(fakes):
    absent(has_python_module("opentelemetry.sdk.extension.aws.trace.sampler"), "OpenTelemetry's X-Ray sampler for Python")


@client("client.ruby.aws-xray-sdk")
def ruby(fakes):
    absent(has_ruby_gem("aws-xray-sdk"), "Ruby's aws-xray-sdk")
