// The HTTP ingestion paths.
#include "cloudwatch_logs/ingestion.h"

#include <gmock/gmock.h>

#include "base/content_coding.h"
#include "otlp/json.h"
#include "otlp/logs_service.pb.h"
#include "otlp/status.pb.h"
#include "tests/cloudwatch_logs/lab.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto now = Lab::start_ms;
constexpr std::int64_t day = 24 * 3'600'000;
constexpr auto to_stream = "x-aws-log-group: g\r\nx-aws-log-stream: s\r\n";
constexpr auto as_json = "Content-Type: application/json\r\n";

class IngestionPaths : public testing::Test {
 protected:
  IngestionPaths() { lab.make_stream(); }

  recording::Decision post(std::string_view target, std::string_view body, const std::string& headers) {
    return lab.send(fmt::format("POST {} HTTP/1.1\r\nHost: logs.us-east-1.amazonaws.com\r\nX-Amz-Date: "
                                "20261121T005519Z\r\nAuthorization: {}\r\n{}\r\n",
                                target, lab.authorization, headers),
                    body);
  }
  recording::Decision post_json(std::string_view target, std::string_view body) {
    return post(target, body, std::string(to_stream) + as_json);
  }
  std::vector<std::string> messages() {
    std::vector<std::string> all;
    for (const auto& record : lab.records()) all.push_back(record.fields["message"]);
    return all;
  }
  static std::string logs(std::int64_t time_ms) {
    return fmt::format(
        R"({{"resourceLogs":[{{"resource":{{"attributes":[{{"key":"service.name","value":{{"stringValue":"backend"}}}}]}},)"
        R"("scopeLogs":[{{"scope":{{"name":"app"}},"logRecords":[{{"timeUnixNano":"{}000000","severityNumber":17,)"
        R"("severityText":"ERROR","body":{{"stringValue":"no such table"}},)"
        R"("traceId":"5759e988bd862e3fe1be46a994272793","spanId":"53995c3f42cd8ad8"}}]}}]}}]}})",
        time_ms);
  }

  Lab lab;
};

TEST_F(IngestionPaths, ALogRecordBecomesAnEvent) {
  const auto decision = post_json("/v1/logs", logs(now));
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_EQ(decision.reply.body, "{}");
  EXPECT_TRUE(decision.findings.empty());
  const auto event = json::parse(messages().at(0));
  EXPECT_EQ(event["resource"]["attributes"], (json{{"service.name", "backend"}}));
  EXPECT_EQ(event["scope"]["name"], "app");
  EXPECT_EQ(event["severityText"], "ERROR");
  EXPECT_EQ(event["body"], "no such table");
  EXPECT_EQ(event["traceId"], "5759e988bd862e3fe1be46a994272793");
  EXPECT_EQ(lab.records().at(0).fields["timestamp"], now);
  EXPECT_EQ(lab.ask("GetLogEvents", R"({"logGroupName":"g","logStreamName":"s"})")["events"][0]["timestamp"], now);
}

TEST_F(IngestionPaths, ProtobufIsAnsweredInProtobuf) {
  const auto headers = std::string(to_stream) + "Content-Type: application/x-protobuf\r\n";
  const auto whole = otlp::json_to_protobuf(otlp::Signal::logs, logs(now)).value();
  EXPECT_EQ(post("/v1/logs", whole, headers).reply.body, "");
  const auto old = otlp::json_to_protobuf(otlp::Signal::logs, logs(now - 15 * day)).value();
  const auto decision = post("/v1/logs", gzip(old), headers + "Content-Encoding: gzip\r\n");
  opentelemetry::proto::collector::logs::v1::ExportLogsServiceResponse reply;
  ASSERT_TRUE(reply.ParseFromString(decision.reply.body));
  EXPECT_EQ(reply.partial_success().rejected_log_records(), 1);
  EXPECT_EQ(reply.partial_success().error_message(), R"({"tooOldLogEventCount": 1})");
  EXPECT_EQ(decision.findings.at(0).id, "cloudwatch_logs.events.too-old");
  const auto damaged = post("/v1/logs", "\xff", headers);
  google::rpc::Status status;
  ASSERT_TRUE(status.ParseFromString(damaged.reply.body));
  EXPECT_EQ(damaged.reply.status, 400);
  EXPECT_EQ(damaged.findings.at(0).id, "cloudwatch_logs.ingestion.body");
  EXPECT_EQ(messages().size(), 1u);
}

TEST_F(IngestionPaths, CountsWhatItRejects) {
  lab.ask("PutRetentionPolicy", R"({"logGroupName":"g","retentionInDays":1})");
  const json lines = {{{"timestamp", now - 20 * day}, {"n", 1}},
                      {{"timestamp", now - 2 * day}, {"n", 2}},
                      {{"timestamp", now}, {"n", 3}},
                      {{"timestamp", now + day}, {"n", 4}}};
  const auto decision = post_json("/ingest/json", lines.dump());
  EXPECT_EQ(
      json::parse(decision.reply.body)["partialSuccess"],
      (json{{"rejectedLogRecords", 3},
            {"errorMessage", R"({"tooOldLogEventCount": 1, "tooNewLogEventCount": 1, "expiredLogEventCount": 1})"}}));
  EXPECT_EQ(decision.findings.size(), 3u);
  ASSERT_EQ(messages().size(), 1u);
  EXPECT_THAT(messages()[0], HasSubstr(R"("n":3)"));
}

TEST_F(IngestionPaths, TheCollectorTakesObjectsInARowAndInAnArray) {
  const auto decision = post_json(
      "/services/collector/event",
      fmt::format(R"({{"event":"late","time":{}.5}}{{"event":{{"a":"}}"}},"time":"{}"}}[{{"event":"now"}},{{"no":1}}])",
                  now / 1000, now / 1000 - 10));
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_EQ(decision.findings.at(0).id, "cloudwatch_logs.ingestion.skipped");
  EXPECT_THAT(messages(), ElementsAre(R"({"a":"}"})", "now", "late")) << "in the order of their times";
  EXPECT_EQ(lab.records().at(0).fields["timestamp"], now / 1000 * 1000 - 10'000);
  EXPECT_EQ(lab.records().at(1).fields["timestamp"], now) << "no time: that of arrival";
  EXPECT_EQ(
      post("/services/collector/event", "{}", std::string(to_stream) + "Content-Type: text/plain\r\n").reply.status,
      400);
}

TEST_F(IngestionPaths, BulkTakesALineAtATime) {
  const auto decision = post("/ingest/bulk", "{\"a\":1}\n\nno json\n[{\"b\":2},\"three\"]\n4\n",
                             std::string(to_stream) + "Content-Type: application/x-ndjson\r\n");
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_EQ(decision.findings.at(0).detail, "1 parts");
  EXPECT_THAT(messages(), ElementsAre(R"({"a":1})", R"({"b":2})", "three", "4"));
}

TEST_F(IngestionPaths, JsonTakesTheFirstTextAndObjectsOnly) {
  EXPECT_EQ(post_json("/ingest/json", R"({"a":1}{"b":2})").reply.status, 200);
  EXPECT_EQ(post_json("/ingest/json", R"([{"c":3},4])").findings.at(0).id, "cloudwatch_logs.ingestion.skipped");
  EXPECT_EQ(post_json("/ingest/json", "[]").reply.body, "{}");
  EXPECT_THAT(messages(), ElementsAre(R"({"a":1})", R"({"c":3})"));
  EXPECT_EQ(post_json("/ingest/json", R"({"a":)").findings.at(0).id, "cloudwatch_logs.ingestion.body");
}

TEST_F(IngestionPaths, GroupAndStreamAreNamedInOneWay) {
  EXPECT_EQ(post("/ingest/json?logGroup=g&logStream=s", "{}", as_json).reply.status, 200);
  EXPECT_EQ(post("/ingest/json?logGroup=g&logStream=s", "{}", std::string(to_stream) + as_json).findings.at(0).id,
            "cloudwatch_logs.ingestion.target");
  const auto headers_only = post("/v1/logs?logGroup=g&logStream=s", "{}", as_json);
  EXPECT_EQ(headers_only.reply.status, 400);
  EXPECT_EQ(headers_only.findings.at(0).place, "header x-aws-log-group");
  const auto no_group = post("/ingest/json?logGroup=none&logStream=s", "{}", as_json);
  EXPECT_EQ(no_group.reply.status, 400);
  EXPECT_EQ(no_group.findings.at(0).id, "cloudwatch_logs.group.missing");
  EXPECT_EQ(post("/ingest/json?logGroup=g&logStream=none", "{}", as_json).findings.at(0).id,
            "cloudwatch_logs.stream.missing");
  EXPECT_EQ(lab.send("GET /ingest/json HTTP/1.1\r\n\r\n", "").findings.at(0).id, "cloudwatch_logs.ingestion.request");
}

TEST_F(IngestionPaths, ATokenOpensAGroupThatAllowsIt) {
  const auto with = [&](const char* token) {
    return lab.send(
        fmt::format("POST /ingest/json?logGroup=g&logStream=s HTTP/1.1\r\nAuthorization: Bearer {}\r\n{}\r\n", token,
                    as_json),
        "{}");
  };
  EXPECT_EQ(with("ACWL123").reply.status, 403);
  EXPECT_EQ(with("ACWL123").findings.at(0).id, "cloudwatch_logs.ingestion.token");
  lab.ask("PutBearerTokenAuthentication", R"({"logGroupIdentifier":"g","bearerTokenAuthenticationEnabled":true})");
  EXPECT_EQ(with("ACWL123").reply.status, 200);
  EXPECT_EQ(with("something").reply.status, 403);
}

TEST_F(IngestionPaths, UnsignedIsForbidden) {
  const auto decision = lab.send("POST /v1/logs HTTP/1.1\r\nContent-Type: application/json\r\n\r\n", "{}");
  EXPECT_EQ(decision.reply.status, 403);
  EXPECT_EQ(decision.reply.body, R"({"message":"Missing Authentication Token"})");
  EXPECT_EQ(decision.findings.at(0).id, "cloudwatch_logs.auth.missing");
}

TEST_F(IngestionPaths, FaultsOfEmbeddedMetricsAreTold) {
  const auto decision = post_json("/ingest/json", R"({"_aws":{"Timestamp":1,"CloudWatchMetrics":[]}})");
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_EQ(decision.findings.at(0).id, "cloudwatch_logs.embedded-metrics.fault");
}

TEST_F(IngestionPaths, ABatchHasItsLimits) {
  const json apart = {{{"timestamp", now - day - 1}}, {{"timestamp", now}}};
  const auto refused_span = post_json("/ingest/json", apart.dump());
  EXPECT_EQ(refused_span.reply.status, 400);
  EXPECT_EQ(refused_span.findings.at(0).id, "cloudwatch_logs.events.span");
  std::string lines;
  for (int i = 0; i < 10'001; ++i) lines += "1\n";
  EXPECT_EQ(post_json("/ingest/bulk", lines).findings.at(0).id, "cloudwatch_logs.events.too-many");
  const auto large = json(std::string(1'048'576, 'x')).dump();
  EXPECT_EQ(post_json("/ingest/bulk", large).findings.at(0).id, "cloudwatch_logs.events.batch-too-large");
  EXPECT_TRUE(messages().empty());
}

}  // namespace
}  // namespace understudy::cloudwatch_logs
