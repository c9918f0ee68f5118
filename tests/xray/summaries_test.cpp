// GetTraceSummaries: what a summary says, windows and pages, and every documented form of a filter expression.
#include <gmock/gmock.h>

#include <set>

#include "tests/xray/traces.h"

namespace understudy::xray {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

json window(double from_s = -60, double to_s = 3600) {
  return {{"StartTime", static_cast<double>(start_s) + from_s}, {"EndTime", static_cast<double>(start_s) + to_s}};
}

json summaries(Session& session, json more = json::object()) {
  auto body = window();
  body.update(more);
  return ask(session, "/TraceSummaries", body);
}

// The number at the end of each trace id.
std::vector<int> numbers(const json& reply) {
  std::vector<int> all;
  for (const auto& one : reply.at("TraceSummaries")) {
    all.push_back(std::stoi(one.at("Id").get<std::string>().substr(11), nullptr, 16));
  }
  return all;
}

// 1: good, with annotations and a user. 2: slow, throttled by its table, in the end an error. 3: a fault of the
// service downstream. 4: not finished.
void send_four(Session& session) {
  send(session,
       in_trace(
           entity(
               "a", "front", 0, 0.1,
               {{"user", "ada"},
                {"origin", "AWS::EC2::Instance"},
                {"annotations", {{"k", "v"}, {"n", 30}, {"b", true}, {"dot.ted", "x"}}},
                {"aws",
                 {{"account_id", "123456789012"},
                  {"ec2", {{"instance_id", "i-1"}, {"availability_zone", "eu-west-1a"}}}}},
                {"resource_arn", "arn:r"},
                {"http",
                 {{"request",
                   {{"method", "GET"}, {"url", "http://h/api/x/1"}, {"user_agent", "curl"}, {"client_ip", "10.0.0.1"}}},
                  {"response", {{"status", 200}}}}}}),
           trace_id(1, 1)));
  auto slow = in_trace(entity("a", "front", 0, 6, {{"error", true}, {"http", {{"response", {{"status", 429}}}}}}),
                       trace_id(2, 2));
  slow["subsegments"] = json::array(
      {entity("b", "DynamoDB", 0, 5,
              {{"namespace", "aws"}, {"aws", {{"table_name", "users"}}}, {"throttle", true}, {"error", true}})});
  send(session, slow);
  auto calls = in_trace(entity("a", "front", 0, 2, {{"fault", true}, {"http", {{"response", {{"status", 500}}}}}}),
                        trace_id(3, 3));
  calls["subsegments"] = json::array({entity("b", "get_it", 0.5, 1.9, {{"namespace", "remote"}, {"fault", true}})});
  send(session, calls);
  send(
      session,
      in_trace(entity("c", "back", 0.6, 1.8,
                      {{"parent_id", "b"},
                       {"fault", true},
                       {"origin", "AWS::Lambda::Function"},
                       {"cause",
                        {{"exceptions", {{{"id", "0000000000000001"}, {"type", "NameError"}, {"message", "no x"}}}}}}}),
               trace_id(3, 3)));
  auto open = in_trace(entity("a", "other", 0, 0), trace_id(4, 4));
  open.erase("end_time");
  open["in_progress"] = true;
  send(session, open);
}

struct Form {
  std::string_view expression;
  std::vector<int> traces;  // the most recent first
};

// The forms of the documentation, with values of our own; then what follows from them.
const Form forms[] = {
    {"", {4, 3, 2, 1}},
    {"ok", {4, 1}},
    {"!ok", {3, 2}},
    {"ok = false", {3, 2}},
    {"ok != true", {3, 2}},
    {"error", {2}},
    {"throttle", {2}},
    {"fault = true", {3}},
    {"partial", {4}},
    {"responsetime > 5", {2}},
    {"responseTime >= 2 and responseTime < 6", {3}},
    {"duration >= 5 AND duration <= 8", {2}},
    {"ok !partial duration <3", {1}},
    {"http.status != 200", {3, 2}},
    {"http.status = 200 OR http.status=500", {3, 1}},
    {"http.url CONTAINS \"/api/x/\"", {1}},
    {"http.url BEGINSWITH \"http://h/\"", {1}},
    {"http.url endswith \"/1\"", {1}},
    {"http.url = \"http://h/api/x/1\"", {1}},
    {"http.url AND responseTime < 2", {1}},
    {"!http.url", {4, 3, 2}},
    {"http.method = \"GET\" http.useragent = \"curl\" http.clientip BEGINSWITH \"10.\"", {1}},
    {"user CONTAINS \"\"", {1}},
    {"user = \"ada\"", {1}},
    {"user = ada", {1}},
    {"instance.id = \"i-1\" AND availabilityzone = \"eu-west-1a\" AND resource.arn = \"arn:r\"", {1}},
    {"annotation.k", {1}},
    {"!annotation.k", {4, 3, 2}},
    {"annotation.k = \"v\"", {1}},
    {"annotation[k] = \"v\"", {1}},
    {"annotation[dot.ted] = \"x\"", {1}},
    {"annotation.dot.ted = \"x\"", {1}},
    {"annotation.k CONTAINS \"w\"", {}},
    {"annotation.n > 29", {1}},
    {"annotation.n > 30", {}},
    {"annotation.b = true", {1}},
    {"annotation.b = false", {}},
    {"annotation.K", {}},
    {"service(\"back\")", {3}},
    {"service(back)", {3}},
    {"!service(\"back\")", {4, 2, 1}},
    {"service(\"back\") { fault }", {3}},
    {"service(\"front\") {fault OR error}", {3, 2}},
    {"service() { fault }", {3}},
    {"service() { throttle }", {2}},
    {"service(\"front\") {root = true and fault = true}", {3}},
    {"service(\"back\") {root}", {}},
    {"service() { name = \"users\" and inferred }", {2}},
    {"service() { type = \"AWS::Lambda::Function\" and message = \"no x\" }", {3}},
    {"service(id(name: \"back\", type: \"AWS::Lambda::Function\")) { fault }", {3}},
    {"service(id(type: \"AWS::DynamoDB::Table\"))", {2}},
    {"service(id(account.id: \"123456789012\"))", {1}},
    {"service(id(account.id: \"000000000000\"))", {4, 3, 2}},
    {"edge(\"front\", \"back\") { fault }", {3}},
    {"edge(\"front\", \"back\") { responsetime < 1.3 }", {}},
    {"edge(\"front\", \"back\") { responsetime > 1.3 }", {3}},
    {"edge(\"back\", \"front\")", {}},
    {"edge(id(name: \"front\"), id(name: \"users\", type: \"AWS::DynamoDB::Table\"))", {2}},
    {"group.name = \"faults\" AND http.status = 500", {3}},
    {"rootcause.fault.service { name = \"back\" and type = \"AWS::Lambda::Function\" }", {3}},
    {"rootcause.fault.service { index > 1 }", {}},
    {"rootcause.fault.service { index = 1 and last }", {3}},
    {"rootcause.fault.entity { name = \"get_it\" and remote }", {3}},
    {"rootcause.fault.exception { last and message = \"no x\" }", {3}},
    {"rootcause.fault.exception { name = \"NameError\" }", {3}},
    {"rootcause.error.service { inferred and name = \"users\" }", {2}},
    {"rootcause.responsetime.entity { last and coverage > 0.8 }", {2, 1}},
    {"rootcause.fault.service", {3}},
    {R"(rootcause.json = #[{ "Services": [ { "Name": "front", "EntityPath": [ { "Name": "front" }, { "Name": "get_it" } ] },)"
     R"( { "Name": "back", "EntityPath": [ { "Name": "back" } ] } ] }])",
     {3}},
    {R"(rootcause.json = #[{ "Services": [ { "Name": "front" } ] }])", {1}},
    {"name = front", {3, 2, 1}},
    {"(ok OR fault) AND !(partial)", {3, 1}},
};

TEST(GetTraceSummaries, TakesEveryFormOfAFilter) {
  Session session;
  send_four(session);
  (void)session.call("/CreateGroup", R"({"GroupName":"faults","FilterExpression":"fault"})");
  for (const auto& [expression, traces] : forms) {
    const auto reply = summaries(session, {{"FilterExpression", expression}});
    ASSERT_EQ(reply["status"], 200) << expression << reply;
    EXPECT_EQ(numbers(reply), traces) << expression;
    EXPECT_EQ(reply["TracesProcessedCount"], 4) << expression;
  }
  EXPECT_TRUE(session.decided_again_alike);
}

TEST(GetTraceSummaries, SaysWhereAFilterIsWrong) {
  Session session;
  auto body = window();
  body["FilterExpression"] = "servce(\"a\")";
  const auto decision = session.call("/TraceSummaries", body.dump());
  EXPECT_EQ(decision.reply.status, 400);
  EXPECT_EQ(header(decision.reply, "x-amzn-ErrorType"), "InvalidRequestException");
  EXPECT_THAT(decision.reply.body, HasSubstr("line 1, column 1: servce is no keyword; did you mean service"));
  EXPECT_THAT(ids(decision.findings), ElementsAre("xray.filter.unreadable"));
  body["FilterExpression"] = "group.name = \"none\"";
  EXPECT_THAT(session.call("/TraceSummaries", body.dump()).reply.body, HasSubstr("there is no group none"));
}

TEST(GetTraceSummaries, TellsOfATrace) {
  Session session;
  send_four(session);
  const auto reply = summaries(session, {{"FilterExpression", "user"}});
  ASSERT_EQ(reply["TraceSummaries"].size(), 1u);
  const auto& summary = reply["TraceSummaries"][0];
  const json front = {
      {"AccountId", "123456789012"}, {"Name", "front"}, {"Names", {"front"}}, {"Type", "AWS::EC2::Instance"}};
  EXPECT_EQ(summary["Http"], (json{{"ClientIp", "10.0.0.1"},
                                   {"HttpMethod", "GET"},
                                   {"HttpStatus", 200},
                                   {"HttpURL", "http://h/api/x/1"},
                                   {"UserAgent", "curl"}}));
  EXPECT_EQ(summary["EntryPoint"], front);
  EXPECT_EQ(summary["ServiceIds"], json::array({front}));
  EXPECT_EQ(summary["Users"], json::array({json{{"ServiceIds", json::array({front})}, {"UserName", "ada"}}}));
  EXPECT_EQ(summary["Annotations"]["n"][0]["AnnotationValue"]["NumberValue"], 30);
  EXPECT_EQ(summary["Annotations"]["b"][0]["AnnotationValue"]["BooleanValue"], true);
  EXPECT_EQ(summary["Annotations"]["k"][0]["ServiceIds"], json::array({front}));
  EXPECT_EQ(summary["InstanceIds"], json::array({json{{"Id", "i-1"}}}));
  EXPECT_EQ(summary["AvailabilityZones"], json::array({json{{"Name", "eu-west-1a"}}}));
  EXPECT_EQ(summary["ResourceARNs"], json::array({json{{"ARN", "arn:r"}}}));
  EXPECT_EQ(summary["Duration"], 0.1);
  EXPECT_EQ(summary["ResponseTime"], 0.1);
  EXPECT_EQ(summary["IsPartial"], false);
  EXPECT_EQ(summary["StartTime"], start_s);
  EXPECT_THAT(summary["FaultRootCauses"], IsEmpty());
}

TEST(GetTraceSummaries, TellsTheWayToTheRootCause) {
  Session session;
  send_four(session);
  const auto summary = summaries(session, {{"FilterExpression", "fault"}})["TraceSummaries"][0];
  EXPECT_EQ(summary["HasFault"], true);
  EXPECT_EQ(summary["HasError"], false);
  const auto& cause = summary["FaultRootCauses"][0];
  EXPECT_EQ(cause["ClientImpacting"], true);
  ASSERT_EQ(cause["Services"].size(), 2u);
  EXPECT_EQ(cause["Services"][1]["EntityPath"][0]["Exceptions"],
            json::array({json{{"Message", "no x"}, {"Name", "NameError"}}}));
  EXPECT_EQ(summary["ResponseTimeRootCauses"][0]["Services"][0]["EntityPath"][1]["Coverage"], 0.7);
  const auto throttled = summaries(session, {{"FilterExpression", "throttle"}})["TraceSummaries"][0];
  EXPECT_EQ(throttled["HasThrottle"], true);
  EXPECT_EQ(throttled["ErrorRootCauses"][0]["Services"][1]["Inferred"], true);
  EXPECT_EQ(throttled["ErrorRootCauses"][0]["Services"][1]["Name"], "users");
}

TEST(GetTraceSummaries, LooksAtTheTimeThatItIsAskedFor) {
  Session session;
  // An id of long ago, seconds that are now.
  send(session, in_trace(entity("a", "random", 10, 20), "1-00000001-000000000000000000000001"));
  send(session, in_trace(entity("a", "now", 10, 20), trace_id(2)));
  const auto found = [&](std::string_view type, double from_s, double to_s) {
    auto body = window(from_s, to_s);
    if (!type.empty()) body["TimeRangeType"] = type;
    return numbers(ask(session, "/TraceSummaries", body));
  };
  EXPECT_THAT(found("", 0, 1), ElementsAre(2));
  EXPECT_THAT(found("TraceId", -1, 0), IsEmpty()) << "half-open";
  EXPECT_THAT(found("Event", 15, 16), UnorderedElementsAre(1, 2));
  EXPECT_THAT(found("Event", 21, 22), IsEmpty());
  EXPECT_THAT(found("Service", 20, 21), UnorderedElementsAre(1, 2));
  EXPECT_THAT(found("Service", 10, 20), IsEmpty());
}

TEST(GetTraceSummaries, RefusesWindowsAndMembersThatMakeNoSense) {
  Session session;
  std::set<std::string> found;
  const auto refusal = [&](const json& body) {
    const auto decision = session.call("/TraceSummaries", body.dump());
    EXPECT_EQ(decision.reply.status, 400) << body;
    EXPECT_EQ(decision.findings.size(), 1u) << body;
    for (const auto& finding : decision.findings) found.insert(finding.id);
    return decision.reply.body;
  };
  EXPECT_THAT(refusal(json::object()), HasSubstr("'startTime'"));
  EXPECT_THAT(refusal(window(1, 1)), HasSubstr("End time must be after start time"));
  EXPECT_THAT(refusal(window(0, 86'401)), HasSubstr("24 hours"));
  EXPECT_THAT(refusal({{"StartTime", 1.7e12}, {"EndTime", 1.8e12}}), HasSubstr("epoch seconds"));
  auto body = window();
  body["TimeRangeType"] = "Trace";
  EXPECT_THAT(refusal(body), HasSubstr("'timeRangeType'"));
  body = window();
  body["NextToken"] = "bogus";
  EXPECT_THAT(refusal(body), HasSubstr("NextToken"));
  body = window();
  body["SamplingStrategy"] = {{"Name", "Half"}};
  EXPECT_THAT(refusal(body), HasSubstr("PartialScan, FixedRate"));
  EXPECT_THAT(found, ElementsAre("xray.request.constraint", "xray.request.unknown-token", "xray.window.refused"));
}

TEST(GetTraceSummaries, GivesPagesFromTheMostRecentOn) {
  Session session;
  for (int i = 0; i < 250; ++i) send(session, in_trace(entity("a", i % 2 ? "odd" : "even", 0, 1), trace_id(i, i / 3)));
  std::vector<int> all;
  json token;
  std::vector<std::size_t> sizes;
  do {
    json more = {{"FilterExpression", "name = \"odd\""}};
    if (!token.is_null()) more["NextToken"] = token;
    const auto reply = summaries(session, more);
    for (const auto number : numbers(reply)) all.push_back(number);
    sizes.push_back(reply["TraceSummaries"].size());
    token = reply["NextToken"];
    // What comes between two pages moves nothing.
    send(session, in_trace(entity("a", "odd", 0, 1), trace_id(1000 + static_cast<int>(all.size()), 3000)));
  } while (!token.is_null());
  EXPECT_THAT(sizes, ElementsAre(100, 25));
  EXPECT_EQ(all.front(), 249);
  EXPECT_TRUE(std::ranges::is_sorted(all, std::greater()));
  EXPECT_EQ(std::ranges::adjacent_find(all), all.end());
}

TEST(GetTraceSummaries, SamplesTheSameTracesEachTime) {
  Session session;
  for (int i = 0; i < 40; ++i) {
    send(session, in_trace(entity("a", "front", 0, 1),
                           fmt::format("1-{:08x}-{:016x}{:08x}", start_s, i, 0x06666666U * static_cast<unsigned>(i))));
  }
  const auto count = [&](double rate, bool sampling) {
    const json strategy = {{"Name", "FixedRate"}, {"Value", rate}};
    return summaries(session, {{"Sampling", sampling}, {"SamplingStrategy", strategy}})["TraceSummaries"].size();
  };
  EXPECT_EQ(count(0, true), 0u);
  EXPECT_EQ(count(0, false), 40u);
  EXPECT_EQ(count(0.5, true), 21u);
  EXPECT_EQ(count(1, true), 40u);
}

TEST(GetTraceSummaries, HasNoTraceWithoutASegment) {
  Session session;
  send(session, in_trace(entity("b", "part", 0, 1, {{"type", "subsegment"}, {"parent_id", "a"}}), trace_id(1)));
  EXPECT_THAT(numbers(summaries(session)), IsEmpty());
  send(session, in_trace(entity("a", "late", 0, 1), trace_id(1)));
  EXPECT_THAT(numbers(summaries(session)), ElementsAre(1));
}

}  // namespace
}  // namespace understudy::xray
