// StartTraceRetrieval and what reads its jobs.
#include <gmock/gmock.h>

#include "tests/xray/traces.h"

namespace understudy::xray {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string trace = trace_id(1);

json window() { return {{"StartTime", start_s - 60}, {"EndTime", start_s + 60}}; }

std::string start(Session& session, const std::vector<std::string>& ids) {
  auto body = window();
  body["TraceIds"] = ids;
  return ask(session, "/StartTraceRetrieval", body).value("RetrievalToken", "");
}

json list(Session& session, const std::string& token, json more = json::object()) {
  more["RetrievalToken"] = token;
  return ask(session, "/ListRetrievedTraces", more);
}

void send_call(Session& session, const std::string& id) {
  auto segment = in_trace(
      entity("a", "backend", 0, 0.5,
             {{"http", {{"request", {{"method", "GET"}, {"url", "http://h/"}}}, {"response", {{"status", 200}}}}},
              {"annotations", {{"k", "v"}}}}),
      id);
  segment["subsegments"] = json::array({entity("b", "DynamoDB", 0.1, 0.2, {{"namespace", "aws"}, {"fault", true}})});
  send(session, segment);
}

TEST(TraceRetrieval, RunsAndIsThenComplete) {
  Session session;
  send_call(session, trace);
  const auto token = start(session, {trace});
  EXPECT_FALSE(token.empty());
  const auto running = list(session, token);
  EXPECT_EQ(running["RetrievalStatus"], "RUNNING");
  EXPECT_THAT(running["Traces"], IsEmpty());
  EXPECT_EQ(ask(session, "/GetRetrievedTracesGraph", {{"RetrievalToken", token}})["RetrievalStatus"], "RUNNING");
  session.advance(2);
  const auto reply = list(session, token);
  EXPECT_EQ(reply["RetrievalStatus"], "COMPLETE");
  EXPECT_EQ(reply["TraceFormat"], "XRAY");
  EXPECT_EQ(reply["NextToken"], nullptr);
  ASSERT_EQ(reply["Traces"].size(), 1u);
  EXPECT_EQ(reply["Traces"][0]["Id"], trace);
  EXPECT_EQ(reply["Traces"][0]["Duration"], 0.5);
  const auto document = json::parse(reply["Traces"][0]["Spans"][0]["Document"].get<std::string>());
  EXPECT_EQ(document["name"], "backend");
  EXPECT_EQ(session.folded(), session.live());
  EXPECT_TRUE(session.decided_again_alike);
}

TEST(TraceRetrieval, GivesSegmentsAsSpans) {
  Session session;
  send_call(session, trace);
  const auto token = start(session, {trace});
  session.advance(2);
  const auto reply = list(session, token, {{"TraceFormat", "OTEL"}});
  EXPECT_EQ(reply["TraceFormat"], "OTEL");
  const auto& spans = reply["Traces"][0]["Spans"];
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(spans[0]["Id"], "000000000000000a");
  const auto server = json::parse(spans[0]["Document"].get<std::string>());
  EXPECT_EQ(server["traceId"], trace.substr(2, 8) + trace.substr(11));
  EXPECT_FALSE(server.contains("parentSpanId"));
  EXPECT_EQ(server["kind"], "SERVER");
  EXPECT_EQ(server["startTimeUnixNano"], start_s * 1'000'000'000);
  EXPECT_EQ(server["durationNano"], 500'000'000);
  EXPECT_EQ(server["status"]["code"], "UNSET");
  EXPECT_EQ(server["resource"]["attributes"]["service.name"], "backend");
  EXPECT_EQ(
      server["attributes"],
      (json{
          {"http.request.method", "GET"}, {"url.full", "http://h/"}, {"http.response.status_code", 200}, {"k", "v"}}));
  const auto client = json::parse(spans[1]["Document"].get<std::string>());
  EXPECT_EQ(client["kind"], "CLIENT");
  EXPECT_EQ(client["parentSpanId"], "000000000000000a");
  EXPECT_EQ(client["status"]["code"], "ERROR");
  EXPECT_EQ(client["resource"]["attributes"]["service.name"], "backend");
}

TEST(TraceRetrieval, GivesSpansAsTheyWereExported) {
  Session session;
  (void)session.api("/UpdateTraceSegmentDestination", R"({"Destination":"CloudWatchLogs"})");
  const auto hex = fmt::format("{:08x}{:024x}", start_s, 7);
  const auto body = fmt::format(
      R"({{"resourceSpans":[{{"resource":{{"attributes":[{{"key":"service.name","value":{{"stringValue":"shop"}}}}]}},)"
      R"("scopeSpans":[{{"spans":[{{"traceId":"{}","spanId":"0102030405060708","name":"GET /cart","kind":2,)"
      R"("startTimeUnixNano":"{}","endTimeUnixNano":"{}","attributes":[{{"key":"own","value":{{"intValue":"7"}}}}]}}]}}]}}]}})",
      hex, start_s * 1'000'000'000, start_s * 1'000'000'000 + 5'000'000);
  const auto put =
      session.send("aws", "/v1/traces", body,
                   "Content-Type: application/json\r\n"
                   "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261121/us-east-1/xray/"
                   "aws4_request, SignedHeaders=host;x-amz-date, Signature=" +
                       std::string(64, 'a') + "\r\nX-Amz-Date: 20261121T003824Z\r\n");
  ASSERT_EQ(put.reply.status, 200) << put.reply.body;
  const auto id = trace_id(7);
  const auto token = start(session, {id});
  session.advance(2);
  const auto reply = list(session, token, {{"TraceFormat", "OTEL"}});
  ASSERT_EQ(reply["Traces"].size(), 1u) << reply;
  ASSERT_EQ(reply["Traces"][0]["Spans"].size(), 1u);
  const auto span = json::parse(reply["Traces"][0]["Spans"][0]["Document"].get<std::string>());
  EXPECT_EQ(span["spanId"], "0102030405060708");
  EXPECT_EQ(span["attributes"]["own"], 7);
  EXPECT_EQ(span["resource"]["attributes"]["service.name"], "shop");
}

TEST(TraceRetrieval, GivesPagesOfFiveTraces) {
  Session session;
  std::vector<std::string> all;
  for (int i = 0; i < 7; ++i) {
    all.push_back(trace_id(i));
    send_call(session, all.back());
  }
  for (int i = 0; i < 150; ++i) {  // the first has more spans than a page takes of one trace
    send(session, in_trace(entity(fmt::format("f{:03x}", i), "more", 0, 0.1), all[0]));
  }
  const auto token = start(session, all);
  session.advance(2);
  std::vector<std::size_t> sizes;
  std::vector<std::size_t> spans;
  json next;
  do {
    const auto reply = list(session, token, next.is_null() ? json::object() : json{{"NextToken", next}});
    sizes.push_back(reply["Traces"].size());
    for (const auto& one : reply["Traces"]) spans.push_back(one["Spans"].size());
    next = reply["NextToken"];
  } while (!next.is_null());
  EXPECT_THAT(sizes, ElementsAre(5, 3));
  EXPECT_THAT(spans, ElementsAre(100, 52, 2, 2, 2, 2, 2, 2));
  EXPECT_EQ(list(session, token, {{"NextToken", "x"}})["status"], 400);
}

TEST(TraceRetrieval, GivesTheGraphOfItsTraces) {
  Session session;
  send_call(session, trace);
  send_call(session, trace_id(2));
  const auto token = start(session, {trace});
  session.advance(2);
  const auto reply = ask(session, "/GetRetrievedTracesGraph", {{"RetrievalToken", token}});
  EXPECT_EQ(reply["RetrievalStatus"], "COMPLETE");
  ASSERT_EQ(reply["Services"].size(), 3u);
  EXPECT_THAT(reply["Services"][0]["Links"], IsEmpty());
  EXPECT_EQ(reply["Services"][0]["Service"]["Name"], "backend");
  EXPECT_EQ(reply["Services"][0]["Service"]["SummaryStatistics"]["TotalCount"], 1);
}

TEST(TraceRetrieval, CanBeCancelledWhileItRuns) {
  Session session;
  const auto running = start(session, {trace});
  EXPECT_EQ(ask(session, "/CancelTraceRetrieval", {{"RetrievalToken", running}}), json({{"status", 200}}));
  session.advance(2);
  EXPECT_EQ(list(session, running)["RetrievalStatus"], "CANCELLED");
  const auto done = start(session, {trace});
  session.advance(2);
  (void)ask(session, "/CancelTraceRetrieval", {{"RetrievalToken", done}});
  EXPECT_EQ(list(session, done)["RetrievalStatus"], "COMPLETE");
  EXPECT_EQ(session.folded(), session.live());
}

TEST(TraceRetrieval, RefusesWhatTheModelForbids) {
  Session session;
  for (const auto* path : {"/ListRetrievedTraces", "/GetRetrievedTracesGraph", "/CancelTraceRetrieval"}) {
    const auto unknown = session.call(path, R"({"RetrievalToken":"none"})");
    EXPECT_EQ(unknown.reply.status, 404) << path;
    EXPECT_EQ(header(unknown.reply, "x-amzn-ErrorType"), "ResourceNotFoundException");
    EXPECT_THAT(ids(unknown.findings), ElementsAre("xray.retrieval.unknown-token"));
  }
  auto many = window();
  for (int i = 0; i < 101; ++i) many["TraceIds"].push_back(trace_id(i));
  EXPECT_EQ(ask(session, "/StartTraceRetrieval", many)["status"], 400);
  const auto backwards = session.call("/StartTraceRetrieval", R"({"TraceIds":["x"],"StartTime":2,"EndTime":1})");
  EXPECT_THAT(ids(backwards.findings), ElementsAre("xray.window.refused"));
  const auto token = start(session, {trace});
  EXPECT_EQ(list(session, token, {{"TraceFormat", "XML"}})["status"], 400);
}

TEST(TraceRetrieval, SaysWhatItCannotFind) {
  Session session;
  const auto body = json{{"TraceIds", {trace, trace_id(2)}}, {"StartTime", start_s - 60}, {"EndTime", start_s - 30}};
  const auto started = session.call("/StartTraceRetrieval", body.dump());
  EXPECT_THAT(ids(started.findings), ElementsAre("xray.retrieval.destination")) << "Transaction Search is off";
  send_call(session, trace);  // not within the window
  session.advance(2);
  const auto token = json::parse(started.reply.body)["RetrievalToken"];
  const auto listed = session.call("/ListRetrievedTraces", json{{"RetrievalToken", token}}.dump());
  EXPECT_THAT(json::parse(listed.reply.body)["Traces"], IsEmpty());
  EXPECT_THAT(ids(listed.findings), ElementsAre("xray.trace.unknown", "xray.trace.unknown"));
}

}  // namespace
}  // namespace understudy::xray
