// Findings that are computed from whole items, and the table that all of them come from.
#include <gmock/gmock.h>

#include <set>

#include "rollbar/secrets.h"
#include "tests/rollbar/door.h"

namespace understudy::rollbar {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

std::vector<std::string> told(const Door& door) {
  std::vector<std::string> texts;
  for (const auto& [finding, entry] : door.derived()) {
    // Of nearly every item here; it has its own test.
    if (finding.id != "rollbar.item.below-error") texts.push_back(finding.id + " at " + finding.place);
  }
  return texts;
}

Sent with_member(std::string_view member) {
  return item(R"({"data":{"environment":"e","body":{"message":{"body":"x"}},)" + std::string(member) + "}}");
}

TEST(RollbarFindings, OldPyrollbarLosesTheRequest) {
  Door old, current;
  old.send_recorded("pyrollbar-0.16.3-exception");
  EXPECT_THAT(told(old), ElementsAre("rollbar.item.request-missing at data.request"));
  current.send_recorded("pyrollbar-1.5.0-exception");
  EXPECT_THAT(told(current), Not(Contains("rollbar.item.request-missing at data.request")));
  Door outside;  // of any request: report_exc_info() in a script that imports rollbar.contrib.flask
  outside.send(item(R"({"data":{"environment":"e","framework":"flask","notifier":{"name":"pyrollbar",)"
                    R"("version":"0.16.3"},"body":{"trace":{"frames":[],"exception":{"class":"E"}}}}})"));
  EXPECT_THAT(told(outside), IsEmpty());
  Door message;
  message.send_recorded("pyrollbar-0.16.3-message");
  EXPECT_THAT(told(message), IsEmpty());
}

TEST(RollbarFindings, UserIp) {
  const std::pair<std::string, bool> table[] = {
      {"10.0.0.1", false},          {"$remote_ip", false}, {"", false}, {"$remote_ip_anonymize", false},
      {"10.0.0.1, 10.0.0.2", true}, {"::1", true}};
  for (const auto& [address, is_found] : table) {
    Door door;
    door.send(with_member(R"("request":{"user_ip":")" + address + "\"}"));
    EXPECT_EQ(!told(door).empty(), is_found) << address;
  }
}

TEST(RollbarFindings, Failsafe) {
  Door door;
  door.send(with_member(R"("failsafe":true,"custom":{"orig_uuid":"u-1"})"));
  ASSERT_THAT(told(door), ElementsAre("rollbar.item.failsafe at data.failsafe"));
  EXPECT_EQ(door.derived()[0].finding.detail, "u-1");
}

TEST(RollbarFindings, KeysNamedLikeSecrets) {
  Door door;
  door.send(with_member(R"("request":{"headers":{"Cookie":"sid=SECRET","X-Honeycomb-Team":"SECRET","Accept":"a",
      "Authorization":"******"}},"custom":{"list":[{"db_password":"SECRET"}],"token":5,"secret":null,"apiKey":"",
      "password":"-----","passwd":"[FILTERED]","secret_key":"%5BFILTERED%5D","old_token":"xxxxxxxx"})"));
  EXPECT_THAT(told(door), UnorderedElementsAre("rollbar.secret.unmasked-key at data.request.headers.Cookie",
                                               "rollbar.secret.unmasked-key at data.request.headers.X-Honeycomb-Team",
                                               "rollbar.secret.unmasked-key at data.custom.list[0].db_password",
                                               "rollbar.secret.unmasked-key at data.custom.token"));
  for (const auto& [finding, entry] : door.derived()) EXPECT_THAT(finding.detail, Not(HasSubstr("SECRET")));
}

// rollbar-gem sends cookies and session as objects.
TEST(RollbarFindings, WhatStandsWithinASecret) {
  Door door;
  door.send(with_member(R"("request":{"cookies":{"sid":"SECRET","empty":"","masked":"******"},"session":{"user":
      {"id":5}},"headers":{"Set-Cookie":["a=SECRET"]}})"));
  EXPECT_THAT(told(door), UnorderedElementsAre("rollbar.secret.unmasked-key at data.request.cookies.sid",
                                               "rollbar.secret.unmasked-key at data.request.session.user.id",
                                               "rollbar.secret.unmasked-key at data.request.headers.Set-Cookie[0]"));
}

TEST(RollbarFindings, LevelsThatAFilteredListHides) {
  Door errors;
  errors.send(item(R"({"data":{"environment":"e","body":{"trace":{"frames":[],"exception":{"class":"E"}}}}})"));
  EXPECT_THAT(errors.derived(), IsEmpty());
  Door door;
  door.send(with_member(R"("level":"critical")"));
  door.send({});  // a warning
  door.send(with_member(R"("custom":{})"));
  const auto all = door.derived();
  ASSERT_EQ(all.size(), 1U);
  const auto& [finding, entry] = all[0];
  EXPECT_EQ(finding.id, "rollbar.item.below-error");
  EXPECT_EQ(finding.detail, "1 critical, 0 error, 1 warning, 1 info, 0 debug");
  EXPECT_EQ(entry, 1U);
}

TEST(RollbarFindings, EnvironmentsThatAreOneSlipApart) {
  const auto of = [](std::string_view environment) {
    return item(R"({"data":{"environment":")" + std::string(environment) + R"(","body":{"message":{"body":"x"}}}})");
  };
  Door door;
  for (const std::string_view name : {"production", "production", "prodution", "staging", "stage1", "stage2"}) {
    door.send(of(name));
  }
  ASSERT_THAT(told(door), ElementsAre("rollbar.environment.near-miss at data.environment"));
  EXPECT_EQ(door.derived()[1].finding.detail, "\"prodution\" (1 times) and \"production\" (2 times)");
  EXPECT_EQ(door.derived()[1].entry, 2U);
  Door by_case;
  by_case.send(of("Dev")), by_case.send(of("dev"));
  EXPECT_THAT(told(by_case), ElementsAre("rollbar.environment.near-miss at data.environment"));
}

TEST(RollbarFindings, MessagesThatMakeAnItemEach) {
  constexpr std::string_view names[] = {"ada", "bob", "cho", "dan", "eva", "fay", "gus", "hal", "ida", "jan"};
  const auto of = [](std::string_view text, std::string_view more = "") {
    return item(R"({"data":{"environment":"e",)" + std::string(more) + R"("body":{"message":{"body":")" +
                std::string(text) + "\"}}}}");
  };
  Door door, numbers, fingerprints;
  for (const std::string_view name : names) {
    if (name == "jan") {
      EXPECT_THAT(told(door), IsEmpty());
    }
    door.send(of("user " + std::string(name) + " is not there"));
    numbers.send(of("user " + std::to_string(name[0] * 100) + " is not there"));  // data does not count in groups
    fingerprints.send(of("same", "\"fingerprint\":\"" + std::string(name) + "\","));
  }
  ASSERT_THAT(told(door), ElementsAre("rollbar.item.one-item-each at data.body.message.body"));
  EXPECT_EQ(door.derived()[1].finding.detail, "10 items of \"user * is not there\"");
  EXPECT_THAT(told(numbers), IsEmpty());
  EXPECT_THAT(told(fingerprints), ElementsAre("rollbar.item.one-item-each at data.fingerprint"));
}

TEST(RollbarFindings, TheDeployBeforeANewError) {
  const auto error = [](std::string_view name) {
    return item(R"({"data":{"environment":"e","body":{"trace":{"frames":[],"exception":{"class":")" +
                std::string(name) + "\"}}}}}");
  };
  Door door;
  door.send(error("Old"));
  door.send({.target = "/api/1/deploy/", .body = R"({"environment":"e","revision":"abc"})"});
  door.send(error("Old"));
  EXPECT_THAT(told(door), IsEmpty());
  door.send(error("New"));
  ASSERT_THAT(told(door), ElementsAre("rollbar.deploy.suspect at environment e"));
  EXPECT_EQ(door.derived()[0].finding.detail, "deploy 10000001 of revision abc");
  EXPECT_EQ(door.derived()[0].entry, 3U);
}

// What pyrollbar leaves unmasked with its own defaults, and what it masks.
TEST(RollbarFindings, WhatPyrollbarLeaksByDefault) {
  Door door;
  door.send(item(R"({"data":{"environment":"e","notifier":{"name":"pyrollbar","version":"1.4.0"},"request":{
      "url":"http://h/a?token=SECRET&password=-----","headers":{"Cookie":"sid=SECRET","X-Honeycomb-Team":"SECRET",
      "X-Api-Key":"SECRET","Authorization":"*****"},"GET":{"token":"SECRET","password":"***"}},
      "body":{"trace":{"frames":[{"filename":"a.py","locals":{"db_password":"SECRET","password":"****",
      "dsn":"postgres://u:-----@db/x"}}],"exception":{"class":"E","message":"x"}}}}})"));
  EXPECT_THAT(told(door),
              UnorderedElementsAre("rollbar.secret.in-text at data.request.url",
                                   "rollbar.secret.unmasked-key at data.request.headers.Cookie",
                                   "rollbar.secret.unmasked-key at data.request.headers.X-Honeycomb-Team",
                                   "rollbar.secret.unmasked-key at data.request.headers.X-Api-Key",
                                   "rollbar.secret.unmasked-key at data.request.GET.token",
                                   "rollbar.secret.unmasked-key at data.body.trace.frames[0].locals.db_password"));
  for (const auto& [finding, entry] : door.derived()) {
    EXPECT_THAT(finding.place + finding.detail, Not(HasSubstr("SECRET")));
  }
}

TEST(RollbarFindings, ALimitOfRollbarJs) {
  for (const std::string text : {"item per minute limit reached, ignoring errors until timeout",
                                 "maxItems has been hit, ignoring errors until reset."}) {
    Door door;
    door.send(item(R"({"data":{"environment":"e","body":{"message":{"body":")" + text + R"(","extra":{}}}}})"));
    EXPECT_THAT(told(door), ElementsAre("rollbar.item.client-limit at data.body.message.body"));
  }
}

TEST(RollbarFindings, AnAuthorizationHeaderInAMessage) {
  Door door;
  door.send(item(R"({"data":{"environment":"e","body":{"message":{"body":"Bearer abcdefgh12345678"}}}})"));
  ASSERT_THAT(told(door), ElementsAre("rollbar.secret.in-text at data.body.message.body"));
  EXPECT_EQ(door.derived()[0].finding.detail, "a bearer token");
  EXPECT_EQ(door.derived()[0].entry, 0U);
}

TEST(RollbarSecrets, CredentialsAreTold) {
  EXPECT_EQ(credential_in("x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln y"), "a JSON web token");
  EXPECT_EQ(credential_in("Authorization: Basic dXNlcjpwYXNz"), "a user and password of basic authentication");
  EXPECT_EQ(credential_in("key AKIAIOSFODNN7EXAMPLE"), "an AWS access key id");
  EXPECT_EQ(credential_in("-----BEGIN RSA PRIVATE KEY-----"), "a PEM block");
  EXPECT_EQ(credential_in("postgres://user:pass@db:5432/x"), "a password within a URL");
  EXPECT_EQ(credential_in("http://h/a?x=1&token=abc"), "a secret in a query string");
  EXPECT_EQ(credential_in("api_key=abc&x=1"), "a secret in a query string");
  for (const std::string_view harmless :
       {"postgres://user:*****@db/x", "http://host:80/a@b", "the bearer of bad news", "eyJ.a.b", "AKIAshort",
        "XAKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE2", "short", "mailto:a@b", "http://h/a?token=-----",
        "basic understanding of it", "http://h/a?tokens&x=1", "if token=None then", "call(token=token)"}) {
    EXPECT_EQ(credential_in(harmless), "") << harmless;
  }
}

TEST(RollbarRules, EveryIdStandsOnceAndIsWhole) {
  const auto vendor = make_vendor();
  std::set<std::string_view> seen;
  for (const auto& rule : vendor->rules()) {
    EXPECT_TRUE(seen.insert(rule.id).second) << rule.id;
    EXPECT_TRUE(rule.id.starts_with("rollbar."));
    EXPECT_TRUE(rule.message.ends_with('.')) << rule.id;
    EXPECT_TRUE(rule.mend.ends_with('.')) << rule.id;
    EXPECT_FALSE(rule.source.empty()) << rule.id;
  }
}

TEST(RollbarEnvironment, SetsWhatIsRead) {
  const auto vendor = make_vendor();
  EXPECT_THAT(vendor->environment({{"rollbar", "http://127.0.0.1:7655"}}, false),
              ElementsAre(testing::Pair("ROLLBAR_ACCESS_TOKEN", "00000000000000000000000000000000"),
                          testing::Pair("ROLLBAR_ENDPOINT", "http://127.0.0.1:7655/api/1/item/")));
  EXPECT_THAT(vendor->environment({}, false), IsEmpty());
}

TEST(RollbarDoors, One) {
  const auto vendor = make_vendor();
  ASSERT_EQ(vendor->doors().size(), 1U);
  EXPECT_EQ(vendor->doors()[0].name, "rollbar");
  EXPECT_EQ(vendor->doors()[0].default_port, 7655);
  EXPECT_TRUE(vendor->doors()[0].tcp);
  EXPECT_FALSE(vendor->doors()[0].udp);
}

}  // namespace
}  // namespace understudy::rollbar
