// GetServiceGraph, GetTraceGraph and GetTimeSeriesServiceStatistics.
#include <gmock/gmock.h>

#include <set>
#include <vector>

#include "tests/xray/traces.h"

namespace understudy::xray {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

json window(double from_s = -60, double to_s = 3600) {
  return {{"StartTime", static_cast<double>(start_s) + from_s}, {"EndTime", static_cast<double>(start_s) + to_s}};
}

json graph(Session& session, json more = json::object()) {
  auto body = window();
  body.update(more);
  return ask(session, "/ServiceGraph", body);
}

const json* service(const json& reply, std::string_view name, std::string_view type = "") {
  for (const auto& one : reply.at("Services")) {
    if (one.at("Name") == name && one.value("Type", "") == type) return &one;
  }
  return nullptr;
}

// Of 54 ms, with a call to a table.
void send_call(Session& session, int n, json flags = json::object()) {
  auto segment = in_trace(entity("a", "backend", 0.1, 0.154, flags), trace_id(n));
  segment["subsegments"] =
      json::array({entity("b", "DynamoDB", 0.11, 0.12, {{"namespace", "aws"}, {"aws", {{"table_name", "users"}}}})});
  send(session, segment);
}

TEST(GetServiceGraph, HasClientServiceAndWhatItCalls) {
  Session session;
  send_call(session, 1);
  const auto reply = graph(session);
  ASSERT_EQ(reply["Services"].size(), 3u);
  EXPECT_EQ(reply["StartTime"].get<double>(), start_s + 0.1) << "of what was found";
  EXPECT_EQ(reply["ContainsOldGroupVersions"], false);
  EXPECT_EQ(reply["NextToken"], nullptr);

  const auto* own = service(reply, "backend");
  ASSERT_TRUE(own);
  EXPECT_FALSE(own->contains("Type"));
  EXPECT_EQ(own->at("Root"), true);
  EXPECT_EQ(own->at("State"), "active");
  EXPECT_EQ(own->at("StartTime"), start_s);
  EXPECT_EQ(own->at("EndTime"), start_s + 1);
  EXPECT_FALSE(own->contains("AccountId"));
  EXPECT_EQ(own->at("ResponseTimeHistogram"), json::array({json{{"Count", 1}, {"Value", 0.054}}}));

  const auto* client = service(reply, "backend", "client");
  ASSERT_TRUE(client);
  EXPECT_EQ(client->at("State"), "unknown");
  EXPECT_FALSE(client->contains("SummaryStatistics"));
  ASSERT_EQ(client->at("Edges").size(), 1u);
  EXPECT_EQ(client->at("Edges")[0]["ReferenceId"], own->at("ReferenceId"));
  EXPECT_THAT(client->at("Edges")[0]["Aliases"], IsEmpty());

  const auto* table = service(reply, "users", "AWS::DynamoDB::Table");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->at("State"), "unknown");
  EXPECT_FALSE(table->contains("Root"));
  ASSERT_EQ(own->at("Edges").size(), 1u);
  EXPECT_EQ(own->at("Edges")[0]["ReferenceId"], table->at("ReferenceId"));
  EXPECT_EQ(own->at("Edges")[0]["SummaryStatistics"]["TotalResponseTime"], 0.01);
  EXPECT_TRUE(session.decided_again_alike);
}

TEST(GetServiceGraph, CountsEachSegmentUnderOneHeading) {
  Session session;
  send_call(session, 1);
  send_call(session, 2, {{"fault", true}, {"error", true}});
  send_call(session, 3, {{"error", true}, {"throttle", true}});
  send_call(session, 4, {{"error", true}});
  send_call(session, 5);
  const auto reply = graph(session);
  EXPECT_EQ(service(reply, "backend")->at("SummaryStatistics"),
            (json{{"ErrorStatistics", {{"OtherCount", 1}, {"ThrottleCount", 1}, {"TotalCount", 2}}},
                  {"FaultStatistics", {{"OtherCount", 1}, {"TotalCount", 1}}},
                  {"OkCount", 2},
                  {"TotalCount", 5},
                  {"TotalResponseTime", 0.27}}));
  EXPECT_EQ(service(reply, "users", "AWS::DynamoDB::Table")->at("SummaryStatistics")["OkCount"], 5);
}

TEST(GetServiceGraph, TakesTheEdgeFromTheCallersView) {
  Session session;
  auto segment = in_trace(entity("a", "front", 0, 1), trace_id(1));
  segment["subsegments"] = json::array({entity("b", "back", 0, 0.9, {{"namespace", "remote"}, {"fault", true}})});
  send(session, segment);
  send(session, in_trace(entity("c", "back", 0.1, 0.2, {{"parent_id", "b"}}), trace_id(1)));
  const auto reply = graph(session);
  EXPECT_EQ(service(reply, "back")->at("SummaryStatistics")["OkCount"], 1);
  EXPECT_EQ(service(reply, "back")->at("State"), "active");
  const auto& edge = service(reply, "front")->at("Edges")[0];
  EXPECT_EQ(edge["SummaryStatistics"]["FaultStatistics"]["TotalCount"], 1);
  EXPECT_EQ(edge["ResponseTimeHistogram"][0]["Value"], 0.9);
}

TEST(GetServiceGraph, HoldsWindowAndRegion) {
  Session session;
  send_call(session, 1);
  EXPECT_THAT(graph(session, window(-60, 0))["Services"], IsEmpty());
  EXPECT_THAT(graph(session, window(1, 60))["Services"], IsEmpty());
  EXPECT_THAT(json::parse(session.api("/ServiceGraph", window().dump(), "eu-west-1").reply.body)["Services"],
              IsEmpty());
  EXPECT_THAT(session.call("/ServiceGraph", window(0, 6 * 3600 + 1).dump()).reply.body, HasSubstr("6 hours"));
  auto body = window();
  body["NextToken"] = "x";
  EXPECT_EQ(session.call("/ServiceGraph", body.dump()).reply.status, 400);
}

TEST(GetServiceGraph, OfAGroupHasTheTracesThatCameAfterIt) {
  Session session;
  send_call(session, 1, {{"fault", true}});
  (void)session.call("/CreateGroup", R"({"GroupName":"g","FilterExpression":"fault"})");
  send_call(session, 2, {{"fault", true}});
  send_call(session, 3);
  auto body = window();
  body["GroupName"] = "g";
  const auto decision = session.call("/ServiceGraph", body.dump());
  const auto reply = json::parse(decision.reply.body);
  EXPECT_EQ(service(reply, "backend")->at("SummaryStatistics")["TotalCount"], 1);
  EXPECT_EQ(reply["ContainsOldGroupVersions"], false);
  EXPECT_THAT(ids(decision.findings), ElementsAre("xray.group.after-traces"));

  (void)session.call("/UpdateGroup", R"({"GroupName":"g","FilterExpression":"ok"})");
  send_call(session, 4);
  const auto later = graph(session, {{"GroupName", "g"}});
  EXPECT_EQ(later["ContainsOldGroupVersions"], true);
  EXPECT_EQ(service(later, "backend")->at("SummaryStatistics")["TotalCount"], 1);
  EXPECT_EQ(graph(session, {{"GroupName", "none"}})["Message"], "Group not found");
  EXPECT_EQ(session.folded(), session.live());
}

TEST(GetServiceGraph, NamesNoAccountOfItsOwnServices) {
  Session session;
  session.settings({{"daemon_account", "123456789012"}});
  const auto of = [](std::string_view account) { return json{{"aws", {{"account_id", account}}}}; };
  send(session, in_trace(entity("a", "own", 0, 1, of("123456789012")), trace_id(1)));
  send(session, in_trace(entity("a", "other", 0, 1, of("210987654321")), trace_id(2)));
  const auto reply = graph(session);
  EXPECT_FALSE(service(reply, "own")->contains("AccountId"));
  EXPECT_EQ(service(reply, "other")->at("AccountId"), "210987654321");
}

TEST(GetServiceGraph, WaitsForTracesAsTheServiceDoes) {
  Session session;
  session.settings({{"read_lag_s", 30}});
  send_call(session, 1);
  session.advance(29);
  EXPECT_THAT(graph(session)["Services"], IsEmpty());
  EXPECT_THAT(ask(session, "/Traces", {{"TraceIds", {trace_id(1)}}})["Traces"], IsEmpty());
  EXPECT_THAT(ask(session, "/TraceSummaries", window())["TraceSummaries"], IsEmpty());
  session.advance(1);
  EXPECT_EQ(graph(session)["Services"].size(), 3u);
  EXPECT_EQ(ask(session, "/TraceSummaries", window())["TraceSummaries"].size(), 1u);
}

TEST(GetTraceGraph, IsOfTheTracesThatAreNamed) {
  Session session;
  send_call(session, 1);
  send_call(session, 2);
  const auto decision = session.call("/TraceGraph", json{{"TraceIds", {trace_id(1), trace_id(9)}}}.dump());
  const auto reply = json::parse(decision.reply.body);
  EXPECT_EQ(service(reply, "backend")->at("SummaryStatistics")["TotalCount"], 1);
  EXPECT_THAT(ids(decision.findings), ElementsAre("xray.trace.unknown"));
}

// Follows NextToken to its end; each page's list.
std::vector<json> pages(Session& session, std::string_view path, json body, const char* list) {
  std::vector<json> all;
  do {
    auto reply = ask(session, path, body);
    all.push_back(reply.at(list));
    body["NextToken"] = reply.at("NextToken");
  } while (!body["NextToken"].is_null());
  return all;
}

TEST(Pages, OfGraphsAndSeriesGoOnWhereTheLastOneEnded) {
  Session session;
  auto ids_of_traces = json::array();
  for (int i = 0; i <= 1000; ++i) {
    send(session, in_trace(entity("a", fmt::format("service{}", i), i, i + 0.5), trace_id(i)));
    if (i < 60) ids_of_traces.push_back(trace_id(i));
  }
  const auto graph_pages = pages(session, "/ServiceGraph", window(), "Services");
  ASSERT_EQ(graph_pages.size(), 3u);
  EXPECT_EQ(graph_pages[0].size(), 1000u);
  EXPECT_EQ(graph_pages[2].size(), 2u);
  std::set<std::int64_t> references;
  for (const auto& page : graph_pages) {
    for (const auto& one : page) references.insert(one["ReferenceId"].get<std::int64_t>());
  }
  EXPECT_EQ(references.size(), 2002u) << "each service and its client, once";

  auto by_second = window();
  by_second["Period"] = 1;
  const auto series = pages(session, "/TimeSeriesServiceStatistics", by_second, "TimeSeriesServiceStatistics");
  ASSERT_EQ(series.size(), 2u);
  EXPECT_EQ(series[0].size(), 1000u);
  EXPECT_EQ(series[1][0]["Timestamp"], start_s + 1000);

  json asked = {{"TraceIds", ids_of_traces}, {"NextToken", "100"}};
  EXPECT_EQ(ask(session, "/TraceGraph", asked)["Services"].size(), 20u) << "of 120";
  asked["NextToken"] = "9999";
  EXPECT_THAT(ask(session, "/TraceGraph", asked)["Services"], IsEmpty());
  for (const auto* path : {"/ServiceGraph", "/TraceGraph", "/TimeSeriesServiceStatistics"}) {
    for (const auto* token : {"x", "-1", "1x"}) {
      auto body = by_second;
      body["TraceIds"] = ids_of_traces;
      body["NextToken"] = token;
      EXPECT_THAT(ids(session.call(path, body.dump()).findings), ElementsAre("xray.request.unknown-token")) << path;
    }
  }
}

TEST(GetServiceGraph, LeadsFromTheTraceThatALinkNames) {
  Session session;
  auto sender = in_trace(entity("a", "front", 0, 0.3), trace_id(1));
  sender["subsegments"] =
      json::array({entity("b", "SQS", 0.1, 0.12, {{"namespace", "aws"}, {"aws", {{"queue_url", "h/q"}}}})});
  send(session, sender);
  const auto linked = [](std::string_view trace, std::string_view id) {
    return json::array({json{{"trace_id", trace}, {"id", fmt::format("{:0>16}", id)}}});
  };
  send(session, in_trace(entity("c", "worker", 2, 3, {{"links", linked(trace_id(1), "b")}}), trace_id(2)));
  send(session, in_trace(entity("d", "worker", 4, 5, {{"links", linked(trace_id(1), "b")}}), trace_id(3)));
  send(session, in_trace(entity("e", "worker", 4, 5, {{"links", linked(trace_id(1), "f")}}), trace_id(4)));
  send(session, in_trace(entity("9", "worker", 4, 5, {{"links", linked(trace_id(9), "b")}}), trace_id(5)));
  const auto reply = graph(session);
  const auto* front = service(reply, "front");
  const auto* worker = service(reply, "worker");
  ASSERT_TRUE(front && worker);
  std::vector<json> links;
  for (const auto& edge : front->at("Edges")) {
    if (edge.value("EdgeType", "") == "link") links.push_back(edge);
  }
  ASSERT_EQ(links.size(), 1u);
  EXPECT_EQ(links[0]["ReferenceId"], worker->at("ReferenceId"));
  EXPECT_EQ(links[0]["ReceivedEventAgeHistogram"],
            json::array({json{{"Count", 1}, {"Value", 1.88}}, json{{"Count", 1}, {"Value", 3.88}}}));
  EXPECT_EQ(links[0]["SummaryStatistics"]["TotalCount"], 2);
  EXPECT_EQ(worker->at("SummaryStatistics")["TotalCount"], 4) << "once each";
  const auto of_one = ask(session, "/TraceGraph", {{"TraceIds", {trace_id(2)}}});
  ASSERT_TRUE(service(of_one, "front"));
  EXPECT_EQ(service(of_one, "front")->at("StartTime"), start_s) << "of what was sent";
}

TEST(GetTimeSeriesServiceStatistics, CountsByPeriod) {
  Session session;
  for (int i = 0; i < 5; ++i) {
    auto segment = in_trace(entity("a", "front", 30 * i, 30 * i + 1), trace_id(i));
    segment["subsegments"] =
        json::array({entity("b", "host", 30 * i, 30 * i + 0.5, {{"namespace", "remote"}, {"error", true}})});
    send(session, segment);
  }
  const auto ask_for = [&](json more) {
    auto body = window();
    body.update(more);
    return ask(session, "/TimeSeriesServiceStatistics", body);
  };
  const auto clients = ask_for(json::object())["TimeSeriesServiceStatistics"];
  std::int64_t total = 0;
  for (const auto& one : clients) {
    EXPECT_EQ(one["Timestamp"].get<std::int64_t>() % 60, 0);
    total += one["EdgeSummaryStatistics"]["TotalCount"].get<std::int64_t>();
    EXPECT_EQ(one["ResponseTimeHistogram"][0]["Value"], 1);
  }
  EXPECT_EQ(total, 5);
  EXPECT_GE(clients.size(), 2u);

  const auto of_service = ask_for({{"EntitySelectorExpression", "service(\"host\")"}, {"Period", 3600}});
  EXPECT_EQ(of_service["TimeSeriesServiceStatistics"][0]["ServiceSummaryStatistics"]["ErrorStatistics"]["TotalCount"],
            5);
  const auto of_edge = ask_for({{"EntitySelectorExpression", "edge(\"front\", \"host\")"}, {"Period", 3600}});
  EXPECT_EQ(of_edge["TimeSeriesServiceStatistics"][0]["EdgeSummaryStatistics"]["TotalCount"], 5);
  EXPECT_THAT(ask_for({{"EntitySelectorExpression", "service(\"none\")"}})["TimeSeriesServiceStatistics"], IsEmpty());
  EXPECT_EQ(ask_for({{"EntitySelectorExpression", "fault"}})["status"], 400);
  EXPECT_EQ(ask_for({{"Period", 0}})["status"], 400);
}

TEST(GetTimeSeriesServiceStatistics, ForecastsFaultsFromThePeriodsBefore) {
  Session session;
  int n = 0;
  for (const int faults : {2, 4, 0}) {
    for (int i = 0; i < faults; ++i, ++n) {
      send(session, in_trace(entity("a", "front", 0, 60.0 * faults, {{"fault", true}}), trace_id(n)));
    }
  }
  auto body = window();
  body.update({{"ForecastStatistics", true}, {"EntitySelectorExpression", "service(\"front\")"}});
  const auto series = ask(session, "/TimeSeriesServiceStatistics", body)["TimeSeriesServiceStatistics"];
  ASSERT_EQ(series.size(), 2u);
  EXPECT_EQ(series[0]["ServiceForecastStatistics"], (json{{"FaultCountHigh", 0}, {"FaultCountLow", 0}}));
  EXPECT_EQ(series[1]["ServiceForecastStatistics"], (json{{"FaultCountHigh", 2}, {"FaultCountLow", 2}}));
  body.erase("EntitySelectorExpression");
  const auto refused = session.call("/TimeSeriesServiceStatistics", body.dump());
  EXPECT_EQ(refused.reply.status, 400);
  EXPECT_THAT(ids(refused.findings), ElementsAre("xray.forecast.without-selector"));
}

}  // namespace
}  // namespace understudy::xray
