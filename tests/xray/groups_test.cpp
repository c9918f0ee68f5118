#include "xray/groups.h"

#include <gmock/gmock.h>

#include "tests/xray/support.h"

namespace understudy::xray {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

constexpr std::string_view seeds_group =
    R"({"GroupName":"Cruddur","FilterExpression":"service(\"backend-flask\") {fault OR error}"})";

TEST(CreateGroup, AnswersAsRecorded) {
  Session session;
  const auto decision = session.api("/CreateGroup", seeds_group);
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_THAT(decision.reply.body,
              MatchesRegex(R"(\{"Group":\{"FilterExpression":"service\(\\"backend-flask\\"\) \{fault OR error\}",)"
                           R"("GroupARN":"arn:aws:xray:us-east-1:000000000000:group/Cruddur/[A-Z2-7]{51}[AQ]",)"
                           R"("GroupName":"Cruddur",)"
                           R"("InsightsConfiguration":\{"InsightsEnabled":false,"NotificationsEnabled":false\}\}\})"));
  EXPECT_THAT(decision.findings, IsEmpty());
}

TEST(CreateGroup, TwiceIsRefused) {
  Session session;
  (void)session.api("/CreateGroup", seeds_group);
  const auto again = session.api("/CreateGroup", seeds_group);
  EXPECT_EQ(again.reply.status, 400);
  EXPECT_EQ(again.reply.body, R"({"__type":"InvalidRequestException","Message":"Group Cruddur already exists"})");
  EXPECT_THAT(ids(again.findings), ElementsAre("xray.group.exists"));
  EXPECT_EQ(session.api("/CreateGroup", seeds_group, "eu-west-1").reply.status, 200) << "another region";
}

TEST(CreateGroup, OfTheReservedNameIsRefused) {
  Session session;
  for (const auto* name : {"Default", "default"}) {
    const auto decision = session.api("/CreateGroup", json{{"GroupName", name}}.dump());
    EXPECT_EQ(decision.reply.status, 400);
    EXPECT_THAT(ids(decision.findings), ElementsAre("xray.group.reserved-name"));
  }
}

TEST(CreateGroup, HoldsTheModel) {
  Session session;
  EXPECT_THAT(session.api("/CreateGroup", "{}").reply.body, HasSubstr("Value null at 'groupName' failed"));
  EXPECT_THAT(session.api("/CreateGroup", json{{"GroupName", std::string(33, 'g')}}.dump()).reply.body,
              HasSubstr("Member must have length less than or equal to 32"));
  EXPECT_EQ(
      header(session.api("/CreateGroup", R"({"GroupName":"g","InsightsConfiguration":{"InsightsEnabled":1}})").reply,
             "x-amzn-ErrorType"),
      "SerializationException");
}

TEST(CreateGroup, NamesWhatAShellLeftOfTheFilter) {
  Session session;
  int i = 0;
  for (const auto* filter :
       {R"(service("-flask"))", "service(backend-flask)", R"(service("https://4567-x"))", R"(service("${NAME}"))"}) {
    const auto body = json{{"GroupName", fmt::format("g{}", i++)}, {"FilterExpression", filter}}.dump();
    EXPECT_THAT(ids(session.api("/CreateGroup", body).findings), ElementsAre("xray.group.filter-shell-expansion"))
        << filter;
  }
}

TEST(CreateGroup, WithAFilterThatCannotBeReadIsRefused) {
  Session session;
  const auto decision = session.api("/CreateGroup", R"({"GroupName":"g","FilterExpression":"service(\"a\") {fault"})");
  EXPECT_EQ(decision.reply.status, 400);
  EXPECT_THAT(decision.reply.body, HasSubstr("line 1, column 20: expected a closing brace"));
  EXPECT_THAT(ids(decision.findings), ElementsAre("xray.filter.unreadable"));
  EXPECT_EQ(json::parse(session.api("/Groups", "{}").reply.body)["Groups"].size(), 1u);
  (void)session.api("/CreateGroup", seeds_group);
  const auto update = session.api("/UpdateGroup", R"({"GroupName":"Cruddur","FilterExpression":"faulty"})");
  EXPECT_EQ(update.reply.status, 400);
}

TEST(CreateGroup, BeyondTheQuotaIsNoted) {
  Session session;
  for (int i = 0; i < 25; ++i) {
    EXPECT_THAT(session.api("/CreateGroup", json{{"GroupName", fmt::format("g{}", i)}}.dump()).findings, IsEmpty());
  }
  EXPECT_THAT(ids(session.api("/CreateGroup", R"({"GroupName":"last"})").findings), ElementsAre("xray.group.limit"));
}

TEST(GetGroups, HasTheDefaultGroup) {
  Session session;
  (void)session.api("/CreateGroup", seeds_group);
  const auto decision = session.api("/Groups", "{}");
  EXPECT_TRUE(decision.read);
  const auto reply = json::parse(decision.reply.body);
  EXPECT_EQ(reply["NextToken"], nullptr);
  ASSERT_EQ(reply["Groups"].size(), 2u);
  EXPECT_EQ(reply["Groups"][0]["GroupName"], "Default");
  EXPECT_FALSE(reply["Groups"][0].contains("FilterExpression"));
  EXPECT_EQ(reply["Groups"][0]["GroupARN"].get<std::string>().size(),
            std::string_view("arn:aws:xray:us-east-1:000000000000:group/Default/").size() + 52);
  EXPECT_EQ(reply["Groups"][1]["FilterExpression"], "service(\"backend-flask\") {fault OR error}");
  EXPECT_EQ(session.api("/Groups", "").reply.body, decision.reply.body);
}

TEST(Group, IsFoundByNameAndArnChangedAndDeleted) {
  Session session;
  const auto made = json::parse(session.api("/CreateGroup", seeds_group).reply.body)["Group"];
  const auto by_arn = json{{"GroupARN", made["GroupARN"]}}.dump();
  EXPECT_EQ(json::parse(session.api("/GetGroup", by_arn).reply.body)["Group"], made);
  const auto changed = session.api(
      "/UpdateGroup",
      R"({"GroupName":"Cruddur","FilterExpression":"fault","InsightsConfiguration":{"InsightsEnabled":true}})");
  const auto group = json::parse(changed.reply.body)["Group"];
  EXPECT_EQ(group["FilterExpression"], "fault");
  EXPECT_EQ(group["GroupARN"], made["GroupARN"]);
  EXPECT_EQ(group["InsightsConfiguration"]["InsightsEnabled"], true);
  EXPECT_EQ(session.api("/DeleteGroup", by_arn).reply.body, "{}");
  for (const auto* path : {"/GetGroup", "/UpdateGroup", "/DeleteGroup"}) {
    const auto decision = session.api(path, R"({"GroupName":"Cruddur"})");
    EXPECT_EQ(decision.reply.status, 400);
    EXPECT_EQ(json::parse(decision.reply.body)["Message"], "Group not found");
    EXPECT_THAT(ids(decision.findings), ElementsAre("xray.group.unknown"));
  }
  EXPECT_EQ(session.folded(), session.live());
  EXPECT_TRUE(session.decided_again_alike);
}

TEST(Group, RecordIsTheMembersAsSent) {
  Session session;
  (void)session.api("/CreateGroup", seeds_group);
  (void)session.api("/Groups", "{}");
  const auto records = session.records();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].kind, "group");
  EXPECT_EQ(records[0].fields, nlohmann::ordered_json::parse(seeds_group));
}

TEST(Filter, NamesItsServices) {
  const auto names = [](std::string_view filter) {
    std::vector<std::string> all;
    for (const auto& service : services_of_filter(filter)) all.emplace_back(service.name);
    return all;
  };
  EXPECT_THAT(names(R"(service("a") { fault } AND !service( "b c" ))"), ElementsAre("a", "b c"));
  EXPECT_THAT(names("service() { fault }"), ElementsAre(""));
  EXPECT_THAT(names(R"(service(id(name: "f", type: "AWS::Lambda::Function")))"), IsEmpty());
  EXPECT_THAT(names("service("), ElementsAre(""));
  EXPECT_THAT(names("fault"), IsEmpty());
}

}  // namespace
}  // namespace understudy::xray
