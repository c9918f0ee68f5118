// What an exchange means, read back from the journal.
#include "base/content_coding.h"
#include "tests/honeycomb/exports.h"
#include "tests/honeycomb/room.h"

namespace understudy::honeycomb {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// One span of a Flask backend, 187 bytes, made with protoc.
constexpr std::string_view flask_span_hex =
    "0ab8010a210a1f0a0c736572766963652e6e616d65120f0a0d6261636b656e642d666c61736b1292010a2d0a236f70656e74656c656d657472"
    "792e696e737472756d656e746174696f6e2e666c61736b1206302e3336623012610a105b8aa5a2d2c872e8321cf37308d69df2120805158"
    "1bf3cb55c132a142f6170692f616374697669746965732f686f6d65300239004859e3faeb6f1541a09b47f2faeb6f154a170a10687474702e"
    "7374617475735f636f6465120318c8017a00";

class Records : public Room {
 protected:
  void expect_flask_span() {
    const auto records = records_of_last();
    ASSERT_EQ(records.size(), 1U);
    const auto& record = records[0];
    EXPECT_EQ(record.kind, "span");
    EXPECT_EQ(recording::rfc3339(record.time_ns), "2018-12-13T14:51:00.000000000Z");
    const auto& span = record.fields;
    EXPECT_EQ(span["name"], "/api/activities/home");
    EXPECT_EQ(span["kind"], "SERVER");
    EXPECT_EQ(span["trace_id"], "5b8aa5a2d2c872e8321cf37308d69df2");
    EXPECT_EQ(span["span_id"], "051581bf3cb55c13");
    EXPECT_FALSE(span.contains("parent_span_id"));
    EXPECT_EQ(span["duration_ms"], 250.5);
    EXPECT_EQ(span["status"]["code"], "UNSET");
    EXPECT_EQ(span["attributes"].dump(), R"({"http.status_code":200})");
    EXPECT_EQ(span["resource"]["attributes"].dump(), R"({"service.name":"backend-flask"})");
    EXPECT_EQ(span["scope"]["name"], "opentelemetry.instrumentation.flask");
    EXPECT_EQ(span["scope"]["version"], "0.36b0");
    EXPECT_EQ(span["dataset"], "backend-flask");
    EXPECT_EQ(span["key"], "abcd...(22 characters)");
  }
};

TEST_F(Records, SpanInEachForm) {
  const std::string bytes = from_hex(flask_span_hex);
  ASSERT_EQ(bytes.size(), 187U);
  EXPECT_EQ(send(protobuf(bytes)).body, "");
  EXPECT_THAT(found(), IsEmpty());
  expect_flask_span();

  send(protobuf(gzip(bytes)).with("Content-Encoding", "gzip"));
  expect_flask_span();

  Sent compressed = grpc(gzip(bytes)).with("grpc-encoding", "gzip");
  compressed.grpc_compressed = true;
  send(compressed);
  expect_flask_span();

  const auto reply = send(json_text(R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name",
      "value":{"stringValue":"backend-flask"}}]},"scopeSpans":[{"scope":{"name":"opentelemetry.instrumentation.flask",
      "version":"0.36b0"},"spans":[{"traceId":"5B8AA5A2D2C872E8321CF37308D69DF2","spanId":"051581bf3cb55c13",
      "name":"/api/activities/home","kind":2,"startTimeUnixNano":"1544712660000000000",
      "endTimeUnixNano":1544712660250500000,"attributes":[{"key":"http.status_code","value":{"intValue":"200"}}],
      "status":{}}]}]}]})"));
  EXPECT_EQ(reply.body, "{}");
  expect_flask_span();
  EXPECT_THAT(dump(), HasSubstr("dataset 'backend-flask': requests 4 spans 4 "));
}

TEST_F(Records, LogRecordsAndMetrics) {
  send(protobuf(logs_of("backend-flask")).to("/v1/logs"));
  auto records = records_of_last();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].kind, "log_record");
  EXPECT_EQ(records[0].fields["body"], "a line");
  EXPECT_EQ(records[0].fields["dataset"], "backend-flask");

  send(grpc(metrics_of("backend-flask", 2)).to(metrics_rpc).with("x-honeycomb-dataset", "numbers"));
  records = records_of_last();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].kind, "metric");
  EXPECT_EQ(records[0].fields["name"], "app.requests");
  EXPECT_EQ(records[0].fields["dataset"], "numbers");
}

TEST_F(Records, ALogWithoutATimeStandsWhereItWasObserved) {
  LogsRequest request;
  auto& record = *request.add_resource_logs()->add_scope_logs()->add_log_records();
  record.set_observed_time_unix_nano(1'544'712'660'000'000'000);
  send(protobuf(request.SerializeAsString()).to("/v1/logs"));
  EXPECT_EQ(records_of_last().at(0).time_ns, 1'544'712'660'000'000'000);
}

TEST_F(Records, NoneOfARefusedRequest) {
  send(protobuf(from_hex(flask_span_hex)).without("x-honeycomb-team"));
  EXPECT_THAT(records_of_last(), IsEmpty());
  send(protobuf(from_hex(flask_span_hex)).to("/nothing"));
  EXPECT_THAT(records_of_last(), IsEmpty());
  send(Sent{.method = "GET", .target = "/1/auth", .headers = {{"x-honeycomb-team", std::string(good_key)}}});
  EXPECT_THAT(records_of_last(), IsEmpty());
}

TEST_F(Records, OfRealSdksAreWholeTraces) {
  for (const std::string_view name : {"opentelemetry-python-1.16.0-home", "opentelemetry-python-1.45.1-home-gzip"}) {
    send_bytes(data_file(fmt::format("{}.head", name)), protobuf(data_file(fmt::format("{}.bin", name))));
    auto deriver = vendor_->make_deriver();
    const auto records = records_of_last();
    EXPECT_EQ(records.size(), 2U);
    for (const auto& record : records) deriver->add(record);
    EXPECT_THAT(deriver->findings(), IsEmpty());
  }
}

}  // namespace
}  // namespace understudy::honeycomb
