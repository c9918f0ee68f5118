// Spans: by the OTLP endpoint, and within datagrams.
#include <gmock/gmock.h>

#include "base/base64.h"
#include "otlp/json.h"
#include "otlp/trace_service.pb.h"
#include "tests/xray/support.h"
#include "xray/otlp_segments.h"

namespace understudy::xray {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string request_with(const std::string& spans) {
  return R"({"resourceSpans":[{"resource":{"attributes":[
    {"key":"service.name","value":{"stringValue":"backend-flask"}},
    {"key":"cloud.platform","value":{"stringValue":"aws_ecs"}}]},"scopeSpans":[{"spans":[)" +
         spans + "]}]}]}";
}

std::string span(std::int64_t start = start_s, std::string_view more = "", std::string_view id = "c1323c773d79457e") {
  return fmt::format(R"({{"traceId":"6b00ebe8c09045740abe454752beac88","spanId":"{}","name":"GET /api","kind":2,)"
                     R"("startTimeUnixNano":"{}000000000","endTimeUnixNano":"{}500000000"{}}})",
                     id, start, start, more);
}

std::string protobuf(const std::string& spans) {
  return otlp::json_to_protobuf(otlp::Signal::traces, request_with(spans)).value();
}

recording::Decision post(Session& session, const std::string& body, const std::string& type) {
  const auto headers = fmt::format(
      "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261121/us-east-1/xray/aws4_request, "
      "SignedHeaders=host;x-amz-date, Signature={:a>64}\r\nX-Amz-Date: 20261121T003824Z\r\n"
      "Content-Type: {}\r\n",
      "", type);
  return session.send("aws", "/v1/traces", body, headers);
}

TEST(OtlpEndpoint, TakesProtobufAndJson) {
  Session session;
  (void)session.api("/UpdateTraceSegmentDestination", R"({"Destination":"CloudWatchLogs"})");
  const auto binary = post(session, protobuf(span()), "application/x-protobuf");
  EXPECT_EQ(binary.reply.status, 200);
  EXPECT_EQ(binary.reply.body, "");
  EXPECT_EQ(header(binary.reply, "Content-Type"), "application/x-protobuf");
  EXPECT_THAT(binary.findings, IsEmpty());
  const auto text = post(session, request_with(span()), "application/json");
  EXPECT_EQ(text.reply.body, "{}");
  const auto records = session.records();
  ASSERT_EQ(records.size(), 4u);
  EXPECT_EQ(records[0].kind, "span");
  EXPECT_EQ(records[0].fields["resource"]["attributes"]["service.name"], "backend-flask");
  EXPECT_EQ(records[1].kind, "segment");
  EXPECT_EQ(records[1].fields["trace_id"], "1-6b00ebe8-c09045740abe454752beac88");
  EXPECT_EQ(session.folded(), session.live());
  EXPECT_TRUE(session.decided_again_alike);
}

TEST(OtlpEndpoint, WantsASignature) {
  Session session;
  const auto unsigned_one =
      session.send("aws", "/v1/traces", protobuf(span()), "Content-Type: application/x-protobuf\r\n");
  EXPECT_EQ(unsigned_one.reply.status, 403);
  EXPECT_THAT(session.records(), IsEmpty());
}

TEST(OtlpEndpoint, NeedsTransactionSearch) {
  Session session;
  EXPECT_THAT(ids(post(session, protobuf(span()), "application/x-protobuf").findings),
              ElementsAre("xray.otlp.destination"));
  (void)session.api("/UpdateTraceSegmentDestination", R"({"Destination":"XRay"})");
  EXPECT_EQ(post(session, protobuf(span()), "application/x-protobuf").reply.status, 400);
}

TEST(OtlpEndpoint, RefusesWhatItCannotRead) {
  Session session;
  for (const auto& [body, type] : {std::pair<std::string, std::string>{"\x0a\xff", "application/x-protobuf"},
                                   {"{", "application/json"},
                                   {protobuf(span()), "text/plain"}}) {
    const auto decision = post(session, body, type);
    EXPECT_EQ(decision.reply.status, 400) << type;
    EXPECT_THAT(ids(decision.findings), ElementsAre("xray.otlp.unreadable")) << type;
  }
}

TEST(OtlpEndpoint, HoldsItsLimits) {
  Session session;
  (void)session.api("/UpdateTraceSegmentDestination", R"({"Destination":"CloudWatchLogs"})");
  opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest many;
  auto* spans = many.add_resource_spans()->add_scope_spans();
  for (int i = 0; i < 10'001; ++i) spans->add_spans();
  EXPECT_THAT(ids(post(session, many.SerializeAsString(), "application/x-protobuf").findings),
              ElementsAre("xray.otlp.too-large"));
  EXPECT_EQ(post(session, std::string(5'000'001, ' '), "application/json").reply.status, 413);
  const auto mixed = span() + "," + span(start_s - 15 * 86400, "", "1111111111111111") + "," +
                     span(start_s + 3 * 3600, "", "2222222222222222");
  const auto partly = post(session, request_with(mixed), "application/json");
  EXPECT_EQ(partly.reply.status, 200);
  EXPECT_EQ(partly.reply.body,
            R"({"partialSuccess":{"rejectedSpans":"2","errorMessage":"span 1: more than 14 days ago"}})");
  EXPECT_THAT(ids(partly.findings), ElementsAre("xray.otlp.span-rejected"));
  EXPECT_EQ(session.records().size(), 2u) << "one span, and its segment";
}

TEST(OtlpDatagram, IsDecoded) {
  Session session;
  const std::string header = "{\"format\":\"json\",\"version\":1}\n";
  EXPECT_THAT(ids(session.datagram(header + "T1S" + to_base64(protobuf(span()))).findings),
              ElementsAre("xray.datagram.otlp"));
  (void)session.datagram(header + "T1U" + to_base64(protobuf(span())));
  EXPECT_THAT(ids(session.datagram(header + "T1S!").findings),
              ElementsAre("xray.datagram.otlp", "xray.datagram.otlp-unreadable"));
  EXPECT_THAT(ids(session.datagram(header + "M1" + to_base64("\x0a\xff")).findings),
              ElementsAre("xray.datagram.otlp", "xray.datagram.otlp-unreadable"));
  const auto records = session.records();
  ASSERT_EQ(records.size(), 4u);
  EXPECT_EQ(records[0].kind, "span");
  EXPECT_EQ(records[0].fields["sampled"], true);
  EXPECT_EQ(records[2].fields["sampled"], false);
  EXPECT_EQ(records[1].kind, "segment");
}

TEST(Telemetry, IsARecordEach) {
  Session session;
  (void)session.api("/TelemetryRecords",
                    R"({"Hostname":"h","TelemetryRecords":[{"Timestamp":1795222504,"SegmentsReceivedCount":3}]})");
  const auto records = session.records();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].kind, "telemetry");
  EXPECT_EQ(records[0].fields["SegmentsReceivedCount"], 3);
  EXPECT_EQ(records[0].fields["Hostname"], "h");
}

ordered_json translate(const json& attributes, std::string_view kind = "SERVER", std::string_view parent = "") {
  ordered_json one = {{"name", "GET /api"},
                      {"kind", kind},
                      {"trace_id", "6b00ebe8c09045740abe454752beac88"},
                      {"span_id", "c1323c773d79457e"},
                      {"start_time_unix_nano", 1795222504600000000},
                      {"end_time_unix_nano", 1795222504700000000},
                      {"attributes", attributes},
                      {"resource",
                       {{"attributes",
                         {{"service.name", "backend-flask"},
                          {"service.version", "1.2"},
                          {"cloud.platform", "aws_ec2"},
                          {"telemetry.sdk.name", "opentelemetry"},
                          {"telemetry.sdk.language", "python"}}}}}};
  if (!parent.empty()) one["parent_span_id"] = parent;
  const auto documents = documents_of_span(one);
  return documents.size() == 1 ? documents[0] : ordered_json(documents);
}

TEST(SpanAsSegment, OfAServerIsASegment) {
  const auto document = translate({{"http.request.method", "GET"},
                                   {"url.full", "http://x/api?q"},
                                   {"http.response.status_code", 503},
                                   {"client.address", "10.0.0.1"},
                                   {"enduser.id", "andrew"},
                                   {"app.now", "x"},
                                   {"app.count", 3},
                                   {"aws.xray.annotations", {"app.now"}}});
  EXPECT_EQ(document["name"], "backend-flask");
  EXPECT_FALSE(document.contains("type"));
  EXPECT_EQ(document["trace_id"], "1-6b00ebe8-c09045740abe454752beac88");
  EXPECT_DOUBLE_EQ(document["start_time"].get<double>(), 1795222504.6);
  EXPECT_EQ(document["http"].dump(), R"({"request":{"method":"GET","url":"http://x/api?q","client_ip":"10.0.0.1",)"
                                     R"("x_forwarded_for":true},"response":{"status":503,"content_length":0}})");
  EXPECT_EQ(document["fault"], true);
  EXPECT_EQ(document["user"], "andrew");
  EXPECT_EQ(document["annotations"].dump(), R"({"app_now":"x"})");
  EXPECT_EQ(document["metadata"]["default"]["app.count"], 3);
  EXPECT_EQ(document["metadata"]["default"]["otel.resource.service.name"], "backend-flask");
  EXPECT_EQ(document["origin"], "AWS::EC2::Instance");
  EXPECT_EQ(document["service"]["version"], "1.2");
  EXPECT_EQ(document["aws"]["xray"]["sdk"], "opentelemetry for python");
}

TEST(SpanAsSegment, KeepsMetadataLinksAndTheImagesVersion) {
  const auto document = translate({{"aws.xray.metadata.mine", R"({"a":[1]})"}, {"aws.xray.metadata.odd", "{"}});
  EXPECT_EQ(document["metadata"]["mine"].dump(), R"({"a":[1]})");
  EXPECT_EQ(document["metadata"]["odd"], "{");
  const ordered_json one = {{"name", "job"},
                            {"kind", "SERVER"},
                            {"trace_id", "6b00ebe8c09045740abe454752beac88"},
                            {"span_id", "c1323c773d79457e"},
                            {"links",
                             {{{"trace_id", "6b00ebe9c09045740abe454752beac88"},
                               {"span_id", "1111111111111111"},
                               {"attributes", {{"k", "v"}}}}}},
                            {"resource", {{"attributes", {{"container.image.tag", "v7"}}}}}};
  const auto job = documents_of_span(one).front();
  EXPECT_EQ(job["service"]["version"], "v7");
  EXPECT_EQ(job["links"].dump(), R"([{"trace_id":"1-6b00ebe9-c09045740abe454752beac88","id":"1111111111111111",)"
                                 R"("attributes":{"k":"v"}}])");
}

TEST(SpanAsSegment, OfACallIsASubsegment) {
  const auto http = translate({{"server.address", "api.rollbar.com"}}, "CLIENT", "1111111111111111");
  EXPECT_EQ(http["name"], "api.rollbar.com");
  EXPECT_EQ(http["type"], "subsegment");
  EXPECT_EQ(http["namespace"], "remote");
  EXPECT_EQ(http["parent_id"], "1111111111111111");
  EXPECT_FALSE(http.contains("metadata") && http["metadata"]["default"].contains("otel.resource.service.name"));
  const auto aws = translate({{"rpc.system", "aws-api"}, {"aws.remote.service", "AWS::DynamoDB"}, {"aws.region", "r"}},
                             "CLIENT", "1111111111111111");
  EXPECT_EQ(aws["name"], "DynamoDB");
  EXPECT_EQ(aws["namespace"], "aws");
  EXPECT_EQ(aws["aws"]["region"], "r");
  const auto sql = translate(
      {{"db.system", "postgresql"}, {"db.name", "cruddur"}, {"db.statement", "SELECT ?"}, {"net.peer.name", "db"}},
      "CLIENT", "1111111111111111");
  EXPECT_EQ(sql["name"], "cruddur@db");
  EXPECT_EQ(sql["sql"]["sanitized_query"], "SELECT ?");
  EXPECT_EQ(sql["sql"]["connection_string"], "localhost/cruddur");
}

TEST(SpanAsSegment, OfARootCallIsTwo) {
  const auto both = translate({{"peer.service", "other"}}, "CLIENT");
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(both[0]["name"], "backend-flask");
  EXPECT_EQ(both[1]["name"], "other");
  EXPECT_EQ(both[1]["type"], "subsegment");
  EXPECT_EQ(both[1]["parent_id"], both[0]["id"]);
  EXPECT_EQ(both[1]["id"], "c1323c773d79457e");
}

}  // namespace
}  // namespace understudy::xray
