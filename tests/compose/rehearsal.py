"""Runs the services of the compose file without a container engine, in a network and file system of their own.

What is as in containers: the commands, environments, working directories, users, health checks and stop signals are read
from the Dockerfile and the compose file; files lie where COPY puts them; host names are the services' and aliases, by
/etc/hosts; only these processes are on the network, so that ports are the vendors' own, and nothing is outside it.
What is not: the packages are this machine's, RUN is not run (the program and the Python environment are those that were
built here), all services share one address and one file system, and published ports are not tried."""

import fcntl
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
INSIDE = "UNDERSTUDY_REHEARSAL"
IMAGE_ROOT = pathlib.Path("/opt/understudy")
PYTHON = ROOT / "build/venv/today"
USER = 10001
START_SECONDS = 60


def rehearse(compose, stages, program, skip):
    if INSIDE not in os.environ:
        unshare = [
            "unshare",
            "--mount",
            "--net",
            "--pid",
            "--fork",
            "--kill-child",
            *(["--map-root-user"] if os.geteuid() else []),
        ]
        if subprocess.run([*unshare, "true"], capture_output=True).returncode:
            skip("unshare is not allowed here")
        if needs_python(compose) and not (PYTHON / "understudy-stamp").exists():
            skip("the environment today was not made: scripts/python-environment today")
        if needs_python(compose) and os.geteuid() == 0 and not may_run(PYTHON / "bin/python", USER):
            where = (PYTHON / "bin/python").resolve()
            skip(f"the services' user, {USER}, may not run {where}: make the environment with a Python that everybody may run")
        os.environ[INSIDE] = str(os.geteuid())
        os.execvp(unshare[0], [*unshare, sys.executable, "-B", *sys.argv])
    try:
        enter_file_system(compose, stages, program)
    except subprocess.CalledProcessError as refused:
        skip(f"an overlay file system is not allowed here: {refused}")
    bring_loopback_up()
    sys.stdout.reconfigure(line_buffering=True)  # its lines among those of the services
    sys.exit(run(compose, stages))


def may_run(program, user):
    try:
        return subprocess.run([program, "-c", ""], user=user, group=user, extra_groups=[]).returncode == 0
    except PermissionError:
        return False


def enter_file_system(compose, stages, program):
    """An overlay over this machine's files, so that everything may be written and nothing stays."""
    folder = pathlib.Path("/mnt")  # in this mount namespace alone
    mount("-t", "tmpfs", "tmpfs", folder)
    for name in ("upper", "work", "root"):
        (folder / name).mkdir()
    root = folder / "root"
    mount("-t", "overlay", "overlay", "-o", f"lowerdir=/,upperdir={folder}/upper,workdir={folder}/work", root)
    mount("-t", "proc", "proc", root / "proc")
    mount("--rbind", "/dev", root / "dev")
    for service in compose["services"].values():
        for source_stage, sources, target, workdir in stages[service["build"]["target"]].copies:
            for source in sources:
                # What the build stage made was built here, beside the program.
                built = pathlib.Path(program).parent / pathlib.Path(source).name
                copy(built if source_stage else ROOT / source, root / str(pathlib.Path(workdir, target)).lstrip("/"))
    if needs_python(compose):
        shutil.copytree(PYTHON, root / str(IMAGE_ROOT / "build/venv/today").lstrip("/"), symlinks=True)
    captures = root / "captures"
    captures.mkdir()
    os.chown(captures, user(), user())
    names = [*compose["services"], *compose["services"]["vendors"]["networks"]["inside"]["aliases"]]
    hosts = root / "etc/hosts"
    hosts.write_text("127.0.0.1 localhost " + " ".join(names) + "\n")
    os.chroot(root)
    os.chdir("/")


def needs_python(compose):
    return compose["services"]["backend"]["build"]["target"] == "backend-flask"


def user():
    """As root: the images' user. Without privileges there is only one user, mapped to root."""
    return USER if os.environ[INSIDE] == "0" else 0


def mount(*arguments):
    subprocess.run(["mount", *map(str, arguments)], check=True)


def copy(source, place):
    place.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, place, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        place.unlink(missing_ok=True)
        shutil.copy(source, place)


def bring_loopback_up():
    set_flags, up = 0x8914, 0x1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sh14x", b"lo", up))


class Service:
    def __init__(self, name, service, stage):
        self.name, self.stage = name, stage
        path = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/nonexistent"}
        self.environment = {**path, **stage.environment, **service.get("environment", {})}
        self.command = stage.command("ENTRYPOINT") + service.get("command", stage.command("CMD"))

    def run(self, command, **output):
        return subprocess.Popen(
            command,
            env=self.environment,
            cwd=self.stage.last.get("WORKDIR", "/"),
            stdin=subprocess.DEVNULL,
            user=user(),
            group=user(),
            extra_groups=[] if user() else None,
            **output,
        )

    def start(self):
        print(f"== {self.name} as {user()}: {' '.join(self.command)}")
        self.process = self.run(self.command)

    def await_health(self):
        _, check = self.stage.health_check()
        deadline = time.monotonic() + START_SECONDS
        while (answer := self.run(check, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)).wait() != 0:
            if self.ended_within(0.2) or time.monotonic() > deadline:
                said = answer.stdout.read().decode()
                raise AssertionError(f"{self.name} was not healthy within {START_SECONDS} s, by {check}: {said}")
        print(f"== {self.name} is healthy")

    def ended_within(self, seconds):
        try:
            return self.process.wait(seconds) is not None
        except subprocess.TimeoutExpired:
            return False

    def stop(self):
        self.process.send_signal(getattr(signal, self.stage.last.get("STOPSIGNAL", "SIGTERM")))
        code = self.process.wait(START_SECONDS)
        print(f"== {self.name} ended with {code}")
        return code


def run(compose, stages):
    services = {
        name: Service(name, service, stages[service["build"]["target"]])
        for name, service in compose["services"].items()
    }
    for name in ("vendors", "backend"):
        services[name].start()
        services[name].await_health()
    services["scenarios"].start()
    verdict = services["scenarios"].process.wait()
    print(f"== scenarios ended with {verdict}")
    services["backend"].stop()
    ended = services["vendors"].stop()
    captured = list(pathlib.Path("/captures/default").iterdir())
    owners = {path.stat().st_uid for path in captured}
    print(f"== captures: {sorted(path.name for path in captured)}, owners {owners}")
    return verdict or ended or (0 if captured and owners == {user()} else 1)
