"""The page in frontend/ as a process of Node, with the SDKs that scripts/node-environment installs."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from harness import process
from harness.backend import SCENARIOS
from harness.environments import ROOT
from harness.scenario import Skipped

SECONDS = 60


def load_page(backend, path, endpoint, headers=None, refused=None, **settings):
    """Loads `path` of the backend as the page does, and returns what the page says about it. Its spans go to
    `endpoint`, the full URL, with these headers, and are refused with that status. `settings` are those of the page's
    code: see home_page.cjs."""
    modules = Path(os.environ.get("UNDERSTUDY_NODE_MODULES", ROOT / "build" / "node" / "node_modules"))
    if not shutil.which("node") or not (modules.parent / "understudy-stamp").exists():
        raise Skipped("there is no Node, or its SDKs were not installed: scripts/node-environment")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.devnull,
        "NODE_PATH": str(modules),
        "OTEL_SERVICE_NAME": "frontend-react-js",
        "OTEL_RESOURCE_ATTRIBUTES": "telemetry.sdk.language=webjs",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": endpoint,
    }
    if headers:
        environment["OTEL_EXPORTER_OTLP_HEADERS"] = headers
    script = SCENARIOS / "frontend" / "home_page.cjs"
    done = subprocess.run(
        ["node", script, f"http://127.0.0.1:{backend.port}", path, json.dumps(settings)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        preexec_fn=process.die_with_parent,
    )
    if done.returncode != 0 or done.stderr:
        raise AssertionError(f"{script.name} ended with {done.returncode} and said:\n{done.stdout}{done.stderr}")
    told = json.loads(done.stdout)
    if told["refused"] != refused:
        raise AssertionError(f"expected the page's spans refused with {refused}\nfound    {told['refused']}")
    return told
