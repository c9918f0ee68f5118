// A trace above its size is refused: in datagrams, at the API, and in what is read of it later.
#include "xray/trace_sizes.h"

#include <gmock/gmock.h>

#include "tests/xray/traces.h"
#include "xray/daemon_log.h"
#include "xray/state.h"

namespace understudy::xray {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view exceeded =
    "Trace Size Exceeded. Reduce the number of segments per trace and the size of your segment documents.";

std::string large(int number, const std::string& trace) {
  return in_trace(entity(fmt::format("{:x}", number), "backend", 0, 1,
                         {{"metadata", {{"d", {{"x", std::string(60'000, 'x')}}}}}}),
                  trace)
      .dump();
}
std::string with_header(const std::string& document) { return "{\"format\":\"json\",\"version\":1}\n" + document; }

TEST(TraceSize, Above500KilobytesIsRefusedOfDatagrams) {
  Session session;
  const auto trace = trace_id(1);
  for (int i = 1; i <= 8; ++i) send(session, json::parse(large(i, trace)));
  const auto ninth = session.datagram(with_header(large(9, trace)));
  EXPECT_EQ(ninth.effect, R"({"datagram":"over-limit"})");
  ASSERT_THAT(ids(ninth.findings), ElementsAre("xray.trace.too-large"));
  EXPECT_THAT(ninth.findings[0].detail, HasSubstr("bytes so far"));
  send(session, in_trace(entity("a", "small", 0, 1), trace));
  send(session, json::parse(large(9, trace_id(2))));
  EXPECT_EQ(session.records().size(), 10u) << "what is refused means nothing";
  EXPECT_EQ(ask(session, "/Traces", {{"TraceIds", {trace}}})["Traces"][0]["LimitExceeded"], true);
  EXPECT_EQ(ask(session, "/Traces", {{"TraceIds", {trace_id(2)}}})["Traces"][0]["LimitExceeded"], false);
  EXPECT_EQ(session.folded(), session.live());
  EXPECT_TRUE(session.decided_again_alike);

  std::vector<std::string> lines;
  DaemonLog log(DaemonLog::Level::error, [&](const std::string& line) { lines.push_back(line); });
  for (const auto& entry : session.entries()) log.add(entry, 0);
  log.tick(2'000'000'000);
  EXPECT_THAT(lines,
              ElementsAre(AllOf(HasSubstr("Unprocessed trace " + trace), HasSubstr("ErrorCode: \"InvalidSegment\""),
                                HasSubstr("Id: \"0000000000000009\""), HasSubstr(exceeded))));
}

TEST(TraceSize, Above500KilobytesIsReportedAtTheApi) {
  Session session;
  const auto trace = trace_id(1);
  auto documents = json::array();
  for (int i = 1; i <= 10; ++i) documents.push_back(large(i, trace));
  documents.push_back(large(11, trace_id(2)));
  const auto put = session.api("/TraceSegments", json{{"TraceSegmentDocuments", documents}}.dump(), "eu-west-1");
  EXPECT_EQ(put.reply.status, 200);
  const auto unprocessed = json::parse(put.reply.body)["UnprocessedTraceSegments"];
  ASSERT_EQ(unprocessed.size(), 2u);
  EXPECT_EQ(unprocessed[0], json({{"ErrorCode", "InvalidSegment"}, {"Id", "0000000000000009"}, {"Message", exceeded}}));
  EXPECT_THAT(ids(put.findings), ElementsAre("xray.trace.too-large", "xray.trace.too-large"));
  const auto one = json{{"TraceSegmentDocuments", {large(12, trace)}}}.dump();
  EXPECT_EQ(json::parse(session.api("/TraceSegments", one, "eu-west-1").reply.body)["UnprocessedTraceSegments"].size(),
            1u);
  EXPECT_THAT(json::parse(session.api("/TraceSegments", one).reply.body)["UnprocessedTraceSegments"], IsEmpty())
      << "of another region";
  const auto read = session.api("/Traces", json{{"TraceIds", {trace}}}.dump(), "eu-west-1");
  EXPECT_EQ(json::parse(read.reply.body)["Traces"][0]["LimitExceeded"], true);
  EXPECT_EQ(session.folded(), session.live());
}

TEST(TraceSizes, FindTheTraceOfADocument) {
  EXPECT_EQ(trace_id_in(R"({"start_time":1,"trace_id" : "abc","x":1})"), "abc");
  EXPECT_EQ(trace_id_in(R"({"my_trace_id":"x","trace_id":"abc"})"), "abc");
  EXPECT_EQ(trace_id_in(R"({"trace_id":null})"), "");
  EXPECT_EQ(trace_id_in(R"({"trace_id":)"), "");
  EXPECT_EQ(trace_id_in(R"({"trace_id":"ab)"), "ab");
  EXPECT_EQ(trace_id_in("_"), "");
}

TEST(TraceSizes, RememberTheTracesOfLate) {
  TraceSizes sizes;
  const auto key = [](int n) { return TraceSizes::key(std::to_string(n), nullptr); };
  sizes.add(key(-1), 400'000);
  EXPECT_FALSE(sizes.may_exceed(1000));
  EXPECT_TRUE(sizes.may_exceed(100'001));
  for (int n = 0; n < 32'768; ++n) sizes.add(key(n), 7);
  EXPECT_EQ(sizes.of(key(-1)), 400'000u);
  sizes.add(key(-1), 1);  // one of late again
  for (int n = 40'000; n < 72'700; ++n) sizes.add(key(n), 7);
  EXPECT_EQ(sizes.of(key(-1)), 400'001u);
  for (int n = 80'000; n < 150'000; ++n) sizes.add(key(n), 7);
  EXPECT_EQ(sizes.of(key(-1)), 0u);
  EXPECT_EQ(sizes.of(key(149'999)), 7u);
  const Scope scope{"123456789012", "eu-west-1"};
  EXPECT_NE(TraceSizes::key("x", nullptr), TraceSizes::key("x", &scope));
}

}  // namespace
}  // namespace understudy::xray
