#include <gmock/gmock.h>

#include "tests/xray/support.h"

namespace understudy::xray {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view good =
    R"({"id":"c1323c773d79457e","name":"backend-flask","start_time":1795222504.6,"end_time":1795222504.7,)"
    R"("trace_id":"1-6b00ebe8-c09045740abe454752beac88"})";
constexpr std::string_view open =
    R"({"id":"0123456789abcdef","name":"backend-flask","start_time":1795222504.6,"end_time":1795222504.7,)"
    R"("trace_id":"1-6b00ebe8-c09045740abe454752beac88","subsegments":[)"
    R"({"id":"b98d009f113b9486","name":"db","start_time":1795222504.6}]})";

std::string documents(const std::vector<std::string_view>& texts) {
  return json{{"TraceSegmentDocuments", texts}}.dump();
}

TEST(PutTraceSegments, TakesGoodDocuments) {
  Session session;
  const auto decision = session.api("/TraceSegments", documents({good}));
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_EQ(decision.reply.body, R"({"UnprocessedTraceSegments":[]})");
  EXPECT_THAT(decision.findings, IsEmpty());
  const auto records = session.records();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].kind, "segment");
  EXPECT_EQ(records[0].fields, nlohmann::ordered_json::parse(good));
  EXPECT_EQ(records[0].time_ns / 1000, 1'795'222'504'599'999);
}

TEST(PutTraceSegments, ReturnsWhatItRefuses) {
  Session session;
  const auto decision = session.api("/TraceSegments", documents({good, open, "[]"}));
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_EQ(decision.reply.body, R"({"UnprocessedTraceSegments":[)"
                                 R"({"ErrorCode":"MissingEndTime","Id":"0123456789abcdef",)"
                                 R"("Message":"Invalid subsegment. ErrorCode: MissingEndTime, Cause: null"},)"
                                 R"({"ErrorCode":"MissingId","Message":"Invalid segment. ErrorCode: MissingId"}]})");
  ASSERT_THAT(ids(decision.findings), ElementsAre("xray.segment.missing-end-time", "xray.segment.missing-id"));
  EXPECT_EQ(decision.findings[0].place, "TraceSegmentDocuments[1].subsegments[0]");
  EXPECT_EQ(session.records().size(), 1u) << "a refused document means nothing";
  EXPECT_EQ(session.folded(), session.live());
}

TEST(PutTraceSegments, HasTheRecordedLength) {
  Session session;
  EXPECT_EQ(session.api("/TraceSegments", documents({open})).reply.body.size(), 156u);
}

TEST(PutTraceSegments, TakesFiftyDocuments) {
  Session session;
  EXPECT_EQ(session.api("/TraceSegments", documents(std::vector(50, good))).reply.status, 200);
  const auto decision = session.api("/TraceSegments", documents(std::vector(51, good)));
  EXPECT_EQ(decision.reply.status, 400);
  EXPECT_EQ(decision.reply.body,
            R"({"__type":"InvalidRequestException","Message":"Exceeding maximum segment count: 50"})");
  EXPECT_THAT(ids(decision.findings), ElementsAre("xray.request.too-many-documents"));
}

TEST(PutTraceSegments, RefusesWhatItCannotRead) {
  Session session;
  for (const auto* body : {"", "{", "[]", R"({"TraceSegmentDocuments":{}})", R"({"TraceSegmentDocuments":[{}]})"}) {
    const auto decision = session.api("/TraceSegments", body);
    EXPECT_EQ(decision.reply.status, 400) << body;
    EXPECT_THAT(ids(decision.findings), ElementsAre("xray.request.unreadable")) << body;
  }
  EXPECT_THAT(session.api("/TraceSegments", "{}").reply.body, HasSubstr("Value null at 'traceSegmentDocuments'"));
}

TEST(PutTraceSegments, TellsSubsegmentsApart) {
  Session session;
  auto document = json::parse(good);
  document["type"] = "subsegment";
  document["parent_id"] = "0123456789abcdef";
  (void)session.call("/TraceSegments", documents({document.dump()}));
  const auto records = session.records();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].kind, "subsegment");
}

TEST(PutTelemetryRecords, AnswersAnEmptyObject) {
  Session session;
  const auto decision =
      session.api("/TelemetryRecords", R"({"EC2InstanceId":"","Hostname":"h","ResourceARN":"","TelemetryRecords":[)"
                                       R"({"Timestamp":1795222504.1,"SegmentsReceivedCount":1}]})");
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_EQ(decision.reply.body, "{}");
  EXPECT_THAT(session.live(), HasSubstr("\"telemetry_records\": 1"));
  EXPECT_EQ(session.api("/TelemetryRecords", "{}").reply.status, 400);
  EXPECT_EQ(session.folded(), session.live());
}

}  // namespace
}  // namespace understudy::xray
