"""Child processes that get exactly the signals meant for them and never outlive their parent."""

import ctypes
import signal
import subprocess

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def start(command, log, **options):
    """Output goes to the open file `log`. Ctrl-C in the terminal does not reach the child (a session of its own):
    only the parent knows who has to stop first."""
    return subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=_before_exec,
        **options,
    )


def interrupt(process, seconds, name, by=signal.SIGINT):
    """A signal and the end of the process; returns its exit code."""
    if process.poll() is None:
        process.send_signal(by)
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        kill(process)
        raise AssertionError(f"{name} did not end within {seconds} s of {by.name}") from None


def kill(process):
    if process.poll() is None:
        process.kill()
    process.wait()


def _before_exec():
    # A shell has its background jobs ignore SIGINT, and a parent that waits for signals blocks them; both are inherited.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, set())
    die_with_parent()


def die_with_parent():
    """For subprocess's preexec_fn."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
