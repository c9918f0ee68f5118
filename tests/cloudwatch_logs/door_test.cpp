#include <gmock/gmock.h>

#include <set>

#include "cloudwatch_logs/findings.h"
#include "cloudwatch_logs/operations.h"
#include "tests/aws/recorded.h"
#include "tests/cloudwatch_logs/lab.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr auto sts_head =
    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
    "X-Amz-Date: 20261121T005519Z\r\nAuthorization: AWS4-HMAC-SHA256 "
    "Credential=AKIDEXAMPLE/20261121/us-east-1/sts/aws4_request, SignedHeaders=host, "
    "Signature=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n\r\n";

TEST(Door, IsTheOneOfTheAwsApisAndTakesWhatNobodyElseClaims) {
  Lab lab;
  ASSERT_EQ(lab.vendor->doors().size(), 1u);
  EXPECT_EQ(lab.vendor->doors()[0].name, "aws");
  EXPECT_EQ(lab.vendor->doors()[0].default_port, 4566);
  recording::Request request;
  request.door = "aws";
  EXPECT_TRUE(lab.vendor->claims(request));
  request.door = "rollbar";
  EXPECT_FALSE(lab.vendor->claims(request));
}

TEST(Door, AnswersTheServicesOwnHostNamesAndThoseOfItsStreams) {
  Lab lab;
  const auto hosts = lab.vendor->hosts();
  for (const auto* host : {"logs.eu-west-1.amazonaws.com", "stream-logs.eu-west-1.amazonaws.com",
                           "streaming-logs.eu-west-1.amazonaws.com", "sts.amazonaws.com"}) {
    EXPECT_THAT(hosts, testing::Contains(host));
  }
}

TEST(Door, TellsSessionsApartByTheAccessKeyId) {
  Lab lab;
  const aws::Recorded recorded("cloudwatch_logs/watchtower-3.4.0-put-log-events");
  EXPECT_EQ(lab.vendor->credential(recorded.request()), "AKIAIOSFODNN7EXAMPLE");
  EXPECT_FALSE(lab.vendor->credential(recording::Request{}));
}

TEST(Door, AnswersAnOperationThatIsNotBuiltAsAnUnknownOne) {
  Lab lab;
  const auto not_built = lab.call("ListAnomalies", "{}");
  EXPECT_EQ(not_built.reply.body,
            R"({"__type":"UnknownOperationException","message":"Understudy does not build the operation ListAnomalies)"
            R"( of CloudWatch Logs"})");
  EXPECT_EQ(refused(not_built).finding, "cloudwatch_logs.operation.not-built");
  EXPECT_EQ(not_built.findings[0].detail, "ListAnomalies");
  const auto unknown = lab.call("PutLogEventz", "{}");
  EXPECT_EQ(unknown.reply.body, R"({"__type":"UnknownOperationException"})");
  EXPECT_EQ(refused(unknown).finding, "cloudwatch_logs.operation.unknown");
  const auto other_service = lab.send("POST / HTTP/1.1\r\nX-Amz-Target: DynamoDB_20120810.GetItem\r\n\r\n", "{}");
  EXPECT_EQ(other_service.findings[0].detail, "DynamoDB_20120810.GetItem");
  EXPECT_EQ(refused(other_service).finding, "cloudwatch_logs.operation.unknown");
}

TEST(Door, AnswersARequestWithoutTargetAsCoralDoes) {
  Lab lab;
  const auto decision = lab.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "");
  EXPECT_EQ(decision.reply.status, 400);
  EXPECT_EQ(decision.reply.body,
            R"({"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"})");
  EXPECT_EQ(decision.findings[0].id, "cloudwatch_logs.request.no-target");
}

// Every operation of the service is built, but these.
TEST(Door, BuildsEveryOperationButThoseOfServicesBesideTheLogs) {
  const std::set<std::string_view> not_built = {"AssociateSourceToS3TableIntegration",
                                                "CancelImportTask",
                                                "CreateImportTask",
                                                "CreateLogAnomalyDetector",
                                                "CreateLookupTable",
                                                "CreateScheduledQuery",
                                                "DeleteIntegration",
                                                "DeleteLogAnomalyDetector",
                                                "DeleteLookupTable",
                                                "DeleteScheduledQuery",
                                                "DeleteSyslogConfiguration",
                                                "DescribeConfigurationTemplates",
                                                "DescribeImportTaskBatches",
                                                "DescribeImportTasks",
                                                "DescribeLookupTables",
                                                "DisassociateSourceFromS3TableIntegration",
                                                "GetIntegration",
                                                "GetLogAnomalyDetector",
                                                "GetLogFields",
                                                "GetLogObject",
                                                "GetLookupTable",
                                                "GetScheduledQuery",
                                                "GetScheduledQueryHistory",
                                                "GetStorageTierPolicy",
                                                "ListAggregateLogGroupSummaries",
                                                "ListAnomalies",
                                                "ListIntegrations",
                                                "ListLogAnomalyDetectors",
                                                "ListScheduledQueries",
                                                "ListSourcesForS3TableIntegration",
                                                "ListSyslogConfigurations",
                                                "PutIntegration",
                                                "PutStorageTierPolicy",
                                                "PutSyslogConfiguration",
                                                "UpdateAnomaly",
                                                "UpdateLogAnomalyDetector",
                                                "UpdateLookupTable",
                                                "UpdateScheduledQuery"};
  std::size_t built = 0;
  for (const auto name : operations_of_aws()) {
    EXPECT_EQ(find_operation(name) == nullptr, not_built.contains(name)) << name;
    built += find_operation(name) != nullptr ? 1 : 0;
  }
  EXPECT_EQ(built, 80u);
  EXPECT_EQ(operations_of_aws().size(), 118u);
  EXPECT_FALSE(exists_at_aws("putlogevents"));
}

TEST(Door, ReadsATargetInAnyCaseOfItsHeader) {
  Lab lab;
  const auto decision =
      lab.send(fmt::format("POST / HTTP/1.1\r\nhost: h\r\nx-amz-target: Logs_20140328.DescribeLogGroups\r\nx-amz-date: "
                           "20261121T005519Z\r\nauthorization: {}\r\n\r\n",
                           lab.authorization),
               "{}");
  EXPECT_EQ(decision.reply.body, R"({"logGroups":[]})");
  EXPECT_TRUE(decision.read);
}

TEST(Door, RefusesAnUnsignedRequest) {
  Lab lab;
  const auto decision = lab.send("POST / HTTP/1.1\r\nX-Amz-Target: Logs_20140328.DescribeLogGroups\r\n\r\n", "{}");
  EXPECT_EQ(decision.reply.body,
            R"({"__type":"MissingAuthenticationTokenException","message":"Missing Authentication Token"})");
  EXPECT_EQ(refused(decision).finding, "cloudwatch_logs.auth.missing");
}

TEST(Door, WithAccountsLetsInTheirKeysOnly) {
  Lab lab;
  lab.give_accounts({{"credentials",
                      {{{"access_key_id", "AKIAIOSFODNN7EXAMPLE"},
                        {"secret_access_key", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"},
                        {"account", "123456789012"}}}}});
  lab.now_ms = 1795222519000;
  EXPECT_EQ(refused(lab.call("DescribeLogGroups", "{}")).message,
            "The security token included in the request is invalid.");
  const auto replay = [&](const char* name) {
    const aws::Recorded recorded(std::string("cloudwatch_logs/watchtower-3.4.0-") + name);
    return lab.send(std::string(recorded.request().head), recorded.request().body);
  };
  EXPECT_EQ(replay("describe-log-groups").reply.body, R"({"logGroups":[]})");
  EXPECT_EQ(replay("create-log-group").reply.status, 200);
  EXPECT_THAT(lab.vendor->dump(*lab.state), HasSubstr("account 123456789012 region us-east-1\ngroup cruddur created"));
}

// What watchtower sent, in its order: the refused first delivery is part of normal life.
TEST(Door, TakesWhatWatchtowerSent) {
  for (const std::string version : {"3.0.1", "3.4.0"}) {
    Lab lab;
    lab.now_ms = 1'795'222'580'000;
    const auto replay = [&](const std::string& name) {
      const aws::Recorded recorded("cloudwatch_logs/watchtower-" + version + "-" + name);
      return lab.send(std::string(recorded.request().head), recorded.request().body);
    };
    EXPECT_EQ(replay("describe-log-groups").reply.body, R"({"logGroups":[]})");
    EXPECT_EQ(replay("create-log-group").reply.status, 200);
    EXPECT_EQ(refused(replay("put-log-events")).message, "The specified log stream does not exist.");
    EXPECT_EQ(replay("create-log-stream").reply.status, 200);
    EXPECT_THAT(replay("put-log-events").reply.body, testing::Not(HasSubstr("rejected")));
    const auto records = lab.records();
    ASSERT_EQ(records.size(), 4u);
    EXPECT_EQ(records[0].fields["message"], "test log");
  }
}

TEST(Sts, SaysWhoIsCalling) {
  Lab lab;
  const auto decision = lab.send(sts_head, "Action=GetCallerIdentity&Version=2011-06-15");
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_THAT(decision.reply.headers, testing::Contains(testing::Pair("Content-Type", "text/xml")));
  EXPECT_THAT(decision.reply.body,
              testing::StartsWith("<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n"
                                  "  <GetCallerIdentityResult>\n"
                                  "    <Arn>arn:aws:iam::000000000000:user/understudy</Arn>\n"));
  EXPECT_THAT(decision.reply.body, HasSubstr("<Account>000000000000</Account>"));
  EXPECT_TRUE(decision.findings.empty());
}

TEST(Sts, RefusesEverythingElse) {
  Lab lab;
  const auto assume = lab.send(sts_head, "Action=AssumeRole&Version=2011-06-15");
  EXPECT_EQ(assume.reply.status, 400);
  EXPECT_THAT(assume.reply.body, HasSubstr("<Code>InvalidAction</Code>"));
  EXPECT_EQ(assume.findings.at(0).id, "cloudwatch_logs.sts.not-built");

  const auto unsigned_call = lab.send("POST / HTTP/1.1\r\n\r\n", "Action=GetCallerIdentity&Version=2011-06-15");
  EXPECT_EQ(unsigned_call.reply.status, 403);
  EXPECT_THAT(unsigned_call.reply.body, HasSubstr("<Code>MissingAuthenticationToken</Code>"));
}

TEST(Refusals, AreSaidInJsonOneDotOne) {
  Lab lab;
  const auto reply =
      lab.vendor->refuse({recording::Refusal::Reason::overloaded, "disk full"}, recording::Protocol::http1);
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.body,
            R"({"__type":"ServiceUnavailableException","message":"The service cannot complete the request."})");
  const auto large =
      lab.vendor->refuse({recording::Refusal::Reason::body_too_large, "17 \"MB\""}, recording::Protocol::http1);
  EXPECT_EQ(large.status, 413);
  EXPECT_EQ(large.body, R"({"__type":"RequestEntityTooLargeException","message":"17 \"MB\""})");
}

TEST(Environment, NamesTheEndpointAsTheSdksReadIt) {
  Lab lab;
  const auto variables = lab.vendor->environment({{"aws", "http://127.0.0.1:4566"}}, false);
  const auto has = [&](const char* name, const char* value) {
    return testing::Value(variables, testing::Contains(testing::Pair(name, value)));
  };
  EXPECT_TRUE(has("AWS_ENDPOINT_URL", "http://127.0.0.1:4566"));
  EXPECT_TRUE(has("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "http://127.0.0.1:4566"));
  EXPECT_TRUE(has("AWS_DEFAULT_REGION", "us-east-1"));
  for (const auto& [name, value] : variables) {
    EXPECT_NE(name, "AWS_ENDPOINT_URL_LOGS") << "no SDK reads it";
    EXPECT_FALSE(value.empty()) << name;
  }
}

TEST(Findings, HaveOneRowEachWithAMend) {
  std::set<std::string_view> ids;
  for (const auto& rule : finding_rules()) {
    EXPECT_TRUE(rule.id.starts_with("cloudwatch_logs.")) << rule.id;
    EXPECT_TRUE(ids.insert(rule.id).second) << rule.id;
    EXPECT_FALSE(rule.mend.empty() || rule.message.empty() || rule.source.empty()) << rule.id;
  }
}

std::vector<std::string> derived(const Lab& lab) {
  std::vector<std::string> found;
  for (const auto& finding : lab.derived()) found.push_back(finding.id + " " + finding.detail);
  return found;
}

TEST(DerivedFindings, SeeAShipperThatShipsItsOwnLines) {
  Lab lab;
  lab.make_stream();
  lab.put({{Lab::start_ms, "hello"}});
  EXPECT_TRUE(derived(lab).empty());
  lab.put({{Lab::start_ms, "Making request for OperationModel(name=PutLogEvents) with params: ..."}});
  EXPECT_THAT(derived(lab), testing::ElementsAre("cloudwatch_logs.messages.feedback-loop 1 of 2 events"));
}

TEST(DerivedFindings, SeeAShipperThatCollectsNothing) {
  const auto deriver = make_vendor()->make_deriver();
  recording::Record record;
  record.kind = "log_event";
  record.fields = {{"log_group", "g"}, {"log_stream", "s"}, {"message", "a line"}};
  for (record.entry = 0; record.entry < 19; ++record.entry) deriver->add(record);
  EXPECT_TRUE(deriver->findings().empty()) << "too few to tell";
  deriver->add(record);
  ASSERT_EQ(deriver->findings().size(), 1u);
  EXPECT_EQ(deriver->findings()[0].finding.id, "cloudwatch_logs.messages.one-a-call");
  deriver->add(record);
  EXPECT_TRUE(deriver->findings().empty()) << "two in one call";
}

TEST(DerivedFindings, SeeAGroupThatNothingWasSentTo) {
  Lab lab;
  lab.make_stream();
  EXPECT_THAT(derived(lab), testing::ElementsAre("cloudwatch_logs.shipper.nothing-sent "));
  lab.put({{Lab::start_ms, "hello"}});
  EXPECT_TRUE(derived(lab).empty());
  lab.call("CreateLogGroup", R"({"logGroupName":"by hand"})");  // refused: the name has a blank
  EXPECT_TRUE(derived(lab).empty());
  lab.make_stream("other");
  lab.ask("DeleteLogGroup", R"({"logGroupName":"other"})");
  EXPECT_TRUE(derived(lab).empty()) << "a group that is gone";
}

TEST(DerivedFindings, SeeAStreamThatFellSilentWhileOthersWentOn) {
  Lab lab;
  lab.make_stream();
  lab.put({{Lab::start_ms, "a"}, {Lab::start_ms, "b"}});
  lab.now_ms += 119'000;
  lab.ask("DescribeLogGroups", "{}");
  EXPECT_TRUE(derived(lab).empty());
  lab.now_ms += 1000;
  lab.ask("DescribeLogGroups", "{}");
  EXPECT_THAT(derived(lab),
              testing::ElementsAre("cloudwatch_logs.shipper.fell-silent 2 events, the last at "
                                   "2026-11-21T00:55:19.000000000Z, 120 s before the last call of any client"));
  lab.put({{lab.now_ms, "c"}});
  EXPECT_TRUE(derived(lab).empty());
}

// watchtower without its group: it sends, and tries to make the stream, five times.
TEST(DerivedFindings, SeeAStreamThatIsNeverMade) {
  Lab lab;
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(derived(lab).empty());
    lab.put({{Lab::start_ms, "a"}}, "none");
    lab.call("CreateLogStream", R"({"logGroupName":"none","logStreamName":"s"})");
  }
  EXPECT_THAT(derived(lab), testing::ElementsAre("cloudwatch_logs.shipper.stream-never-made 3 batches refused for want "
                                                 "of the stream, 3 CreateLogStream refused: "
                                                 "ResourceNotFoundException"));
  lab.make_stream("none");
  lab.put({{Lab::start_ms, "a"}}, "none");
  EXPECT_TRUE(derived(lab).empty()) << "it was made at last";
}

TEST(DerivedFindings, SeeAReaderThatMissesTheEnd) {
  Lab lab;
  lab.make_stream();
  lab.put({{Lab::start_ms, "a"}});
  const auto read = [&](const std::string& token) {
    json input = {{"logGroupName", "g"}, {"logStreamName", "s"}, {"startFromHead", true}};
    if (!token.empty()) input["nextToken"] = token;
    return lab.ask("GetLogEvents", input.dump())["nextForwardToken"].get<std::string>();
  };
  const auto end = read(read(""));
  for (int i = 0; i < 3; ++i) read(end);
  EXPECT_TRUE(derived(lab).empty());
  read(end);
  for (int i = 0; i < 5; ++i) {
    lab.call("GetLogEvents", R"({"logGroupName":"g","logStreamName":"t","nextToken":5})");  // refused: no text
  }
  EXPECT_THAT(derived(lab), testing::ElementsAre("cloudwatch_logs.reads.same-token 5 times in a row"));
}

TEST(DerivedFindings, SeeAStreamOfSuccessfulAccessLines) {
  Lab lab;
  lab.make_stream();
  std::vector<std::pair<std::int64_t, std::string>> lines(
      19, {Lab::start_ms, "[2026-Nov-21 00:55] 127.0.0.1 GET http /api/activities/home? 200 OK"});
  lab.put(lines);
  EXPECT_TRUE(derived(lab).empty()) << "too few to tell";
  lab.put(lines);
  lab.put({{Lab::start_ms, "something else"}});
  EXPECT_THAT(derived(lab), testing::ElementsAre("cloudwatch_logs.messages.access-lines 38 of 39 events"));
}

}  // namespace
}  // namespace understudy::cloudwatch_logs
