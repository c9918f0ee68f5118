#include <gmock/gmock.h>

#include "tests/xray/support.h"

namespace understudy::xray {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

json segment(std::string_view name = "backend-flask", std::string_view id = "c1323c773d79457e") {
  return {{"id", id},
          {"name", name},
          {"start_time", 1795222504.6},
          {"end_time", 1795222504.7},
          {"http", {{"request", {{"method", "GET"}}}}},
          {"trace_id", "1-6b00ebe8-c09045740abe454752beac88"}};
}

json subsegment(std::string_view id, std::string_view parent) {
  auto document = segment("db", id);
  document["type"] = "subsegment";
  document["parent_id"] = parent;
  return document;
}

void send(Session& session, const json& document) {
  (void)session.datagram("{\"format\":\"json\",\"version\":1}\n" + document.dump());
}

void create_rule(Session& session, std::string_view service) {
  (void)session.api("/CreateSamplingRule", json{{"SamplingRule",
                                                 {{"RuleName", "Cruddur"},
                                                  {"ResourceARN", "*"},
                                                  {"Priority", 9000},
                                                  {"FixedRate", 0.1},
                                                  {"ReservoirSize", 5},
                                                  {"ServiceName", service},
                                                  {"ServiceType", "*"},
                                                  {"Host", "*"},
                                                  {"HTTPMethod", "*"},
                                                  {"URLPath", "*"},
                                                  {"Version", 1}}}}
                                               .dump());
}

void create_group(Session& session, std::string_view filter) {
  (void)session.api("/CreateGroup", json{{"GroupName", "Cruddur"}, {"FilterExpression", filter}}.dump());
}

TEST(Derived, NothingOfASegmentWithItsSubsegments) {
  Session session;
  send(session, subsegment("1111111111111111", "2222222222222222"));  // arrives before its parents
  send(session, subsegment("2222222222222222", "3333333333333333"));
  auto parent = segment();
  parent["subsegments"] = json::array({subsegment("3333333333333333", "c1323c773d79457e")});
  send(session, parent);
  EXPECT_THAT(session.derived(), IsEmpty());
}

TEST(Derived, SubsegmentWithoutItsSegment) {
  Session session;
  send(session, subsegment("1111111111111111", "2222222222222222"));
  const auto derived = session.derived();
  ASSERT_THAT(ids(derived), ElementsAre("xray.subsegment.without-segment"));
  EXPECT_EQ(derived[0].entry, 1u);
  EXPECT_EQ(derived[0].finding.detail,
            "subsegment db of trace 1-6b00ebe8-c09045740abe454752beac88: parent 2222222222222222 never came");
}

TEST(Derived, SegmentNeverClosed) {
  Session session;
  auto open = segment();
  open.erase("end_time");
  open["in_progress"] = true;
  send(session, open);
  EXPECT_THAT(ids(session.derived()), ElementsAre("xray.segment.never-closed"));
  send(session, segment());
  EXPECT_THAT(session.derived(), IsEmpty());
}

TEST(Derived, RuleThatMatchesNoSegmentName) {
  Session session;
  create_rule(session, "backend-flask");
  EXPECT_THAT(session.derived(), IsEmpty()) << "nothing came yet to compare with";
  send(session, segment("localhost:4567"));
  send(session, segment("blackend-flask", "1111111111111111"));
  const auto derived = session.derived();
  ASSERT_THAT(ids(derived), ElementsAre("xray.rule.never-matched"));
  EXPECT_EQ(derived[0].finding.place, "rule Cruddur");
  EXPECT_EQ(derived[0].finding.detail,
            "ServiceName backend-flask; nearest: blackend-flask (1 segments); also: localhost:4567");
  send(session, segment("BACKEND-flask", "2222222222222222"));
  EXPECT_THAT(ids(session.derived()), ElementsAre("xray.rule.case-differs")) << "X-Ray SDKs match without case";
}

TEST(Derived, GroupThatMatchesNoSegmentName) {
  Session session;
  create_group(session, R"(service("backend-flask") {fault OR error})");
  send(session, segment("Cruddur"));
  EXPECT_THAT(ids(session.derived()), ElementsAre("xray.group.matches-nothing"));
  send(session, segment("backend-flask", "1111111111111111"));
  EXPECT_THAT(session.derived(), IsEmpty());
}

TEST(Derived, NothingOfRulesAndGroupsThatWereDeleted) {
  Session session;
  send(session, segment("Cruddur"));
  create_rule(session, "backend-flask");
  create_group(session, R"(service("backend-flask"))");
  ASSERT_THAT(ids(session.derived()), ElementsAre("xray.rule.never-matched", "xray.group.matches-nothing"));
  const auto group = json::parse(session.api("/GetGroup", R"({"GroupName":"Cruddur"})").reply.body)["Group"];
  (void)session.api("/DeleteGroup", json{{"GroupARN", group["GroupARN"]}}.dump());
  (void)session.api("/DeleteSamplingRule",
                    R"({"RuleARN":"arn:aws:xray:us-east-1:123456789012:sampling-rule/Cruddur"})");
  EXPECT_THAT(session.derived(), IsEmpty());
  create_rule(session, "Cruddur");
  create_group(session, R"(service("Cruddur"))");
  EXPECT_THAT(session.derived(), IsEmpty()) << "made again, and sound";
}

TEST(Derived, RuleAndGroupThatWereChangedByArn) {
  Session session;
  send(session, segment("Cruddur"));
  create_rule(session, "Cruddur");
  create_group(session, R"(service("Cruddur"))");
  const auto group = json::parse(session.api("/GetGroup", R"({"GroupName":"Cruddur"})").reply.body)["Group"];
  const json arn = {{"GroupARN", group["GroupARN"]}, {"FilterExpression", R"(service("backend"))"}};
  (void)session.api("/UpdateGroup", arn.dump());
  (void)session.api(
      "/UpdateSamplingRule",
      R"({"SamplingRuleUpdate":{"RuleARN":"arn:aws:xray:us-east-1:123456789012:sampling-rule/Cruddur","ServiceName":"x"}})");
  const auto derived = session.derived();
  ASSERT_THAT(ids(derived), ElementsAre("xray.rule.never-matched", "xray.group.matches-nothing"));
  EXPECT_EQ(derived[1].finding.place, "group Cruddur");
  (void)session.api("/UpdateGroup", R"({"GroupName":"Cruddur","InsightsConfiguration":{"InsightsEnabled":true}})");
  EXPECT_THAT(ids(session.derived()), ElementsAre("xray.rule.never-matched", "xray.group.matches-nothing"))
      << "the filter is as it was";
}

TEST(Derived, SegmentWithoutHttpBesideThoseWithIt) {
  Session session;
  auto by_hand = segment("user_activities", "1111111111111111");
  by_hand.erase("http");
  send(session, by_hand);
  EXPECT_THAT(session.derived(), IsEmpty()) << "scripts have no http block at all";
  send(session, segment());
  EXPECT_THAT(ids(session.derived()), ElementsAre("xray.segment.without-http"));
}

TEST(Derived, RulesNeverFetched) {
  Session session;
  auto document = segment();
  document["aws"] = {{"xray", {{"sdk", "X-Ray for Python"}}}};
  send(session, document);
  EXPECT_THAT(ids(session.derived()), ElementsAre("xray.sampling.rules-never-fetched"));
  (void)session.call("/GetSamplingRules", "{}");
  EXPECT_THAT(ids(session.derived()), ElementsAre("xray.sampling.before-rules"));
}

class SampledButNoSegments : public ::testing::TestWithParam<std::string> {};

TEST_P(SampledButNoSegments, AreFound) {
  Session session;
  const auto report = [](int sampled) {
    return json{{"SamplingStatisticsDocuments",
                 {{{"RuleName", "Default"},
                   {"ClientID", std::string(24, 'c')},
                   {"RequestCount", 3},
                   {GetParam(), sampled},
                   {"BorrowCount", 0},
                   {"Timestamp", 1795222516}}}}}
        .dump();
  };
  (void)session.call("/SamplingTargets", report(0));
  EXPECT_THAT(ids(session.derived()), ElementsAre("xray.sampling.rate"));
  (void)session.call("/SamplingTargets", report(2));
  const auto derived = session.derived();
  ASSERT_THAT(ids(derived), ElementsAre("xray.sampling.sampled-but-no-segments", "xray.sampling.rate"));
  EXPECT_EQ(derived[0].entry, 2u);
}

// As X-Ray's SDKs spell it, and as OpenTelemetry's samplers for Python do.
INSTANTIATE_TEST_SUITE_P(Derived, SampledButNoSegments, ::testing::Values("SampledCount", "SampleCount"));

}  // namespace
}  // namespace understudy::xray
