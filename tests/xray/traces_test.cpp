// BatchGetTraces: how a trace is put together, whatever order its documents come in.
#include "tests/xray/traces.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace understudy::xray {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string trace = trace_id(1);

// The documents of one trace as the service shows them.
std::vector<json> documents(Session& session, const std::string& id = trace) {
  std::vector<json> all;
  const auto reply = ask(session, "/Traces", {{"TraceIds", {id}}});
  for (const auto& one : reply.at("Traces").at(0).at("Segments")) {
    all.push_back(json::parse(one.at("Document").get<std::string>()));
    EXPECT_EQ(one.at("Id"), all.back().at("id"));
  }
  return all;
}

json independent(std::string_view id, std::string_view parent, double from_s = 0.1, double to_s = 0.2) {
  return in_trace(entity(id, "part-" + std::string(id), from_s, to_s, {{"type", "subsegment"}, {"parent_id", parent}}),
                  trace);
}

TEST(BatchGetTraces, ShowsASegmentAsTheServiceBuildsIt) {
  Session session;
  send(session, in_trace(entity("a", "backend", 0, 0.5,
                                {{"in_progress", false},
                                 {"Dummy", false},
                                 {"namespace", "local"},
                                 {"annotations", {{"good", 1}, {"not-good", 2}, {"list", {1}}}},
                                 {"http", {{"response", {{"status", 200}}}}}}),
                         trace));
  const auto reply = ask(session, "/Traces", {{"TraceIds", {trace}}});
  ASSERT_EQ(reply["Traces"].size(), 1u);
  EXPECT_EQ(reply["Traces"][0]["Id"], trace);
  EXPECT_EQ(reply["Traces"][0]["Duration"], 0.5);
  EXPECT_EQ(reply["Traces"][0]["LimitExceeded"], false);
  EXPECT_EQ(reply["NextToken"], nullptr);
  EXPECT_THAT(reply["UnprocessedTraceIds"], IsEmpty());
  EXPECT_EQ(reply["Traces"][0]["Segments"][0]["Document"],
            R"({"id":"000000000000000a","name":"backend","start_time":1795222504.0,"trace_id":")" + trace +
                R"(","end_time":1795222504.5,"in_progress":false,"http":{"response":{"status":200}},)"
                R"("annotations":{"good":1}})");
}

TEST(BatchGetTraces, FoldsSubsegmentsThatCameInAnyOrder) {
  auto parts = std::vector<json>{independent("c", "b"), independent("b", "a"),
                                 in_trace(entity("a", "backend", 0, 1), trace), independent("d", "b")};
  std::ranges::sort(parts);
  std::vector<std::vector<json>> seen;
  do {
    Session session;
    for (const auto& part : parts) send(session, part);
    const auto all = documents(session);
    ASSERT_EQ(all.size(), 1u);
    ASSERT_EQ(all[0]["subsegments"].size(), 1u);
    EXPECT_EQ(all[0]["subsegments"][0]["name"], "part-b");
    EXPECT_EQ(all[0]["subsegments"][0]["subsegments"].size(), 2u);
    EXPECT_FALSE(all[0]["subsegments"][0].contains("parent_id"));
  } while (std::ranges::next_permutation(parts).found);
}

TEST(BatchGetTraces, TakesTheFinishedDocumentOfTwo) {
  auto open = in_trace(entity("a", "backend", 0, 0), trace);
  open.erase("end_time");
  open["in_progress"] = true;
  const auto finished = in_trace(entity("a", "backend", 0, 2), trace);
  for (const bool is_late : {false, true}) {
    Session session;
    send(session, is_late ? finished : open);
    send(session, is_late ? open : finished);
    const auto all = documents(session);
    ASSERT_EQ(all.size(), 1u);
    EXPECT_FALSE(all[0].contains("in_progress"));
    EXPECT_EQ(all[0]["end_time"], static_cast<double>(start_s) + 2);
  }
}

TEST(BatchGetTraces, InfersWhatACallReached) {
  Session session;
  auto segment = in_trace(entity("a", "backend", 0, 1), trace);
  segment["subsegments"] = {
      entity("b", "DynamoDB", 0.1, 0.2, {{"namespace", "aws"}, {"aws", {{"table_name", "users"}}}}),
      entity("c", "api.example.com", 0.3, 0.4, {{"namespace", "remote"}, {"fault", true}}),
      entity("d", "downstream", 0.5, 0.6, {{"namespace", "remote"}}),
      entity("e", "traced", 0.7, 0.8, {{"namespace", "remote"}, {"http", {{"request", {{"traced", true}}}}}}),
      entity("f", "local", 0.9, 1)};
  send(session, segment);
  send(session, in_trace(entity("0d0", "downstream", 0.5, 0.6, {{"parent_id", "d"}}), trace));
  const auto all = documents(session);
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[1]["name"], "downstream");
  EXPECT_EQ(all[2]["name"], "DynamoDB");
  EXPECT_EQ(all[2]["inferred"], true);
  EXPECT_EQ(all[2]["parent_id"], "000000000000000b");
  EXPECT_EQ(all[2]["origin"], "AWS::DynamoDB::Table");
  EXPECT_EQ(all[2]["aws"]["table_name"], "users");
  EXPECT_EQ(all[2]["id"].get<std::string>().size(), 16u);
  EXPECT_EQ(all[3]["name"], "api.example.com");
  EXPECT_EQ(all[3]["fault"], true);
  EXPECT_FALSE(all[3].contains("origin"));
}

TEST(BatchGetTraces, ShowsWhatHasNoSegmentBesideTheOthers) {
  Session session;
  send(session, in_trace(entity("a", "backend", 0, 1), trace));
  send(session, independent("b", "f"));
  send(session, independent("c", "d"));  // a circle
  send(session, independent("d", "c"));
  send(session, independent("e", "e"));
  const auto all = documents(session);
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0]["name"], "backend");
  EXPECT_EQ(all[1]["parent_id"], "000000000000000f");
  EXPECT_EQ(all[2]["subsegments"][0]["name"], "part-d");
}

TEST(BatchGetTraces, CutsACircleOfSegments) {
  Session session;
  auto first = in_trace(entity("a", "one", 0, 1, {{"parent_id", "bb"}}), trace);
  first["subsegments"] = json::array({entity("aa", "two", 0, 1, {{"namespace", "remote"}})});
  auto second = in_trace(entity("b", "two", 0.1, 1, {{"parent_id", "aa"}}), trace);
  second["subsegments"] = json::array({entity("bb", "one", 0.1, 1, {{"namespace", "remote"}})});
  send(session, second);
  send(session, first);
  EXPECT_EQ(documents(session).size(), 2u);
}

TEST(BatchGetTraces, TakesThousandsOfSubsegments) {
  Session session;
  // Fewer than make a trace of 500 KB.
  for (int i = 1; i < 2000; ++i) send(session, independent(fmt::format("{:x}", i + 1), fmt::format("{:x}", i)));
  auto segment = in_trace(entity("1", "backend", 0, 1), trace);
  for (int i = 0; i < 400; ++i) segment["subsegments"].push_back(entity(fmt::format("f0000{:x}", i), "wide", 0, 1));
  send(session, segment);
  std::size_t count = 0;
  const std::function<void(const json&)> walk = [&](const json& at) {
    ++count;
    for (const auto& inner : at.value("subsegments", json::array())) walk(inner);
  };
  for (const auto& document : documents(session)) walk(document);
  EXPECT_EQ(count, 2400u);
}

TEST(BatchGetTraces, LeavesOutWhatIsUnknown) {
  Session session;
  send(session, in_trace(entity("a", "backend", 0, 1), trace));
  const auto decision = session.call("/Traces", json{{"TraceIds", {trace_id(7), trace, trace}}}.dump());
  const auto reply = json::parse(decision.reply.body);
  EXPECT_EQ(reply["Traces"].size(), 1u);
  EXPECT_THAT(reply["UnprocessedTraceIds"], IsEmpty());
  EXPECT_TRUE(decision.read);
  EXPECT_THAT(ids(decision.findings), ElementsAre("xray.trace.unknown"));
  session.advance(31 * 86400);
  EXPECT_THAT(ask(session, "/Traces", {{"TraceIds", {trace}}})["Traces"], IsEmpty()) << "kept for 30 days";
  EXPECT_TRUE(session.decided_again_alike);
}

TEST(BatchGetTraces, TakesFiveIds) {
  Session session;
  std::vector<std::string> six;
  for (int i = 0; i < 6; ++i) six.push_back(trace_id(i));
  const auto decision = session.call("/Traces", json{{"TraceIds", six}}.dump());
  EXPECT_EQ(decision.reply.status, 400);
  EXPECT_EQ(header(decision.reply, "x-amzn-ErrorType"), "InvalidRequestException");
  EXPECT_THAT(decision.reply.body, HasSubstr("less than or equal to 5"));
  EXPECT_EQ(session.call("/Traces", "{}").reply.status, 400);
  EXPECT_EQ(session.call("/Traces", R"({"TraceIds":[1]})").reply.status, 400);
}

TEST(BatchGetTraces, SeesTheTracesOfItsOwnRegion) {
  Session session;
  const auto body = json{{"TraceIds", {trace}}}.dump();
  const auto count = [&](std::string_view region) {
    return json::parse(session.api("/Traces", body, region).reply.body)["Traces"].size();
  };
  const auto document = in_trace(entity("a", "backend", 0, 1), trace).dump();
  (void)session.api("/TraceSegments", json{{"TraceSegmentDocuments", {"[]", document}}}.dump(), "eu-west-1");
  EXPECT_EQ(count("eu-west-1"), 1u);
  EXPECT_EQ(count("us-east-1"), 0u) << "the daemon's own";
  send(session, json::parse(document));
  EXPECT_EQ(count("us-east-1"), 1u);
  EXPECT_EQ(count("ca-central-1"), 0u);
}

}  // namespace
}  // namespace understudy::xray
