"""Proof that an SDK honours central sampling rules, step by step the same for each: that it fetched them, rates of 0 and 1,
a reservoir, a rate and a rule that change while it runs, and that what it reports is what it did. What an SDK is known to
do otherwise stands in its Habits."""

import time
from collections import Counter
from dataclasses import dataclass

import adot_clients
import go_clients
import java_clients
import node_clients
import python_clients
import sdk
import stories
from harness import expect
from harness.sampling import statistics_of, wait_until_answered

CLIENTS = sdk.Clients()
client = CLIENTS.client
RULES_SECONDS = 30


@dataclass(frozen=True)
class Habits:
    takes_quotas: bool = True  # of a reservoir, once it was granted one
    fetches_changed_rules: bool = True  # as soon as an answer to its report speaks of a change
    counts_borrowed_twice: bool = False  # as borrowed, and as sampled
    borrows_at_once: bool = True  # or only a second after it began
    sends_segments: bool = True  # to the daemon
    findings: tuple = ()  # that say so


class Requests:
    """Asks the program, and keeps count by the rule that has to decide."""

    def __init__(self, program):
        self._program = program
        self.made, self.sampled = Counter(), Counter()

    def __call__(self, count, path, rule):
        sampled = self._program.ask({"path": path, "count": count})["sampled"]
        self.made[rule] += count
        self.sampled[rule] += sampled
        return sampled


def prove(fakes, program, service, habits):
    create_rules(fakes, service)
    requests = Requests(program)
    wait_until_rules_decide(requests)
    expect.equal("sampled at rate 1", requests(100, "/all", "all"), 100)
    expect.equal("sampled at rate 0", requests(100, "/none", "none"), 0)
    expect.equal("sampled at rate 0, before it changes", requests(10, "/turned", "turned"), 0)
    expect.equal("sampled by the rule before the later one", requests(10, "/none/later", "none"), 0)
    check_borrowing(requests, 20, 1 if habits.borrows_at_once else 0)
    first = dict(requests.made), dict(requests.sampled)

    stories.create_sampling_rule(fakes, "later", service, Priority=50, ReservoirSize=0, URLPath="/none/later")
    status, reply = fakes.call_xray("UpdateSamplingRule", {"SamplingRuleUpdate": {"RuleName": "turned", "FixedRate": 1}})
    expect.equal(f"status of UpdateSamplingRule, which said {reply}", status, 200)
    check_statistics(fakes, *first, habits)
    # The answer to the first report after the change tells of it, and grants quotas; by the next one it has sunk in.
    for _ in range(2):
        wait_until_answered(fakes, "all", lambda: requests(1, "/all", "all"))

    expect.equal("sampled by the rate that was changed", requests(10, "/turned", "turned"), 10)
    if habits.takes_quotas:
        expect.equal("sampled by the quota", requests(100, "/kept", "kept"), 100)
    else:
        check_borrowing(requests, 100, 1)
    decides = ("later", 10) if habits.fetches_changed_rules else ("none", 0)
    expect.equal("sampled by the later rule", requests(10, "/none/later", decides[0]), decides[1])
    fetched = len(fakes.records("sampling_request"))
    expect.true("rules fetched again after the change, or not", (fetched > 1) == habits.fetches_changed_rules, fetched)

    check_statistics(fakes, requests.made, requests.sampled, habits)
    program.end()
    if habits.sends_segments:
        check_segments(fakes, requests.sampled)
    check_findings(fakes, requests.made, habits)


def create_rules(fakes, service):
    def create(name, priority, path, rate, reservoir=0):
        stories.create_sampling_rule(
            fakes, name, service, Priority=priority, URLPath=path, FixedRate=rate, ReservoirSize=reservoir
        )

    create("warm", 1, "/warm", 1.0)
    create("all", 2, "/all", 1.0)
    create("turned", 3, "/turned", 0.0)
    create("kept", 4, "/kept", 0.0, reservoir=1_000_000)
    create("none", 100, "/none*", 0.0)


def wait_until_rules_decide(requests):
    """Until it has the rules an SDK samples one request a second and 5 % of the rest."""
    deadline = time.monotonic() + RULES_SECONDS
    while requests(20, "/warm", "local or warm") < 20:
        expect.true(f"decisions by central rules within {RULES_SECONDS} s", time.monotonic() < deadline, requests.made)


def check_borrowing(requests, count, least):
    """One request a second, where there is a reservoir and no quota of it."""
    began = time.monotonic()
    borrowed = requests(count, "/kept", "kept")
    most = int(time.monotonic() - began) + 2
    expect.true(f"{least} to {most} of {count} requests borrowed", least <= borrowed <= most, borrowed)


def check_statistics(fakes, made, sampled, habits):
    for rule in ("all", "none", "turned", "kept", "later"):
        if rule not in made:
            continue
        counts = statistics_of(fakes, rule, made[rule])
        expect.equal(f"requests reported of rule {rule}", counts["RequestCount"], made[rule])
        twice = counts["BorrowCount"] if habits.counts_borrowed_twice else 0
        taken = counts["SampledCount"] + counts["BorrowCount"] - twice
        expect.equal(f"sampled and borrowed, as reported of rule {rule}: {counts}", taken, sampled[rule])
        if rule != "kept":
            expect.equal(f"borrowed of rule {rule}, which has no reservoir", counts["BorrowCount"], 0)


def check_segments(fakes, sampled):
    rules = Counter()
    for segment in stories.segments(fakes):
        about = expect.member(segment, "aws", "xray")
        rules[about.get("sampling_rule_name", about.get("rule_name"))] += 1
    for rule in ("all", "none", "turned", "kept", "later"):
        expect.equal(f"segments by the rule {rule}", rules[rule], sampled[rule])


def check_findings(fakes, made, habits):
    found = fakes.findings()
    fits = {one["place"] for one in found if one["id"] == "xray.sampling.rate"}
    expected = {f"rule {rule}" for rule in made if rule != "local or warm"}
    expect.none("rule without a report that it was honoured", sorted(expected - fits))
    missing = set(habits.findings) - {one["id"] for one in found}
    expect.none("finding about what this SDK does otherwise", sorted(missing))


@client("client.go.aws-xray-sdk-sampling")
def go(fakes):
    prove(fakes, go_clients.go(fakes, "xray-sampling"), "go-backend", Habits())


@client("client.python.aws-xray-sdk-sampling")
def python(fakes):
    prove(fakes, python_clients.python(fakes, "xray_sampling.py"), "python-backend", Habits())


@client("client.node.aws-xray-sdk-sampling")
def node(fakes):
    """It reads the times of targets as milliseconds."""
    habits = Habits(takes_quotas=False, fetches_changed_rules=False, findings=("xray.sdk.node-always-borrows",))
    prove(fakes, node_clients.node(fakes, "xray_sampling.cjs"), "node-backend", habits)


@client("client.java.aws-xray-sdk-sampling")
def java(fakes):
    """It takes no notice of LastRuleModification."""
    habits = Habits(fetches_changed_rules=False, findings=("xray.sdk.java-new-rules-last",))
    prove(fakes, java_clients.java(fakes, "xray-sampling"), "java-backend", habits)


# Its spans do not go to the daemon.
@client("client.java.otel-xray-sampling", findings=["xray.sampling.sampled-but-no-segments"])
def java_otel(fakes):
    program = java_clients.sampled_by_xray(fakes, "xray-sampling-otel", "java-backend", OTEL_TRACES_EXPORTER="none")
    habits = Habits(
        fetches_changed_rules=False, counts_borrowed_twice=True, borrows_at_once=False, sends_segments=False
    )
    prove(fakes, program, "java-backend", habits)


@client("client.python.adot-sampling", findings=["xray.sampling.sampled-but-no-segments"])
def adot(fakes):
    habits = Habits(counts_borrowed_twice=True, borrows_at_once=False, sends_segments=False)
    prove(fakes, adot_clients.adot_program(fakes, "adot_sampling.py"), "adot-backend", habits)
