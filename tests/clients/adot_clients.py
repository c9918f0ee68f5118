"""What the AWS Distro for OpenTelemetry sends (python/adot.py), as X-Ray's records tell it."""

import os
from pathlib import Path

import sdk
from harness import environments, expect

CLIENTS = sdk.Clients()
client = CLIENTS.client
FOLDER = Path(__file__).resolve().parent / "python"


def rule(name, priority, rate, path):
    return {
        "SamplingRule": {
            "RuleName": name,
            "ResourceARN": "*",
            "Priority": priority,
            "FixedRate": rate,
            "ReservoirSize": 0,
            "ServiceName": "backend-adot",
            "ServiceType": "*",
            "Host": "*",
            "HTTPMethod": "*",
            "URLPath": path,
            "Version": 1,
        }
    }


def adot_program(fakes, script):
    """A script of python/ as a running program, with the environment that the fakes hand out."""
    python = environments.python_of("adot")
    if python is None:
        raise sdk.Skipped("the environment adot was not made: scripts/python-environment adot")
    own = {"PATH": os.environ["PATH"], "HOME": os.devnull, "PYTHONDONTWRITEBYTECODE": "1"}
    return sdk.Program([python, FOLDER / script], {**own, **fakes.environment})


# Nobody switched Transaction Search on, and that is said.
@client("client.python.adot", findings={"xray.otlp.destination"})
def adot(fakes):
    """The distro's sampler decides by two rules, and its spans come both ways."""
    fakes.call_xray("CreateSamplingRule", rule("all", 1, 1, "/api/messages"))
    fakes.call_xray("CreateSamplingRule", rule("none", 2, 0, "*"))
    program = adot_program(fakes, "adot.py")
    told = program.told()
    expect.equal("sampled", told["sampled"], {"/api/activities/home": 0, "/api/messages": 3})
    statistics = fakes.wait("sampling_statistics", [], count={"at_least": 2}, vendor="xray")
    reported = {one["fields"]["RuleName"]: one["fields"] for one in statistics}
    expect.equal("rules", sorted(reported), ["all", "none"])
    expect.equal("requests of all", reported["all"]["RequestCount"], 3)
    expect.true("requests of none, probes included", reported["none"]["RequestCount"] >= 5, reported)
    program.end()

    spans = [record["fields"] for record in fakes.records("span", vendor="xray")]
    expect.equal("spans, by datagram and by HTTP", sorted("sampled" in span for span in spans), [False] * 3 + [True] * 3)
    expect.equal("names", {span["name"] for span in spans}, {"GET /api/messages"})
    segments = [record["fields"] for record in fakes.records("segment", vendor="xray")]
    expect.equal("names of segments", {segment["name"] for segment in segments}, {"backend-adot"})
    root = dict(part.split("=") for part in told["header"].split(";"))["Root"]
    expect.true(f"a segment of {root}", any(segment["trace_id"] == root for segment in segments), segments)
    expect.none("id without a time", [one for one in fakes.findings() if one["id"].startswith("xray.segment.trace-id")])
