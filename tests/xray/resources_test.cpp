// Tags, resource policies, the settings of a region, insights, statistic summaries.
#include <gmock/gmock.h>

#include "tests/xray/support.h"

namespace understudy::xray {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr std::string_view default_rule = "arn:aws:xray:us-east-1:000000000000:sampling-rule/Default";

json reply_of(const recording::Decision& decision) { return json::parse(decision.reply.body); }
std::string type_of(const recording::Decision& decision) { return header(decision.reply, "x-amzn-ErrorType"); }

void expect_proof(const Session& session) {
  EXPECT_EQ(session.folded(), session.live());
  EXPECT_TRUE(session.decided_again_alike);
}

TEST(Tags, AreSetListedAndRemoved) {
  Session session;
  const auto group = reply_of(session.api("/CreateGroup", R"({"GroupName":"g","Tags":[{"Key":"a","Value":"1"}]})"));
  const auto arn = group["Group"]["GroupARN"].get<std::string>();
  const json tags = {{"ResourceARN", arn}, {"Tags", {{{"Key", "b"}, {"Value", ""}}, {{"Key", "a"}, {"Value", "2"}}}}};
  EXPECT_EQ(session.api("/TagResource", tags.dump()).reply.body, "{}");
  EXPECT_EQ(session.api("/ListTagsForResource", json{{"ResourceARN", arn}}.dump()).reply.body,
            R"({"NextToken":null,"Tags":[{"Key":"a","Value":"2"},{"Key":"b","Value":""}]})");
  (void)session.api("/UntagResource", json{{"ResourceARN", arn}, {"TagKeys", {"a", "never"}}}.dump());
  EXPECT_EQ(session.api("/ListTagsForResource", json{{"ResourceARN", arn}}.dump()).reply.body,
            R"({"NextToken":null,"Tags":[{"Key":"b","Value":""}]})");
  (void)session.api("/DeleteGroup", R"({"GroupName":"g"})");
  EXPECT_EQ(type_of(session.api("/ListTagsForResource", json{{"ResourceARN", arn}}.dump())),
            "ResourceNotFoundException");
  expect_proof(session);
}

TEST(Tags, OfARuleGoWithIt) {
  Session session;
  const json rule = {{"SamplingRule",
                      {{"RuleName", "r"},
                       {"ResourceARN", "*"},
                       {"Priority", 1},
                       {"FixedRate", 0.1},
                       {"ReservoirSize", 5},
                       {"ServiceName", "*"},
                       {"ServiceType", "*"},
                       {"Host", "*"},
                       {"HTTPMethod", "*"},
                       {"URLPath", "*"},
                       {"Version", 1}}},
                     {"Tags", {{{"Key", "team"}, {"Value", "x"}}}}};
  const auto made = reply_of(session.api("/CreateSamplingRule", rule.dump()));
  const json of_it = {{"ResourceARN", made["SamplingRuleRecord"]["SamplingRule"]["RuleARN"]}};
  EXPECT_EQ(reply_of(session.api("/ListTagsForResource", of_it.dump()))["Tags"].size(), 1u);
  (void)session.api("/DeleteSamplingRule", R"({"RuleName":"r"})");
  (void)session.api("/CreateSamplingRule", json{{"SamplingRule", rule["SamplingRule"]}}.dump());
  EXPECT_THAT(reply_of(session.api("/ListTagsForResource", of_it.dump()))["Tags"], IsEmpty());
  expect_proof(session);
}

TEST(Tags, BeyondTheLimitsAreRefused) {
  Session session;
  auto many = json::array();
  for (int i = 0; i < 51; ++i) many.push_back({{"Key", fmt::format("k{}", i)}, {"Value", ""}});
  const auto refused = session.api("/TagResource", json{{"ResourceARN", default_rule}, {"Tags", many}}.dump());
  EXPECT_EQ(refused.reply.status, 400);
  EXPECT_EQ(type_of(refused), "TooManyTagsException");
  EXPECT_EQ(reply_of(refused)["ResourceName"], default_rule);
  EXPECT_THAT(ids(refused.findings), ElementsAre("xray.tag.limit"));
  const json reserved = {{"ResourceARN", default_rule}, {"Tags", {{{"Key", "aws:x"}, {"Value", ""}}}}};
  EXPECT_THAT(ids(session.api("/TagResource", reserved.dump()).findings), ElementsAre("xray.tag.reserved-key"));
  EXPECT_THAT(reply_of(session.api("/TagResource", json{{"ResourceARN", default_rule}}.dump()))["Message"],
              HasSubstr("Value null at 'tags'"));
  const auto unknown = session.api("/ListTagsForResource", R"({"ResourceARN":"arn:aws:xray:::group/x"})");
  EXPECT_EQ(unknown.reply.status, 404);
  EXPECT_EQ(reply_of(unknown)["ResourceName"], "arn:aws:xray:::group/x");
  EXPECT_THAT(ids(unknown.findings), ElementsAre("xray.resource.unknown"));
}

std::string policy(std::string_view name, std::string_view document, std::string_view more = "") {
  auto call = json{{"PolicyName", name}, {"PolicyDocument", document}};
  if (!more.empty()) call.update(json::parse(more));
  return call.dump();
}

TEST(ResourcePolicy, IsPutAgainWithTheNextRevisionListedAndDeleted) {
  Session session;
  const auto first = reply_of(session.api("/PutResourcePolicy", policy("p", R"({"Statement":[]})")));
  EXPECT_EQ(first["ResourcePolicy"]["PolicyRevisionId"], "1");
  EXPECT_EQ(first["ResourcePolicy"]["LastUpdatedTime"], static_cast<double>(start_s));
  const auto again = session.api("/PutResourcePolicy", policy("p", "{}", R"({"PolicyRevisionId":"1"})"));
  EXPECT_EQ(reply_of(again)["ResourcePolicy"]["PolicyRevisionId"], "2");
  const auto stale = session.api("/PutResourcePolicy", policy("p", "{}", R"({"PolicyRevisionId":"1"})"));
  EXPECT_EQ(type_of(stale), "InvalidPolicyRevisionIdException");
  EXPECT_THAT(ids(stale.findings), ElementsAre("xray.policy.refused"));
  EXPECT_EQ(type_of(session.api("/PutResourcePolicy", policy("p", "{}", R"({"PolicyRevisionId":"0"})"))),
            "InvalidPolicyRevisionIdException");
  EXPECT_EQ(reply_of(session.api("/ListResourcePolicies", ""))["ResourcePolicies"][0]["PolicyDocument"], "{}");
  EXPECT_EQ(session.api("/DeleteResourcePolicy", R"({"PolicyName":"p"})").reply.body, "{}");
  const auto gone = session.api("/DeleteResourcePolicy", R"({"PolicyName":"p"})");
  EXPECT_EQ(type_of(gone), "InvalidRequestException");
  EXPECT_THAT(reply_of(gone)["Message"].get<std::string>(), StartsWith("Resource policy does not exist:"));
  EXPECT_THAT(ids(gone.findings), ElementsAre("xray.policy.unknown"));
  expect_proof(session);
}

TEST(ResourcePolicy, ThatTheModelForbidsIsRefused) {
  struct Case {
    std::string_view name, document, type;
  };
  const std::string large = json{{"x", std::string(5120, 'x')}}.dump();
  const Case cases[] = {
      {"p", "{", "MalformedPolicyDocumentException"},
      {"p", "[]", "MalformedPolicyDocumentException"},
      {"p", large, "PolicySizeLimitExceededException"},
      {"p q", "{}", "InvalidRequestException"},
      {"p", R"({"Statement":{"Effect":"Deny","Principal":"*","Action":["xray:*"]}})", "LockoutPreventionException"},
  };
  for (const auto& [name, document, type] : cases) {
    Session session;
    EXPECT_EQ(type_of(session.api("/PutResourcePolicy", policy(name, document))), type) << document.substr(0, 60);
  }
  Session session;
  EXPECT_EQ(session.api("/PutResourcePolicy", policy("p", cases[4].document, R"({"BypassPolicyLockoutCheck":true})"))
                .reply.status,
            200);
  for (const auto* name : {"b", "c", "d", "e"}) (void)session.api("/PutResourcePolicy", policy(name, "{}"));
  EXPECT_EQ(type_of(session.api("/PutResourcePolicy", policy("f", "{}"))), "PolicyCountLimitExceededException");
}

TEST(EncryptionConfig, IsUpdatingAndThenActive) {
  Session session;
  EXPECT_EQ(session.api("/EncryptionConfig", "").reply.body,
            R"({"EncryptionConfig":{"Status":"ACTIVE","Type":"NONE"}})");
  const auto put = session.api("/PutEncryptionConfig", R"({"Type":"KMS","KeyId":"alias/mine"})");
  const std::string updating =
      R"({"EncryptionConfig":{"KeyId":"arn:aws:kms:us-east-1:000000000000:alias/mine","Status":"UPDATING","Type":"KMS"}})";
  EXPECT_EQ(put.reply.body, updating);
  EXPECT_EQ(session.api("/EncryptionConfig", "{}").reply.body, updating);
  session.advance(5);
  EXPECT_EQ(reply_of(session.api("/EncryptionConfig", "{}"))["EncryptionConfig"]["Status"], "ACTIVE");
  for (const auto* wrong : {R"({"Type":"KMS"})", R"({"Type":"NONE","KeyId":"k"})", R"({"Type":"AES"})", "{}"}) {
    EXPECT_EQ(type_of(session.api("/PutEncryptionConfig", wrong)), "InvalidRequestException") << wrong;
  }
  expect_proof(session);
}

TEST(TraceSegmentDestination, IsPendingAndThenActive) {
  Session session;
  EXPECT_EQ(session.api("/GetTraceSegmentDestination", "").reply.body, R"({"Destination":"XRay","Status":"ACTIVE"})");
  EXPECT_EQ(session.api("/UpdateTraceSegmentDestination", R"({"Destination":"CloudWatchLogs"})").reply.body,
            R"({"Destination":"CloudWatchLogs","Status":"PENDING"})");
  session.advance(5);
  EXPECT_EQ(session.api("/GetTraceSegmentDestination", "").reply.body,
            R"({"Destination":"CloudWatchLogs","Status":"ACTIVE"})");
  EXPECT_EQ(type_of(session.api("/UpdateTraceSegmentDestination", R"({"Destination":"S3"})")),
            "InvalidRequestException");
  expect_proof(session);
}

TEST(IndexingRule, KeepsItsPercentage) {
  Session session;
  EXPECT_EQ(reply_of(session.api("/GetIndexingRules",
                                 ""))["IndexingRules"][0]["Rule"]["Probabilistic"]["DesiredSamplingPercentage"],
            1.0);
  const auto updated = session.api("/UpdateIndexingRule",
                                   R"({"Name":"Default","Rule":{"Probabilistic":{"DesiredSamplingPercentage":12.5}}})");
  EXPECT_EQ(reply_of(updated)["IndexingRule"]["Rule"]["Probabilistic"]["ActualSamplingPercentage"], 12.5);
  EXPECT_EQ(reply_of(session.api("/GetIndexingRules", ""))["IndexingRules"][0], reply_of(updated)["IndexingRule"]);
  EXPECT_EQ(type_of(session.api("/UpdateIndexingRule",
                                R"({"Name":"x","Rule":{"Probabilistic":{"DesiredSamplingPercentage":1}}})")),
            "ResourceNotFoundException");
  EXPECT_EQ(type_of(session.api("/UpdateIndexingRule", R"({"Name":"Default","Rule":{}})")), "InvalidRequestException");
  expect_proof(session);
}

TEST(Insights, AreEmptyButValid) {
  Session session;
  const auto summaries = session.api("/InsightSummaries", R"({"StartTime":1,"EndTime":2,"States":["ACTIVE"]})");
  EXPECT_EQ(summaries.reply.body, R"({"InsightSummaries":[],"NextToken":null})");
  EXPECT_THAT(ids(summaries.findings), ElementsAre("xray.insight.none-are-made"));
  for (const auto* path : {"/Insight", "/InsightEvents", "/InsightImpactGraph"}) {
    const auto unknown = session.api(
        path, R"({"InsightId":"1b3ab8e5-a5d0-4b83-8f5e-5a5b7f3c9d10","StartTime":1,"EndTime":2,"MaxResults":5})");
    EXPECT_EQ(unknown.reply.status, 400) << path;
    EXPECT_THAT(ids(unknown.findings), ElementsAre("xray.insight.unknown")) << path;
    EXPECT_THAT(reply_of(session.api(path, R"({"InsightId":"x","StartTime":1,"EndTime":2})"))["Message"],
                HasSubstr("regular expression pattern"));
  }
  EXPECT_EQ(session.api("/InsightSummaries", R"({"StartTime":2,"EndTime":1})").reply.status, 400);
  EXPECT_EQ(session.api("/InsightSummaries", R"({"StartTime":0,"EndTime":2592001})").reply.status, 400);
}

TEST(SamplingStatisticSummaries, SumReportsByRuleAndWindow) {
  Session session;
  const auto report = [&](int requests) {
    const json body = {{"SamplingStatisticsDocuments",
                        {{{"RuleName", "Default"},
                          {"ClientID", std::string(24, 'c')},
                          {"Timestamp", start_s},
                          {"RequestCount", requests},
                          {"SampledCount", 1},
                          {"BorrowCount", 1}}}}};
    (void)session.call("/SamplingTargets", body.dump());
  };
  EXPECT_EQ(reply_of(session.call("/SamplingStatisticSummaries", ""))["SamplingStatisticSummaries"][0]["RequestCount"],
            0);
  report(3);
  report(4);
  session.advance(10);
  report(5);
  const auto rows = reply_of(session.call("/SamplingStatisticSummaries", "{}"))["SamplingStatisticSummaries"];
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0], json({{"BorrowCount", 2},
                           {"RequestCount", 7},
                           {"RuleName", "Default"},
                           {"SampledCount", 2},
                           {"Timestamp", static_cast<double>(start_s - start_s % 10)}}));
  EXPECT_EQ(rows[1]["RequestCount"], 5);
  expect_proof(session);
}

}  // namespace
}  // namespace understudy::xray
