"""Groups and sampling rules that ask for another service than the segments are of."""

from checks import FLASK, check
from checks.sampling import SEEDS_RULE, aws, aws_json, create_rule, create_warm_up_rule, warm_up
from checks.xray import GITPOD_HOST, segment_of
from harness import environments, expect

HOME = "/api/activities/home"


@check("check-22-rule-for-another-name")
def rule_for_another_name(scenario):
    """The public host of the seeds' workspace makes the segment's name, and with it the service that is sampled for."""
    create_warm_up_rule(scenario, ServiceName="*")
    create_rule(scenario, FixedRate=1.0)
    scenario.expected_findings.add("xray.rule.never-matched")
    with scenario.backend() as backend:
        warm_up(scenario, backend, Host=GITPOD_HOST)
        # The first that matches Default is borrowed from its reservoir, so it is sampled for certain.
        response = backend.get(HOME, Host=GITPOD_HOST)
    segment = segment_of(scenario, response)
    expect.equal("name of the segment", segment["name"], GITPOD_HOST)
    rule = expect.member(segment, "aws", "xray", "sampling_rule_name")
    expect.equal("sampling_rule_name, although Cruddur has the better priority and rate 1", rule, "Default")
    finding = expect.only("finding", never_matched(scenario))
    said = finding["place"] + finding["message"]
    expect.true("the rule's name in the finding", "Cruddur" in said, finding)


def never_matched(scenario):
    return [finding for finding in scenario.fakes.findings() if finding["id"] == "xray.rule.never-matched"]


@check("check-37-group-rule-and-service-graph", seconds=120, needs=(environments.COMMAND_LINE,), backends=FLASK)
def group_rule_and_graph(scenario):
    expression = 'service("backend-flask") {fault OR error}'
    created = aws_json(scenario, "xray", "create-group", "--group-name", "Cruddur", "--filter-expression", expression)[
        "Group"
    ]
    expect.equal("group as echoed", (created["GroupName"], created["FilterExpression"]), ("Cruddur", expression))
    insights = {"InsightsEnabled": False, "NotificationsEnabled": False}
    expect.equal("InsightsConfiguration", created["InsightsConfiguration"], insights)
    command = ("xray", "create-sampling-rule", "--cli-input-json", "file://aws/json/xray.json")
    record = aws_json(scenario, *command)["SamplingRuleRecord"]
    rule = {name: value for name, value in record["SamplingRule"].items() if name in SEEDS_RULE}
    expect.equal("rule as echoed", rule, SEEDS_RULE)
    expect.equal("ModifiedAt", record["ModifiedAt"], record["CreatedAt"])

    # The graph itself waits for the trace queries. Until then the door must say so, and not answer an empty graph.
    scenario.expected_findings.add("xray.operation.not-built")
    graph = aws(scenario, "xray", "get-service-graph", "--start-time", "1700000000", "--end-time", "1700000600")
    expect.true("a refusal", graph.returncode != 0, graph.stdout)
    expect.true("UnknownOperation", "UnknownOperation" in graph.stderr, graph.stderr)
