"""Groups and sampling rules that ask for another service than the segments are of."""

import json
import time

from checks import FLASK, check
from checks.sampling import SEEDS_RULE, aws_json, create_rule, create_warm_up_rule, warm_up
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

    with scenario.backend() as backend:
        segment = segment_of(scenario, backend.get(HOME, X_Amzn_Trace_Id="Sampled=1"))
    now = int(time.time()) + 1
    window = ("--start-time", str(now - 600), "--end-time", str(now))
    check_graph(aws_json(scenario, "xray", "get-service-graph", *window))
    # The request went well, so it is none of the group's.
    of_group = aws_json(scenario, "xray", "get-service-graph", *window, "--group-name", "Cruddur")
    expect.equal("services of the group", of_group["Services"], [])
    check_traces(scenario, window, segment)


def check_graph(graph):
    services = {service.get("Type"): service for service in graph["Services"]}
    expect.equal("types: the client, and the backend without an origin", set(services), {"client", None})
    client, backend = services["client"], services[None]
    expect.equal("names", (client["Name"], backend["Name"]), ("backend-flask", "backend-flask"))
    expect.true("the backend as the root", backend["Root"], backend)
    expect.equal("requests", backend["SummaryStatistics"]["OkCount"], 1)
    edge = expect.only("edge of the client", client["Edges"])
    expect.equal("end of the edge", edge["ReferenceId"], backend["ReferenceId"])


def check_traces(scenario, window, segment):
    """The tutorial's way from a filter to the documents: ids of the summaries, then the traces."""
    command = ("xray", "get-trace-summaries", *window, "--filter-expression")
    expect.equal("faults", aws_json(scenario, *command, 'service("backend-flask") { fault }')["TraceSummaries"], [])
    summaries = aws_json(scenario, *command, 'service("backend-flask") AND http.status = 200')["TraceSummaries"]
    summary = expect.only("summary", summaries)
    expect.equal("Id", summary["Id"], segment["trace_id"])
    traces = aws_json(scenario, "xray", "batch-get-traces", "--trace-ids", summary["Id"])["Traces"]
    document = json.loads(expect.only("segment", expect.only("trace", traces)["Segments"])["Document"])
    for member in ("id", "name", "trace_id", "start_time", "end_time", "http"):
        expect.equal(member, document[member], segment[member])
