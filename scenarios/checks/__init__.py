"""The checks, by name. Importing this package registers all of them."""

from dataclasses import dataclass
from typing import Callable

from harness import environments

FLASK = environments.SETS
CPP = (environments.CPP,)


@dataclass(frozen=True)
class Check:
    name: str
    run: Callable
    over_grpc: bool = False
    seconds: int = 60  # ctest's limit
    needs: tuple = ()  # environments besides the backend's own
    backends: tuple = environments.BACKENDS  # FLASK where a variant of that backend, or Python's own, is the subject

    def is_for(self, backend):
        """The C++ backend speaks OTLP over HTTP only."""
        return backend in self.backends and not (self.over_grpc and backend == environments.CPP)


CHECKS = {}


def check(name, also_over_grpc=False, **options):
    """Registers a function of a running Scenario. `also_over_grpc` makes a second check with the gRPC exporter."""

    def register(run):
        CHECKS[name] = Check(name, run, **options)
        if also_over_grpc:
            CHECKS[f"{name}-over-grpc"] = Check(f"{name}-over-grpc", run, over_grpc=True, **options)
        return run

    return register


from checks import (  # noqa: E402, F401
    all_vendors,
    backend,
    cloudwatch_logs,
    custom_spans,
    groups,
    honeycomb,
    items,
    mistakes,
    mistakes_in_cpp,
    mistakes_of_settings,
    mistakes_of_the_daemon,
    mistakes_of_the_page,
    outages,
    rollbar,
    sampling,
    services,
    subsegments,
    switches,
    xray,
)
