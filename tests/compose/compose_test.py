#!/usr/bin/env python3
"""Holds Dockerfile and docker-compose.test.yml to the project, without a container engine.

    compose_test.py files               every path, package, port, name and flag in them is one that exists
    compose_test.py rehearsal TARGET    every service runs as they say, in their order, under their names, with this
                                        target as the backend (rehearsal.py)

Exit code 77: skipped, with the reason. PyYAML comes with the environment `cli` (scripts/python-environment cli)."""

import fnmatch
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SKIPPED = 77
sys.path.insert(0, str(ROOT / "scenarios"))

from harness import environments, expect  # noqa: E402
from harness.backend import SEEDS_SETTINGS  # noqa: E402

import image  # noqa: E402

PROGRAM = os.environ["UNDERSTUDY_PROGRAM"]
SERVICES = ("vendors", "backend", "scenarios")
TARGETS = (*SERVICES, "backend-flask")
# What these files use of the compose specification; a typing error is a key that is not here.
SERVICE_KEYS = {"build", "command", "environment", "networks", "depends_on", "ports", "volumes"}


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def read_compose():
    try:
        import yaml
    except ImportError:
        python = environments.python_of(environments.COMMAND_LINE)
        if python is None or "UNDERSTUDY_COMPOSE_TEST" in os.environ:
            skip("there is no PyYAML: scripts/python-environment cli")
        os.execve(python, [python, "-B", *sys.argv], {**os.environ, "UNDERSTUDY_COMPOSE_TEST": "1"})
    return yaml.safe_load((ROOT / "docker-compose.test.yml").read_text())


def output(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, **options).stdout


# The Dockerfile.


def runs_of(stage):
    return "\n".join(text for keyword, text in stage.instructions if keyword == "RUN")


def check_copies(stages):
    ignored = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    for stage in stages.values():
        for source_stage, sources, *_ in stage.copies:
            if source_stage:
                expect.true(f"the stage {source_stage}", source_stage in stages, sorted(stages))
                continue
            for source in sources:
                expect.true(f"{source}, which {stage.name} copies", (ROOT / source).exists())
                expect.true(f"{source} in git", output("git", "ls-files", source))
                let_in = any(
                    fnmatch.fnmatch(source.split("/")[0], line[1:]) for line in ignored if line.startswith("!")
                )
                expect.true(f"{source} let in by .dockerignore", let_in, ignored)


def check_build_stage(build):
    text = runs_of(build)
    expect.true("the list of scripts/lib.sh", 'install_packages "${build_packages[@]}"' in text, text)
    expect.true("the preset release", "cmake --preset release" in text, text)
    presets = output("cmake", "--list-presets")
    expect.true("the preset release", '"release"' in presets, presets)


def check_runtime_packages(stage, program):
    """Each library that the program names as needed comes from a package that the image installs, and no other is."""
    installed = set(re.search(r"--no-install-recommends ([^&]*)", runs_of(stage)).group(1).split())
    if not shutil.which("dpkg-query"):
        return print("not checked: the packages of the libraries, for this is no Debian")
    names = re.findall(r"^\s*(\S+) => (/\S+)", output("ldd", program), re.MULTILINE)
    dynamic = output("objdump", "-p", program)
    needed = set(re.findall(r"NEEDED\s+(\S+)", dynamic))
    packages = set()
    for name, path in names:
        if name in needed:
            candidates = [path, path.removeprefix("/usr"), f"/usr{path}"]
            for candidate in candidates:
                found = subprocess.run(["dpkg-query", "-S", candidate], capture_output=True, text=True)
                if found.returncode == 0:
                    packages.add(found.stdout.split(":")[0])
                    break
    expect.equal(f"packages of the image {stage.name}", installed, packages - {"libc6", "libgcc-s1"})


def check_targets(stages):
    for name in TARGETS:
        expect.true(f"the target {name}", name in stages, sorted(stages))
        stage = stages[name]
        expect.true(f"a user that is not root in {name}", stage.last.get("USER") not in (None, "root", "0"), stage.last)
        for script in re.findall(r"\bscripts/[\w-]+", runs_of(stage)):
            expect.true(f"{script} as a program", os.access(ROOT / script, os.X_OK))


# The compose file.


def check_services(compose, stages):
    expect.equal("services", set(compose["services"]), set(SERVICES))
    for name, service in compose["services"].items():
        expect.none(f"unknown key in {name}", sorted(set(service) - SERVICE_KEYS))
        expect.equal(f"target of {name}", service["build"], {"context": ".", "target": name})
        expect.true(f"an entry point of {name}", stages[name].command("ENTRYPOINT"))
        for network in service["networks"]:
            expect.true(f"the network {network}", network in compose["networks"], compose["networks"])
        for other, condition in service.get("depends_on", {}).items():
            expect.equal(f"condition on {other}", condition, {"condition": "service_healthy"})
            stages[other].health_check()
        for volume in service.get("volumes", []):
            source, target = volume.split(":")
            expect.true(f"the volume {source}", source in compose["volumes"], compose["volumes"])
            expect.true(f"{target} as a volume of the image", target in stages[name].volumes, stages[name].volumes)
    expect.equal(
        "what scenarios waits for", set(compose["services"]["scenarios"]["depends_on"]), {"vendors", "backend"}
    )


def check_ports(compose, vendors):
    """The published ports, the exposed ones and the program's own are the same."""
    told = output(PROGRAM, "serve", "--help")
    defaults = set(re.findall(r"-port\b.*?default (\d+)", told, re.DOTALL))
    exposed = {port.split("/")[0] for port in vendors.exposed}
    expect.equal("exposed ports", exposed, defaults)
    published = set()
    for port in compose["services"]["vendors"]["ports"]:
        address, outer, inner = port.split(":")
        expect.equal("address of a published port", address, "127.0.0.1")
        expect.equal("number of a published port", outer, inner.split("/")[0])
        published.add(inner.replace("/tcp", ""))
    expect.equal("published ports", published, {port.replace("/tcp", "") for port in vendors.exposed})


def check_backend_settings(compose):
    settings = compose["services"]["backend"]["environment"]
    # How Flask finds the application is the image's business.
    missing = {name for name in SEEDS_SETTINGS if not name.startswith("FLASK_")} - set(settings)
    expect.none("setting of the seeds that is missing", sorted(missing))
    aliases = compose["services"]["vendors"]["networks"]["inside"]["aliases"]
    ports = {port.rsplit(":", 1)[1].split("/")[0] for port in compose["services"]["vendors"]["ports"]}
    for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "AWS_XRAY_DAEMON_ADDRESS", "AWS_ENDPOINT_URL", "ROLLBAR_ENDPOINT"):
        host, port = re.fullmatch(r"(?:http://)?([^:/]+):(\d+)(?:/.*)?", settings[name]).groups()
        expect.true(f"{host} of {name} among the names of vendors", host in aliases, aliases)
        expect.true(f"{port} of {name} among the ports of vendors", port in ports, sorted(ports))
    # Nothing of the person's environment gets into a capture.
    expect.none("substituted variable", re.findall(r"\$\{?\w+", "\n".join(settings.values())))


def check_flags(compose, stages):
    vendors = compose["services"]["vendors"]["command"]
    expect.equal("entry point of vendors", stages["vendors"].command("ENTRYPOINT"), ["understudy"])
    expect.equal("command of vendors, in both files", vendors, stages["vendors"].command("CMD"))
    known = output(PROGRAM, vendors[0], "--help")
    _, health = stages["vendors"].health_check()
    usage = output(PROGRAM, *health[1:], "--help").splitlines()
    expect.true(f"the command {' '.join(health)}", any(f"Usage: {' '.join(health)} " in line for line in usage), usage)
    scenarios = compose["services"]["scenarios"]["command"]
    script = ROOT / Path(stages["scenarios"].command("ENTRYPOINT")[1]).relative_to("/opt/understudy")
    help_of_scenarios = output(sys.executable, "-B", str(script), "--help")
    for flag, text in [(word, known) for word in vendors] + [(word, help_of_scenarios) for word in scenarios]:
        if flag.startswith("--"):
            expect.true(f"the flag {flag}", re.search(rf"{flag}\b", text), text)


def check_files():
    compose, stages = read_compose(), image.read(ROOT / "Dockerfile")
    check_copies(stages)
    check_build_stage(stages["build"])
    check_runtime_packages(stages["vendors"], PROGRAM)
    check_runtime_packages(stages["backend"], Path(PROGRAM).with_name("cruddur"))
    check_targets(stages)
    check_services(compose, stages)
    check_ports(compose, stages["vendors"])
    check_backend_settings(compose)
    check_flags(compose, stages)


if __name__ == "__main__":
    if sys.argv[1:] == ["files"]:
        check_files()
    elif len(sys.argv) == 3 and sys.argv[1] == "rehearsal":
        from rehearsal import rehearse

        compose = read_compose()
        compose["services"]["backend"]["build"]["target"] = sys.argv[2]
        rehearse(compose, image.read(ROOT / "Dockerfile"), PROGRAM, skip)
    else:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
