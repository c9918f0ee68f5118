// What is accepted: forms, encodings, datasets and counts.
#include "tests/honeycomb/exports.h"

#include "base/content_coding.h"
#include "tests/honeycomb/room.h"

namespace understudy::honeycomb {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Exports : public Room {};

TEST_F(Exports, ReplyHasTheRequestsOwnContentTypeAndNoBytes) {
  for (const std::string_view type : {"application/x-protobuf", "application/protobuf"}) {
    const auto reply = send(protobuf(spans_of("backend-flask")).with("Content-Type", type));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(header_of(reply, "Content-Type"), type);
    EXPECT_EQ(reply.body, "");
    EXPECT_EQ(header_of(reply, "Access-Control-Allow-Origin"), "*");
    EXPECT_THAT(found(), IsEmpty());
  }
}

TEST_F(Exports, JsonReplyIsAnEmptyObject) {
  const auto reply = send(json_text(R"({"resourceSpans":[]})"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(header_of(reply, "Content-Type"), "application/json");
  EXPECT_EQ(reply.body, "{}");
}

TEST_F(Exports, GrpcReplyIsAnEmptyMessage) {
  for (const auto& [rpc, body] :
       {std::pair{trace_rpc, spans_of("backend-flask")}, std::pair{logs_rpc, logs_of("backend-flask")},
        std::pair{metrics_rpc, metrics_of("backend-flask")}}) {
    const auto reply = send(grpc(body).to(rpc));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.grpc_status, 0);
    EXPECT_EQ(reply.grpc_message, "");
    EXPECT_EQ(reply.body, "");
    EXPECT_THAT(reply.headers, IsEmpty());
  }
}

TEST_F(Exports, EmptyRequestIsASuccessThatStoresNothing) {
  EXPECT_EQ(send(protobuf()).status, 200);
  EXPECT_EQ(send(json_text("{}")).status, 200);
  EXPECT_EQ(send(grpc()).grpc_status, 0);
  EXPECT_THAT(last_entry().effect, IsEmpty());
  EXPECT_THAT(dump(), Not(HasSubstr("dataset")));
}

TEST_F(Exports, ATrailingSlashIsTaken) {
  for (const std::string_view path : {"/v1/traces/", "/v1/logs/", "/v1/metrics/", "/v1/traces?a=b"}) {
    EXPECT_EQ(send(protobuf().to(path)).status, 200) << path;
  }
}

TEST_F(Exports, Compressed) {
  const std::string body = spans_of("backend-flask", 5);
  EXPECT_EQ(send(protobuf(gzip(body)).with("Content-Encoding", "gzip")).status, 200);
  Sent compressed = grpc(gzip(body)).with("grpc-encoding", "gzip");
  compressed.grpc_compressed = true;
  EXPECT_EQ(send(compressed).grpc_status, 0);
  // A message may come uncompressed although the call names an encoding.
  EXPECT_EQ(send(grpc(body).with("grpc-encoding", "gzip")).grpc_status, 0);
  EXPECT_THAT(dump(), HasSubstr("dataset 'backend-flask': requests 3 spans 15 "));
}

TEST_F(Exports, ZstdIsTakenToo) {
  // "{}" as one zstd frame of a raw block, without content size and checksum.
  EXPECT_EQ(send(json_text(from_hex("28b52ffd0058110000"
                                    "7b7d"))
                     .with("Content-Encoding", "zstd"))
                .status,
            200);
}

TEST_F(Exports, CountsGoToEachDataset) {
  TraceRequest traces;
  auto& first = add_spans(traces, "backend-flask", 2);
  first.mutable_scope_spans(0)->mutable_spans(0)->add_events()->set_name("exception");
  first.mutable_scope_spans(0)->mutable_spans(1)->add_links();
  add_spans(traces, "frontend", 3);
  add_spans(traces, "backend-flask", 1);
  ASSERT_EQ(send(protobuf(traces.SerializeAsString())).status, 200);
  ASSERT_EQ(send(protobuf(logs_of("backend-flask", 4)).to("/v1/logs")).status, 200);
  ASSERT_EQ(send(protobuf(metrics_of("backend-flask", 5)).to("/v1/metrics")).status, 200);
  EXPECT_THAT(dump(), HasSubstr("environment 'test' dataset 'backend-flask': requests 2 spans 3 span_events 1 "
                                "span_links 1 log_records 4 data_points 0"));
  EXPECT_THAT(dump(), HasSubstr("environment 'test' dataset 'frontend': requests 1 spans 3 "));
  EXPECT_THAT(dump(), HasSubstr("dataset 'unknown_metrics': requests 1 spans 0 span_events 0 span_links 0 "
                                "log_records 0 data_points 5"));
}

TEST_F(Exports, AnErrorInALaterGroupIsPlacedInTheWholeRequest) {
  TraceRequest traces;
  add_spans(traces, "a");
  add_spans(traces, "b");
  std::string body = traces.SerializeAsString();
  const std::size_t name = body.rfind("home-activities");
  body[name] = '\xff';
  ASSERT_EQ(send(protobuf(body)).status, 400);
  const auto finding = last_entry().findings.at(0);
  EXPECT_THAT(finding.detail, HasSubstr("resource_spans[1]"));
  EXPECT_GT(finding.offset, body.size() / 2);
}

TEST_F(Exports, EnvironmentsAreApart) {
  accounts({{{"key", good_key}, {"environment", {{"name", "Bootcamp"}, {"slug", "bootcamp"}}}}, {{"key", ingest_key}}});
  send(protobuf(spans_of("backend-flask")));
  send(protobuf(spans_of("backend-flask")).with("x-honeycomb-team", ingest_key));
  EXPECT_THAT(dump(), HasSubstr("environment 'bootcamp' dataset 'backend-flask': requests 1 "));
  EXPECT_THAT(dump(), HasSubstr("environment 'test' dataset 'backend-flask': requests 1 "));
}

TEST_F(Exports, ADatasetKeepsItsFirstSpelling) {
  send(protobuf(spans_of("Backend-Flask")));
  send(protobuf(spans_of("backend-flask")));
  EXPECT_THAT(dump(), HasSubstr("dataset 'Backend-Flask': requests 2 "));
}

struct DatasetCase {
  std::string_view target;
  std::string_view key;
  ServiceName service_name;
  std::string_view header;
  std::string_view dataset;
};
constexpr DatasetCase dataset_cases[] = {
    {"/v1/traces", good_key, "backend-flask", "", "backend-flask"},
    {"/v1/traces", good_key, "backend-flask", "browser", "backend-flask"},
    {"/v1/traces", ingest_key, "backend-flask", "browser", "backend-flask"},
    {"/v1/traces", good_key, "unknown_service", "", "unknown_service"},
    {"/v1/traces", good_key, "unknown_service:go", "", "unknown_service"},
    {"/v1/traces", good_key, "unknown_service_x", "", "unknown_service"},
    {"/v1/traces", good_key, "so_unknown_service:go", "", "so_unknown_service:go"},
    {"/v1/traces", good_key, " unknown_service:python", "", "unknown_service"},
    {"/v1/traces", good_key, "\tall the whitespace ", "", "all the whitespace"},
    {"/v1/traces", good_key, "\xC2\xA0wide\xE2\x80\x83", "", "wide"},
    {"/v1/traces", good_key, "  ", "", "unknown_service"},
    {"/v1/traces", good_key, std::nullopt, "", "unknown_service"},
    {"/v1/traces", good_key, std::nullopt, "browser", "unknown_service"},
    {"/v1/traces", classic_key, "backend-flask", "Mine", "Mine"},
    {"/v1/traces", classic_ingest_key, "backend-flask", "Mine", "Mine"},
    {"/v1/logs", good_key, "backend-flask", "mine", "backend-flask"},
    {"/v1/logs", good_key, "unknown_service:go", "mine", "mine"},
    {"/v1/logs", good_key, "unknown_service:go", "", "unknown_log_source"},
    {"/v1/logs", good_key, std::nullopt, "", "unknown_log_source"},
    {"/v1/logs", good_key, std::nullopt, "\xC2\xA0", "unknown_log_source"},
    {"/v1/logs", good_key, " unknown_service:python", "", "unknown_service:python"},
    {"/v1/logs", classic_key, "backend-flask", "mine", "backend-flask"},
    {"/v1/metrics", good_key, "backend-flask", "", "unknown_metrics"},
    {"/v1/metrics", good_key, "backend-flask", "mine", "mine"},
    {"/v1/metrics", classic_key, "backend-flask", "mine", "mine"},
};

TEST_F(Exports, DatasetRule) {
  for (const DatasetCase& each : dataset_cases) {
    ASSERT_TRUE(session_->reset().has_value());
    const std::string body = each.target == "/v1/traces" ? spans_of(each.service_name)
                             : each.target == "/v1/logs" ? logs_of(each.service_name)
                                                         : metrics_of(each.service_name);
    Sent sent = protobuf(body).to(each.target).with("x-honeycomb-team", each.key);
    if (!each.header.empty()) sent = sent.with("x-honeycomb-dataset", each.header);
    ASSERT_EQ(send(sent).status, 200);
    EXPECT_THAT(dump(), HasSubstr(fmt::format("dataset '{}': requests 1 ", each.dataset)))
        << each.target << " " << each.service_name.value_or("(absent)") << " header " << each.header;
    const auto records = records_of_last();
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0].fields["dataset"], each.dataset);
  }
}

// It looks for the default name before it trims.
TEST_F(Exports, DatasetRuleOfTheClassicTranslator) {
  settings({{"trace_translator", "classic"}});
  send(protobuf(spans_of(" unknown_service:python")));
  EXPECT_THAT(dump(), HasSubstr("dataset 'unknown_service:python': requests 1 "));
}

TEST_F(Exports, AServiceNameThatIsNoStringIsNone) {
  TraceRequest traces;
  auto& attribute = *add_spans(traces, std::nullopt).mutable_resource()->add_attributes();
  attribute.set_key("service.name");
  attribute.mutable_value()->set_int_value(5);
  send(protobuf(traces.SerializeAsString()));
  EXPECT_THAT(dump(), HasSubstr("dataset 'unknown_service'"));
}

TEST_F(Exports, TheResourceMayComeAfterTheSpans) {
  TraceRequest late;
  add_spans(late, "late-service");
  const std::string with_resource = late.resource_spans(0).SerializeAsString();
  // ResourceSpans with field 2 before field 1.
  const std::string resource_field = late.resource_spans(0).resource().SerializeAsString();
  std::string group = with_resource.substr(2 + resource_field.size());
  group += "\x0a" + std::string(1, static_cast<char>(resource_field.size())) + resource_field;
  std::string body = "\x0a";
  ASSERT_LT(group.size(), 256U);
  body += static_cast<char>((group.size() & 0x7f) | 0x80);
  body += static_cast<char>(group.size() >> 7);
  body += group;
  ASSERT_EQ(send(protobuf(body)).status, 200);
  EXPECT_THAT(dump(), HasSubstr("dataset 'late-service': requests 1 "));
}

TEST_F(Exports, OfTwoKeysTheFirstCounts) {
  accounts({{{"key", good_key}}});
  constexpr std::string_view other = "another0another0anothe";
  for (Sent sent : {protobuf(), grpc()}) {
    const bool is_grpc = sent.protocol == recording::Protocol::grpc;
    sent.headers.emplace_back("x-honeycomb-team", other);
    auto reply = send(sent);
    EXPECT_EQ(is_grpc ? reply.grpc_status.value_or(0) : reply.status, is_grpc ? 0 : 200);
    sent = sent.without("x-honeycomb-team");
    for (const std::string_view key : {other, good_key}) sent.headers.emplace_back("x-honeycomb-team", key);
    reply = send(sent);
    EXPECT_EQ(is_grpc ? reply.grpc_status.value_or(0) : reply.status, is_grpc ? 16 : 401);
  }
}

struct Recorded {
  std::string_view name;
  std::string_view kind;
  std::string_view dataset;
};
constexpr Recorded recorded[] = {
    {"opentelemetry-python-1.16.0-home", "span", "backend-flask"},
    {"opentelemetry-python-1.16.0-home-gzip", "span", "backend-flask"},
    {"opentelemetry-python-1.16.0-exception", "span", "backend-flask"},
    {"opentelemetry-python-1.16.0-logs", "log_record", "backend-flask"},
    {"opentelemetry-python-1.16.0-metrics", "metric", "unknown_metrics"},
    {"opentelemetry-python-1.45.1-home", "span", "backend-flask"},
    {"opentelemetry-python-1.45.1-home-gzip", "span", "backend-flask"},
    {"opentelemetry-python-1.45.1-exception", "span", "backend-flask"},
    {"opentelemetry-python-1.45.1-logs", "log_record", "backend-flask"},
    {"opentelemetry-python-1.45.1-metrics", "metric", "unknown_metrics"},
    {"opentelemetry-js-0.223.1-json", "span", "frontend-react-js"},
    {"opentelemetry-collector-0.165.0-gzip", "span", "behind-a-collector"},
    {"opentelemetry-collector-0.165.0-zstd", "span", "behind-a-collector"},
    {"opentelemetry-collector-0.165.0-json", "span", "behind-a-collector"},
};

TEST_F(Exports, WhatRealSdksSent) {
  for (const Recorded& each : recorded) {
    const std::string head = data_file(fmt::format("{}.head", each.name));
    const auto reply = send_bytes(head, protobuf(data_file(fmt::format("{}.bin", each.name))));
    EXPECT_EQ(reply.status, 200) << each.name;
    EXPECT_EQ(found().size(), each.kind == "metric" ? 1U : 0U) << each.name;  // no dataset header
    const auto records = records_of_last();
    ASSERT_THAT(records, Not(IsEmpty()));
    for (const auto& record : records) {
      EXPECT_EQ(record.kind, each.kind);
      EXPECT_EQ(record.fields["dataset"], each.dataset);
      EXPECT_EQ(record.fields["key"], "abcd...(22 characters)");
      EXPECT_GT(record.time_ns, 0);
    }
  }
}

}  // namespace
}  // namespace understudy::honeycomb
