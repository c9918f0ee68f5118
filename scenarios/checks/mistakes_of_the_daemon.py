"""What went wrong between the backend and X-Ray: the daemon's address, region, keys and command, and its rules."""

import socket

from checks.groups import HOME
from checks.mistakes import SAMPLED, findings, home_once, wrong_setting
from checks.sampling import aws_json, create_rule
from checks.xray import segment_of
from harness import environments, expect
from harness.account import promised_trace
from harness.backend import SEEDS_SETTINGS
from harness.daemon import Forwarder, StandIn
from harness.scenario import environment_or_skip

KEY = SEEDS_SETTINGS["AWS_ACCESS_KEY_ID"]
SECRET = SEEDS_SETTINGS["AWS_SECRET_ACCESS_KEY"]
FORWARDING = {"needs": ("today",)}  # whose boto3 signs for the daemon
HEALTH = "/api/health-check"
REQUESTS = 60


def through_a_daemon(scenario, **environment):
    """One sampled request of a backend whose datagrams go through a daemon that signs them on; what came of that."""
    python = environment_or_skip("today")
    with Forwarder(python, scenario.fakes.url("aws"), environment) as daemon:
        # The backend asks for rules where nothing has to sign for it.
        address = f"tcp:127.0.0.1:{scenario.fakes.ports['xray']} udp:127.0.0.1:{daemon.port}"
        response = home_once(scenario, AWS_XRAY_DAEMON_ADDRESS=address)
        return response, daemon.told()


def refused(scenario, finding_id, error, credentials, **environment):
    scenario.fakes.set_accounts({"xray": {"credentials": [credentials]}})
    scenario.expected_findings |= {finding_id, "xray.trace.promised-never-came"}
    _, told = through_a_daemon(scenario, **environment)
    expect.equal("what the service said to the daemon", told, {"error": error, "status": 403})
    expect.only("finding", findings(scenario, finding_id))
    expect.none("segment", scenario.fakes.records("segment"))


@wrong_setting("20-region-misspelt", **FORWARDING)
def region_misspelt(scenario):
    """The host of such a region does not exist; with an endpoint of one's own the scope of the signature tells it."""
    scenario.expected_findings.add("xray.auth.region-unknown")
    response, told = through_a_daemon(scenario, AWS_DEFAULT_REGION="can-central-1")
    expect.equal("what the service said to the daemon", told, {"unprocessed": []})
    expect.only("segment", scenario.fakes.records("segment", [("trace_id", "=", promised_trace(response))]))
    said = str(expect.only("finding", findings(scenario, "xray.auth.region-unknown")))
    expect.true("the region in the finding", "can-central-1" in said, said)


@wrong_setting("21-two-regions", needs=(environments.COMMAND_LINE,), seconds=90)
def two_regions(scenario):
    """The daemon is in us-east-1; the group and the rule were made in ca-central-1, and apply to nothing."""
    scenario.expected_findings.add("xray.region.differs-from-daemon")
    elsewhere = ("--region", "ca-central-1")
    group = ("--group-name", "Cruddur", "--filter-expression", 'service("backend-flask")')
    aws_json(scenario, "xray", "create-group", *group, *elsewhere)
    aws_json(
        scenario, "xray", "create-sampling-rule", "--cli-input-json", "file://aws/json/xray.json", *elsewhere
    )
    segment_of(scenario, home_once(scenario))
    for region, names in (("us-east-1", ["Default"]), ("ca-central-1", ["Cruddur", "Default"])):
        rules = aws_json(scenario, "xray", "get-sampling-rules", "--region", region)["SamplingRuleRecords"]
        expect.equal(f"rules in {region}", sorted(one["SamplingRule"]["RuleName"] for one in rules), names)
    said = str(expect.only("finding", findings(scenario, "xray.region.differs-from-daemon")))
    expect.true("both regions in the finding", "us-east-1" in said and "ca-central-1" in said, said)


@wrong_setting("22-tcp-port-only", seconds=120)
def tcp_port_only(scenario):
    """Rules and reports reach the daemon, datagrams do not."""
    scenario.expected_findings |= {"xray.sampling.sampled-but-no-segments", "xray.trace.promised-never-came"}
    create_rule(scenario, FixedRate=1.0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nowhere:
        nowhere.bind(("127.0.0.1", 0))
        address = f"tcp:127.0.0.1:{scenario.fakes.ports['xray']} udp:127.0.0.1:{nowhere.getsockname()[1]}"
        with scenario.backend(AWS_XRAY_DAEMON_ADDRESS=address) as backend:
            await_first_report(scenario, backend)
    expect.none("segment", scenario.fakes.records("segment"))
    methods = {entry["method"] for entry in scenario.fakes.entries(vendor="xray", kind="exchange")}
    expect.equal("methods at the daemon: calls by TCP, no datagram", methods, {"POST"})
    expect.only("finding", findings(scenario, "xray.sampling.sampled-but-no-segments"))


def await_first_report(scenario, backend):
    """Requests a second apart until the process has decided some by the rule and has said so."""
    for _ in range(REQUESTS):
        backend.get(HOME)
        wait = {"kind": "sampling_statistics", "where": [], "count": {"at_least": 1}, "timeout": 1}
        try:
            return scenario.fakes.wait(**wait)
        except AssertionError:
            continue
    raise AssertionError(f"no SamplingTargets within {REQUESTS} s")


@wrong_setting("23-secret-differs", **FORWARDING)
def secret_differs(scenario):
    known = {"access_key_id": KEY, "secret_access_key": SECRET}
    mistyped = SECRET[:-1] + "Z"
    refused(
        scenario, "xray.auth.signature-mismatch", "InvalidSignatureException", known, AWS_SECRET_ACCESS_KEY=mistyped
    )


@wrong_setting("23-key-unknown", **FORWARDING)
def key_unknown(scenario):
    known = {"access_key_id": "AKIAI44QH8DHBEXAMPLE", "secret_access_key": SECRET}
    refused(scenario, "xray.auth.key-unknown", "UnrecognizedClientException", known)


@wrong_setting("24-session-token-missing", **FORWARDING)
def session_token_missing(scenario):
    known = {"access_key_id": KEY, "secret_access_key": SECRET, "session_token": "FwoGZXIvYXdzEXAMPLE"}
    refused(scenario, "xray.auth.session-token", "UnrecognizedClientException", known)


@wrong_setting("25-command-in-one-string")
def command_in_one_string(scenario):
    """The image's own flags, then what the seeds' compose file says: one word that is no flag, so nothing is read."""
    addresses = ("-t", "127.0.0.1:0", "-b", "127.0.0.1:0")
    with StandIn(scenario.folder, *addresses, "xray -o -b xray-daemon:2000") as daemon:
        with scenario.backend(AWS_XRAY_DAEMON_ADDRESS=f"127.0.0.1:{daemon.ports['xray']}") as backend:
            backend.driven = None  # what it promises does not come to the scenario's own door
            backend.get(HOME, **SAMPLED)
        log = daemon.stop()
    expect.true("the command named as not read", '"xray -o -b xray-daemon:2000" is not read' in log, log)
    expect.true("the port of the image's own flags", f"127.0.0.1:{daemon.ports['xray']}" in log, log)
    expect.true("the segment, which came all the same", "Successfully sent batch of 1 segments" in log, log)
    expect.none("datagram at another daemon", scenario.fakes.entries(vendor="xray"))


@wrong_setting("30-rules-not-fetched")
def rules_not_fetched(scenario):
    """Nobody listens at the TCP port, so the SDK's local rules decide: one a second, and five of a hundred."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"tcp:127.0.0.1:{nobody.getsockname()[1]} udp:127.0.0.1:{scenario.fakes.ports['xray']}"
        with scenario.backend(AWS_XRAY_DAEMON_ADDRESS=address) as backend:
            responses = [backend.get("/api/message_groups") for _ in range(REQUESTS)]
    promised = sorted(filter(None, map(promised_trace, responses)))
    segments = [record["fields"] for record in scenario.fakes.records("segment")]
    expect.equal("segments: those that were promised", sorted(one["trace_id"] for one in segments), promised)
    expect.true("some sampled and some not", 1 <= len(promised) < REQUESTS, promised)
    expect.none("rule in them", [one for one in segments if "sampling_rule_name" in one["aws"]["xray"]])
    said = str(expect.only("finding", findings(scenario, "xray.sampling.local-fallback")))
    counts = f"{REQUESTS} requests, {len(promised)} sampled by local rules"
    expect.true(counts, counts in said, said)


@wrong_setting("31-health-checks-traced")
def health_checks_traced(scenario):
    with scenario.backend() as backend:
        for path in (*[HEALTH] * 20, *[HOME] * 5):
            backend.get(path, **SAMPLED)
    said = str(expect.only("finding", findings(scenario, "xray.sampling.health-checks")))
    expect.true("their share", "80 % of 25 segments" in said, said)
