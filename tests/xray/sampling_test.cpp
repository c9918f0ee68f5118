#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "tests/places.h"
#include "tests/xray/support.h"
#include "xray/names.h"

namespace understudy::xray {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view seeds_rule =
    R"({"SamplingRule":{"RuleName":"Cruddur","ResourceARN":"*","Priority":9000,"FixedRate":0.1,"ReservoirSize":5,)"
    R"("ServiceName":"backend-flask","ServiceType":"*","Host":"*","HTTPMethod":"*","URLPath":"*","Version":1}})";

constexpr std::string_view default_record =
    R"({"CreatedAt":0.0,"ModifiedAt":0.0,"SamplingRule":{"Attributes":{},"FixedRate":0.05,"HTTPMethod":"*","Host":"*",)"
    R"("Priority":10000,"ReservoirSize":1,"ResourceARN":"*",)"
    R"("RuleARN":"arn:aws:xray:us-east-1:000000000000:sampling-rule/Default","RuleName":"Default","ServiceName":"*",)"
    R"("ServiceType":"*","URLPath":"*","Version":1}})";

std::string rule_with(std::string_view change) {
  auto rule = json::parse(seeds_rule);
  rule["SamplingRule"].merge_patch(json::parse(change));
  return rule.dump();
}

std::string statistics(std::string_view rule, std::string_view client = "0123456789abcdef01234567") {
  return fmt::format(R"({{"SamplingStatisticsDocuments":[{{"RuleName":"{}","ClientID":"{}","RequestCount":3,)"
                     R"("SampledCount":2,"BorrowCount":1,"Timestamp":1795222516}}]}})",
                     rule, client);
}

std::string recorded(std::string_view name) {
  std::ifstream file(std::string(places::source) + "/tests/data/xray/" + std::string(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(GetSamplingRules, AlwaysHasTheDefaultRule) {
  Session session;
  for (const auto* body : {"", "{}", "{\"NextToken\": null}", "null"}) {
    const auto decision = session.call("/GetSamplingRules", body);
    EXPECT_EQ(decision.reply.status, 200);
    EXPECT_EQ(header(decision.reply, "Content-Type"), "application/json");
    EXPECT_NE(header(decision.reply, "x-amzn-RequestId"), "(absent)");
    EXPECT_EQ(decision.reply.body, fmt::format(R"({{"NextToken":null,"SamplingRuleRecords":[{}]}})", default_record));
    EXPECT_TRUE(decision.read);
    EXPECT_THAT(decision.effect, IsEmpty());
    EXPECT_THAT(decision.findings, IsEmpty());
  }
}

TEST(GetSamplingRules, AnswersWhatTheSdkReallySends) {
  for (const auto* version : {"2.11.0", "2.15.0"}) {
    Session session;
    const auto base = std::string("aws-xray-sdk-python-") + version;
    const auto decision = session.call("/GetSamplingRules", recorded(base + "-get-sampling-rules.bin"));
    EXPECT_EQ(decision.reply.status, 200);
    const auto targets = session.call("/SamplingTargets", recorded(base + "-sampling-targets.bin"));
    EXPECT_EQ(targets.reply.status, 200);
    EXPECT_EQ(json::parse(targets.reply.body)["SamplingTargetDocuments"].size(), 1u);
  }
}

TEST(CreateSamplingRule, AnswersAsRecorded) {
  Session session;
  const auto decision = session.api("/CreateSamplingRule", seeds_rule);
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_EQ(decision.reply.body,
            R"({"SamplingRuleRecord":{"CreatedAt":1795222504.0,"ModifiedAt":1795222504.0,"SamplingRule":{)"
            R"("Attributes":{},"FixedRate":0.1,"HTTPMethod":"*","Host":"*","Priority":9000,"ReservoirSize":5,)"
            R"("ResourceARN":"*","RuleARN":"arn:aws:xray:us-east-1:000000000000:sampling-rule/Cruddur",)"
            R"("RuleName":"Cruddur","ServiceName":"backend-flask","ServiceType":"*","URLPath":"*","Version":1}}})");
  EXPECT_THAT(decision.findings, IsEmpty());
}

TEST(CreateSamplingRule, ReachesTheSdksBehindTheDaemonLast) {
  Session session;
  (void)session.api("/CreateSamplingRule", seeds_rule);
  (void)session.api("/CreateSamplingRule", rule_with(R"({"RuleName":"second","Priority":1})"));
  const auto rules = json::parse(session.call("/GetSamplingRules", "{}").reply.body)["SamplingRuleRecords"];
  ASSERT_EQ(rules.size(), 3u);
  EXPECT_EQ(rules[0]["SamplingRule"]["RuleName"], "Default");
  EXPECT_EQ(rules[1]["SamplingRule"]["RuleName"], "Cruddur");
  EXPECT_EQ(rules[2]["SamplingRule"]["RuleName"], "second");
}

TEST(CreateSamplingRule, WritesIntegersAndDoublesAsGoNeedsThem) {
  Session session;
  const auto body = session.call("/CreateSamplingRule", rule_with(R"({"FixedRate":1,"Priority":9000.0})")).reply.body;
  EXPECT_THAT(body, HasSubstr("\"FixedRate\":1.0,"));
  EXPECT_THAT(body, HasSubstr("\"Priority\":9000,"));
}

TEST(CreateSamplingRule, TwiceIsRefused) {
  Session session;
  (void)session.api("/CreateSamplingRule", seeds_rule);
  const auto again = session.api("/CreateSamplingRule", seeds_rule);
  EXPECT_EQ(again.reply.status, 400);
  EXPECT_EQ(header(again.reply, "x-amzn-ErrorType"), "InvalidRequestException");
  EXPECT_EQ(again.reply.body, R"({"__type":"InvalidRequestException","Message":"Sampling rule already exists"})");
  EXPECT_THAT(ids(again.findings), ElementsAre("xray.rule.exists"));
  EXPECT_EQ(session.call("/CreateSamplingRule", rule_with(R"({"RuleName":"Default"})")).reply.status, 400);
}

TEST(CreateSamplingRule, InAnotherRegionThanTheDaemonsIsWarnedOf) {
  Session session;
  const auto decision = session.api("/CreateSamplingRule", seeds_rule, "ca-central-1");
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_THAT(ids(decision.findings), ElementsAre("xray.region.differs-from-daemon"));
  EXPECT_THAT(decision.findings[0].detail, HasSubstr("ca-central-1; the daemon: account 000000000000, us-east-1"));
  EXPECT_THAT(session.call("/GetSamplingRules", "{}").reply.body, Not(HasSubstr("Cruddur")));
}

TEST(CreateSamplingRule, InTheDaemonsConfiguredRegionArrives) {
  Session session;
  session.settings({{"daemon_region", "ca-central-1"}});
  EXPECT_THAT(session.api("/CreateSamplingRule", seeds_rule, "ca-central-1").findings, IsEmpty());
  EXPECT_THAT(session.call("/GetSamplingRules", "{}").reply.body,
              HasSubstr("arn:aws:xray:ca-central-1:000000000000:sampling-rule/Cruddur"));
}

struct Constraint {
  std::string_view change;
  std::string_view message;
};

class RuleConstraint : public ::testing::TestWithParam<Constraint> {};

TEST_P(RuleConstraint, IsHeld) {
  Session session;
  const auto decision = session.api("/CreateSamplingRule", rule_with(GetParam().change));
  EXPECT_EQ(decision.reply.status, 400);
  EXPECT_EQ(header(decision.reply, "x-amzn-ErrorType"), "InvalidRequestException");
  EXPECT_EQ(json::parse(decision.reply.body)["Message"], GetParam().message);
  EXPECT_THAT(ids(decision.findings), ElementsAre("xray.request.constraint"));
}

constexpr Constraint constraints[] = {
    {R"({"Priority":10000})",
     "1 validation error detected: Value '10000' at 'samplingRule.priority' failed to satisfy constraint: Member must "
     "have value less than or equal to 9999"},
    {R"({"Priority":0})",
     "1 validation error detected: Value '0' at 'samplingRule.priority' failed to satisfy constraint: Member must have "
     "value greater than or equal to 1"},
    {R"({"FixedRate":1.5})",
     "1 validation error detected: Value '1.5' at 'samplingRule.fixedRate' failed to satisfy constraint: Member must "
     "have value less than or equal to 1"},
    {R"({"ReservoirSize":-1})",
     "1 validation error detected: Value '-1' at 'samplingRule.reservoirSize' failed to satisfy constraint: Member "
     "must have value greater than or equal to 0"},
    {R"({"Version":0})",
     "1 validation error detected: Value '0' at 'samplingRule.version' failed to satisfy constraint: Member must have "
     "value greater than or equal to 1"},
    {R"({"ResourceARN":null,"Host":null})",
     "2 validation errors detected: Value null at 'samplingRule.resourceARN' failed to satisfy constraint: Member must "
     "not be null; Value null at 'samplingRule.host' failed to satisfy constraint: Member must not be null"},
    {R"({"HTTPMethod":"OPTIONS-LONG"})",
     "1 validation error detected: Value 'OPTIONS-LONG' at 'samplingRule.hTTPMethod' failed to satisfy constraint: "
     "Member must have length less than or equal to 10"},
    {R"({"RuleName":"123456789012345678901234567890123"})",
     "1 validation error detected: Value '123456789012345678901234567890123' at 'samplingRule.ruleName' failed to "
     "satisfy constraint: Member must have length less than or equal to 32"},
    {R"({"Attributes":{"k":""}})",
     "1 validation error detected: Value '' at 'samplingRule.attributes.k' failed to satisfy constraint: Member must "
     "have length greater than or equal to 1"},
};

INSTANTIATE_TEST_SUITE_P(CreateSamplingRule, RuleConstraint, ::testing::ValuesIn(constraints));

TEST(CreateSamplingRule, OfAWrongTypeOrNoJsonCannotBeRead) {
  Session session;
  for (const auto& body : {rule_with(R"({"Priority":"9000"})"), rule_with(R"({"Priority":1.5})"), std::string("{"),
                           std::string("[]"), std::string(R"({"SamplingRule":[]})")}) {
    const auto decision = session.api("/CreateSamplingRule", body);
    EXPECT_EQ(decision.reply.status, 400) << body;
    EXPECT_EQ(header(decision.reply, "x-amzn-ErrorType"), "SerializationException") << body;
    EXPECT_THAT(ids(decision.findings), ElementsAre("xray.request.unreadable")) << body;
  }
}

TEST(CreateSamplingRule, ThatSdksSkipIsWarnedOf) {
  Session session;
  for (const auto* change : {R"({"RuleName":"a","Attributes":{"k":"v"}})", R"({"RuleName":"b","Version":2})",
                             R"({"RuleName":"c","ResourceARN":"arn:aws:ecs:*"})"}) {
    EXPECT_THAT(ids(session.api("/CreateSamplingRule", rule_with(change)).findings),
                ElementsAre("xray.rule.skipped-by-sdks"))
        << change;
  }
  EXPECT_THAT(
      ids(session
              .api("/CreateSamplingRule",
                   rule_with(R"({"RuleName":"d","SamplingRateBoost":{"CooldownWindowMinutes":10,"MaxRate":0.5}})"))
              .findings),
      ElementsAre("xray.rule.rate-boost"));
  EXPECT_THAT(session.call("/GetSamplingRules", "").reply.body,
              HasSubstr(R"("SamplingRateBoost":{"CooldownWindowMinutes":10,"MaxRate":0.5})"));
}

TEST(CreateSamplingRule, BeyondTwentyFiveMeetsTheQuota) {
  Session session;
  for (int i = 0; i < 25; ++i) {
    const auto rule = rule_with(fmt::format(R"({{"RuleName":"rule{}"}})", i));
    ASSERT_EQ(session.api("/CreateSamplingRule", rule).reply.status, 200);
  }
  const auto decision = session.api("/CreateSamplingRule", rule_with(R"({"RuleName":"one too many"})"));
  EXPECT_EQ(decision.reply.status, 400);
  EXPECT_EQ(header(decision.reply, "x-amzn-ErrorType"), "RuleLimitExceededException");
  EXPECT_THAT(ids(decision.findings), ElementsAre("xray.rule.limit"));
}

TEST(UpdateSamplingRule, ChangesWhatIsGiven) {
  Session session;
  (void)session.api("/CreateSamplingRule", seeds_rule);
  session.advance(60);
  const auto decision = session.api(
      "/UpdateSamplingRule",
      R"({"SamplingRuleUpdate":{"RuleARN":"arn:aws:xray:us-east-1:000000000000:sampling-rule/Cruddur","FixedRate":0}})");
  EXPECT_EQ(decision.reply.status, 200);
  const auto record = json::parse(decision.reply.body)["SamplingRuleRecord"];
  EXPECT_EQ(record["CreatedAt"], 1795222504.0);
  EXPECT_EQ(record["ModifiedAt"], 1795222564.0);
  EXPECT_EQ(record["SamplingRule"]["FixedRate"], 0.0);
  EXPECT_EQ(record["SamplingRule"]["ReservoirSize"], 5);
  EXPECT_EQ(json::parse(session.call("/GetSamplingRules", "").reply.body)["SamplingRuleRecords"][1], record);
}

TEST(UpdateSamplingRule, OfDefaultTakesRateAndReservoirOnly) {
  Session session;
  EXPECT_EQ(session
                .api("/UpdateSamplingRule",
                     R"({"SamplingRuleUpdate":{"RuleName":"Default","FixedRate":1,"ReservoirSize":0}})")
                .reply.status,
            200);
  const auto refused =
      session.api("/UpdateSamplingRule", R"({"SamplingRuleUpdate":{"RuleName":"Default","Priority":5}})");
  EXPECT_EQ(refused.reply.status, 400);
  EXPECT_EQ(json::parse(refused.reply.body)["Message"], "Invalid update request for default sampling rule");
  EXPECT_THAT(ids(refused.findings), ElementsAre("xray.rule.default-is-fixed"));
}

TEST(DeleteSamplingRule, ReturnsTheRule) {
  Session session;
  (void)session.api("/CreateSamplingRule", seeds_rule);
  const auto decision = session.api("/DeleteSamplingRule", R"({"RuleName":"Cruddur"})");
  EXPECT_EQ(json::parse(decision.reply.body)["SamplingRuleRecord"]["SamplingRule"]["RuleName"], "Cruddur");
  EXPECT_THAT(session.call("/GetSamplingRules", "").reply.body, Not(HasSubstr("Cruddur")));
}

TEST(DeleteSamplingRule, OfAnUnknownRuleIsRefused) {
  Session session;
  for (const auto& [path, body] :
       {std::pair{"/DeleteSamplingRule", R"({"RuleName":"nobody"})"},
        std::pair{"/UpdateSamplingRule", R"({"SamplingRuleUpdate":{"RuleName":"nobody"}})"}}) {
    const auto decision = session.api(path, body);
    EXPECT_EQ(decision.reply.status, 400);
    EXPECT_EQ(json::parse(decision.reply.body)["Message"], "Sampling rule does not exist");
    EXPECT_THAT(ids(decision.findings), ElementsAre("xray.rule.unknown"));
  }
  EXPECT_THAT(ids(session.api("/DeleteSamplingRule", R"({"RuleName":"Default"})").findings),
              ElementsAre("xray.rule.default-is-fixed"));
}

TEST(SamplingTargets, AnswersInTheShapeThatEverySdkAccepts) {
  Session session;
  const auto decision = session.call("/SamplingTargets", statistics("Default"));
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_EQ(
      decision.reply.body,
      R"({"LastRuleModification":0.0,"SamplingTargetDocuments":[{"FixedRate":0.05,"Interval":10,)"
      R"("ReservoirQuota":1,"ReservoirQuotaTTL":1795222804.0,"RuleName":"Default"}],"UnprocessedStatistics":[]})");
  EXPECT_THAT(decision.findings, IsEmpty());
  EXPECT_FALSE(decision.read);
}

TEST(SamplingTargets, OfNoStatisticsAreRefusedWithoutBlame) {
  Session session;
  const auto decision = session.call("/SamplingTargets", "{}");
  EXPECT_EQ(decision.reply.status, 400);
  EXPECT_THAT(ids(decision.findings), ElementsAre("xray.statistics.none"));
  EXPECT_THAT(ids(session.call("/SamplingTargets", R"({"Other":1})").findings), ElementsAre("xray.request.constraint"));
}

TEST(SamplingTargets, SharesTheReservoirAmongLiveClients) {
  Session session;
  (void)session.api("/CreateSamplingRule", seeds_rule);
  const auto quota = [&](std::string_view client) {
    const auto body = session.call("/SamplingTargets", statistics("Cruddur", client)).reply.body;
    return json::parse(body)["SamplingTargetDocuments"][0]["ReservoirQuota"].get<int>();
  };
  EXPECT_EQ(quota("client-1................"), 5);
  EXPECT_EQ(quota("client-2................"), 2);
  EXPECT_EQ(quota("client-1................"), 2);
  for (const auto* client : {"3", "4", "5", "6", "7"}) {
    EXPECT_GE(quota(client + std::string(23, '.')), 1);
  }
  session.advance(30);
  EXPECT_EQ(quota("client-1................"), 5) << "the others are silent for 30 s";
}

TEST(SamplingTargets, GivesNoQuotaOfAnEmptyReservoir) {
  Session session;
  (void)session.api("/CreateSamplingRule", rule_with(R"({"ReservoirSize":0,"FixedRate":0})"));
  const auto targets = json::parse(session.call("/SamplingTargets", statistics("Cruddur")).reply.body);
  EXPECT_EQ(targets["SamplingTargetDocuments"][0]["ReservoirQuota"], 0);
  EXPECT_EQ(targets["SamplingTargetDocuments"][0]["FixedRate"], 0.0);
}

TEST(SamplingTargets, SaysThatRulesChangedWithinTheSameSecond) {
  Session session;
  session.advance(0.8);
  (void)session.api("/CreateSamplingRule", seeds_rule);
  EXPECT_THAT(session.call("/SamplingTargets", statistics("Default")).reply.body,
              HasSubstr("\"LastRuleModification\":1795222505.0"));
  session.advance(10);
  (void)session.api("/DeleteSamplingRule", R"({"RuleName":"Cruddur"})");
  EXPECT_THAT(session.call("/SamplingTargets", statistics("Default")).reply.body,
              HasSubstr("\"LastRuleModification\":1795222515.0"));
}

TEST(SamplingTargets, ExpiresByRealTimeWhateverTheVendorsClockShows) {
  Session session;
  session.moment.vendor_ns = 0;
  EXPECT_THAT(session.call("/SamplingTargets", statistics("Default")).reply.body,
              HasSubstr("\"ReservoirQuotaTTL\":1795222804.0"));
}

TEST(SamplingTargets, ReturnsStatisticsOfUnknownRules) {
  Session session;
  const auto decision = session.call("/SamplingTargets", statistics("deleted"));
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_EQ(decision.reply.body,
            R"({"LastRuleModification":0.0,"SamplingTargetDocuments":[],"UnprocessedStatistics":[)"
            R"({"ErrorCode":"404","Message":"Sampling rule does not exist","RuleName":"deleted"}]})");
  EXPECT_THAT(ids(decision.findings), ElementsAre("xray.statistics.unprocessed"));
}

TEST(SamplingTargets, TakesStatisticsWithoutSampledCount) {
  Session session;
  const auto decision =
      session.call("/SamplingTargets",
                   R"({"SamplingStatisticsDocuments":[{"RuleName":"Default","ClientID":"0123456789abcdef01234567",)"
                   R"("RequestCount":3,"SampleCount":2,"BorrowCount":1,"Timestamp":1795222516}]})");
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_THAT(ids(decision.findings), ElementsAre("xray.statistics.without-sampled-count"));
}

TEST(SamplingTargets, ReturnsStatisticsThatAreTooOld) {
  Session session;
  session.advance(3600 + 12);
  EXPECT_THAT(session.call("/SamplingTargets", statistics("Default")).findings, IsEmpty());
  session.advance(1);
  const auto decision = session.call("/SamplingTargets", statistics("Default"));
  EXPECT_EQ(
      json::parse(decision.reply.body)["UnprocessedStatistics"],
      json::array({json{
          {"ErrorCode", "400"}, {"Message", "Sampling statistics document is too old"}, {"RuleName", "Default"}}}));
  EXPECT_THAT(ids(decision.findings), ElementsAre("xray.statistics.too-old"));
  auto in_milliseconds = json::parse(statistics("Default"));
  in_milliseconds["SamplingStatisticsDocuments"][0]["Timestamp"] = (start_s + 3600) * 1000;
  EXPECT_THAT(session.call("/SamplingTargets", in_milliseconds.dump()).findings, IsEmpty()) << "as Java sends it";
}

TEST(SamplingTargets, TakesStatisticsOfBoostsAsAdotSendsThem) {
  Session session;
  auto body = json::parse(statistics("Default"));
  const json boost = {{"RuleName", "Default"}, {"ServiceName", "backend"}, {"Timestamp", 1795222516},
                      {"AnomalyCount", 1},     {"TotalCount", 3},          {"SampledAnomalyCount", 1}};
  EXPECT_FALSE(
      json::parse(session.call("/SamplingTargets", body.dump()).reply.body).contains("UnprocessedBoostStatistics"))
      << "OpenTelemetry's contrib sampler for Python loses an answer with this member";
  body["SamplingBoostStatisticsDocuments"] = json::array({boost});
  const auto taken = session.call("/SamplingTargets", body.dump());
  EXPECT_EQ(json::parse(taken.reply.body)["UnprocessedBoostStatistics"], json::array());
  EXPECT_THAT(taken.findings, IsEmpty());
  body["SamplingBoostStatisticsDocuments"][0]["ClientID"] = std::string(24, 'c');
  EXPECT_THAT(ids(session.call("/SamplingTargets", body.dump()).findings),
              ElementsAre("xray.sdk.adot-client-in-boost"));
  body["SamplingBoostStatisticsDocuments"][0] = boost;
  body["SamplingBoostStatisticsDocuments"][0]["RuleName"] = "deleted";
  EXPECT_EQ(json::parse(session.call("/SamplingTargets", body.dump()).reply.body)["UnprocessedBoostStatistics"].size(),
            1u);
  body["SamplingBoostStatisticsDocuments"][0].erase("TotalCount");
  EXPECT_THAT(session.call("/SamplingTargets", body.dump()).reply.body,
              HasSubstr("samplingBoostStatisticsDocuments.1.member.totalCount"));
}

TEST(SamplingTargets, HoldsTheModel) {
  Session session;
  EXPECT_EQ(session.call("/SamplingTargets", "{}").reply.status, 400);
  EXPECT_THAT(session.call("/SamplingTargets", statistics("Default", "short")).reply.body,
              HasSubstr("Value 'short' at 'samplingStatisticsDocuments.1.member.clientID' failed"));
  auto many = json::parse(statistics("Default"));
  for (int i = 0; i < 25; ++i) {
    many["SamplingStatisticsDocuments"].push_back(json(many["SamplingStatisticsDocuments"][0]));
  }
  EXPECT_THAT(session.call("/SamplingTargets", many.dump()).reply.body, HasSubstr("less than or equal to 25"));
}

TEST(SamplingRecords, AreTheMembersAsSent) {
  Session session;
  (void)session.send("xray", "/GetSamplingRules", "{}", "User-Agent: Botocore/1.44.5\r\n");
  (void)session.api("/CreateSamplingRule", seeds_rule);
  (void)session.call("/SamplingTargets", statistics("Cruddur"));
  (void)session.api("/CreateSamplingRule", seeds_rule);  // refused: no record
  (void)session.api("/DeleteSamplingRule",
                    R"({"RuleARN":"arn:aws:xray:us-east-1:123456789012:sampling-rule/Cruddur"})");
  const auto records = session.records();
  ASSERT_EQ(records.size(), 4u);
  EXPECT_EQ(records[0].kind, "sampling_request");
  EXPECT_EQ(records[0].fields.dump(),
            R"({"operation":"GetSamplingRules","door":"xray","user_agent":"Botocore/1.44.5"})");
  EXPECT_EQ(records[1].kind, "sampling_rule");
  EXPECT_EQ(records[1].fields, nlohmann::ordered_json::parse(seeds_rule)["SamplingRule"]);
  EXPECT_EQ(records[2].kind, "sampling_statistics");
  EXPECT_EQ(records[2].fields, nlohmann::ordered_json::parse(statistics("Cruddur"))["SamplingStatisticsDocuments"][0]);
  EXPECT_EQ(records[2].time_ns, 1'795'222'516'000'000'000);
  EXPECT_EQ(records[3].kind, "sampling_rule_deleted");
  EXPECT_EQ(records[3].fields.dump(), R"({"RuleName":"Cruddur"})");
}

TEST(SamplingState, FoldsToWhatIsLive) {
  Session session;
  (void)session.api("/CreateSamplingRule", seeds_rule);
  (void)session.api("/CreateSamplingRule",
                    rule_with(R"({"RuleName":"x","SamplingRateBoost":{"CooldownWindowMinutes":10,"MaxRate":0.5}})"));
  session.advance(1.5);
  (void)session.api("/UpdateSamplingRule", R"({"SamplingRuleUpdate":{"RuleName":"Cruddur","FixedRate":1}})");
  (void)session.call("/SamplingTargets", statistics("Cruddur"));
  (void)session.api("/DeleteSamplingRule", R"({"RuleName":"x"})");
  (void)session.api("/CreateSamplingRule", seeds_rule, "eu-west-1");
  EXPECT_THAT(session.live(), HasSubstr("\"requests\": 3"));
  EXPECT_EQ(session.folded(), session.live());
  EXPECT_TRUE(session.decided_again_alike);
}

TEST(Wildcard, MatchesAsTheSdksDo) {
  EXPECT_TRUE(matches_wildcard("*", ""));
  EXPECT_TRUE(matches_wildcard("Backend-*", "backend-flask"));
  EXPECT_TRUE(matches_wildcard("b?ckend*k", "backend-flask"));
  EXPECT_TRUE(matches_wildcard("*a*b*", "xxaxbxabx"));
  EXPECT_FALSE(matches_wildcard("backend", "backend-flask"));
  EXPECT_FALSE(matches_wildcard("?", ""));
  EXPECT_FALSE(matches_wildcard("", "x"));
}

}  // namespace
}  // namespace understudy::xray
