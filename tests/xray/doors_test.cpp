#include "xray/doors.h"

#include <gmock/gmock.h>

#include <set>

#include "tests/xray/support.h"
#include "xray/rules.h"

namespace understudy::xray {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

recording::Request request(std::string_view door, const std::string& head) {
  recording::Request made;
  made.door = door;
  made.head = head;
  recording::parse_head(made);
  return made;
}

const std::string signed_xray =
    "POST /Anything HTTP/1.1\r\nAuthorization: AWS4-HMAC-SHA256 Credential=AKID/20261121/eu-west-1/xray/aws4_request, "
    "SignedHeaders=host, Signature=aa\r\n\r\n";
const std::string signed_logs =
    "POST /Groups HTTP/1.1\r\nAuthorization: AWS4-HMAC-SHA256 Credential=AKID/20261121/eu-west-1/logs/aws4_request, "
    "SignedHeaders=host, Signature=aa\r\n\r\n";
const std::string targeted = "POST / HTTP/1.1\r\nX-Amz-Target: Logs_20140328.PutLogEvents\r\n\r\n";
const std::string unsigned_groups = "POST /Groups HTTP/1.1\r\n\r\n";
const std::string unsigned_root = "POST / HTTP/1.1\r\n\r\n";

TEST(Doors, AreTheDaemonsAndTheSharedOne) {
  ASSERT_EQ(doors().size(), 2u);
  EXPECT_EQ(doors()[0].name, "xray");
  EXPECT_EQ(doors()[0].default_port, 2000);
  EXPECT_TRUE(doors()[0].tcp && doors()[0].udp);
  EXPECT_EQ(doors()[1].name, "aws");
  EXPECT_EQ(doors()[1].default_port, 4566);
  EXPECT_FALSE(doors()[1].udp);
}

TEST(Doors, ClaimByScopeThenByPath) {
  EXPECT_TRUE(claims(request("aws", signed_xray)));
  EXPECT_FALSE(claims(request("aws", signed_logs)));
  EXPECT_FALSE(claims(request("aws", targeted)));
  EXPECT_TRUE(claims(request("aws", unsigned_groups)));
  EXPECT_FALSE(claims(request("aws", unsigned_root)));
  EXPECT_TRUE(claims(request("xray", unsigned_root))) << "its own door";
}

TEST(Doors, TellSessionsApartByAccessKeyAtTheApiOnly) {
  EXPECT_EQ(credential(request("aws", signed_xray)), "AKID");
  EXPECT_EQ(credential(request("aws", unsigned_groups)), std::nullopt);
  EXPECT_EQ(credential(request("xray", signed_xray)), std::nullopt);
}

TEST(Api, WantsASignature) {
  Session session;
  const auto decision = session.send("aws", "/Groups", "{}", "");
  EXPECT_EQ(decision.reply.status, 403);
  EXPECT_EQ(header(decision.reply, "x-amzn-ErrorType"), "MissingAuthenticationTokenException");
  EXPECT_EQ(decision.reply.body,
            R"({"__type":"MissingAuthenticationTokenException","Message":"Missing Authentication Token"})");
  EXPECT_THAT(ids(decision.findings), ElementsAre("xray.auth.missing"));
}

TEST(Api, KnowsOnlyTheAccountsGiven) {
  Session session;
  session.accounts({{"credentials", {{{"access_key_id", "AKIASOMEBODYELSE"}, {"secret_access_key", "s"}}}}});
  const auto decision = session.api("/Groups", "{}");
  EXPECT_EQ(decision.reply.status, 403);
  EXPECT_EQ(json::parse(decision.reply.body)["Message"], "The security token included in the request is invalid.");
  EXPECT_EQ(session.call("/Groups", "{}").reply.status, 200) << "the daemon signs for its clients";
}

TEST(Daemon, TakesAnySignature) {
  Session session;
  const auto decision = session.send("xray", "/GetSamplingRules", "", "Authorization: nonsense\r\n");
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_THAT(decision.findings, IsEmpty());
}

TEST(Operation, TakesAQueryStringAndCompressedBodies) {
  Session session;
  EXPECT_EQ(session.call("/GetSamplingRules?x=1", "{}").reply.status, 200);
  const auto decision = session.send("xray", "/GetSamplingRules", "not gzip", "Content-Encoding: gzip\r\n");
  EXPECT_EQ(decision.reply.status, 400);
  EXPECT_THAT(ids(decision.findings), ElementsAre("xray.request.unreadable"));
}

TEST(Refusal, IsWordedAsTheFrontsDo) {
  using Reason = recording::Refusal::Reason;
  using recording::Protocol;
  EXPECT_EQ(refuse({Reason::bad_head, ""}, Protocol::http1).body, "400 Bad Request");
  EXPECT_EQ(refuse({Reason::head_too_large, ""}, Protocol::http1).status, 431);
  EXPECT_EQ(refuse({Reason::body_too_large, ""}, Protocol::http1).status, 413);
  EXPECT_EQ(refuse({Reason::timeout, ""}, Protocol::http1).status, 408);
  EXPECT_EQ(refuse({Reason::tls_on_plain_port, ""}, Protocol::http1).status, 400);
  const auto overloaded = refuse({Reason::overloaded, ""}, Protocol::http1);
  EXPECT_EQ(overloaded.status, 429);
  EXPECT_EQ(overloaded.body, R"({"__type":"ThrottledException","Message":"Rate exceeded"})");
  EXPECT_EQ(refuse({Reason::unknown_session, "no session 'x'"}, Protocol::http1).body,
            R"({"__type":"InvalidRequestException","Message":"no session 'x'"})");
  EXPECT_TRUE(refuse({Reason::overloaded, ""}, Protocol::udp).silent);
}

TEST(Rules, HaveDistinctIdsAndAllTheirWords) {
  std::set<std::string_view> seen;
  for (const auto& rule : rules()) {
    EXPECT_TRUE(seen.insert(rule.id).second) << rule.id;
    EXPECT_TRUE(rule.id.starts_with("xray.")) << rule.id;
    EXPECT_FALSE(rule.message.empty() || rule.mend.empty() || rule.source.empty()) << rule.id;
  }
}

TEST(Settings, AreChecked) {
  const Session session;
  EXPECT_TRUE(session.vendor().check_settings({{"daemon_region", "eu-west-1"}, {"daemon_account", "123456789012"}}));
  EXPECT_EQ(session.vendor().check_settings({{"daemon_region", "can-central-1"}}).error(),
            "daemon_region 'can-central-1' is no region; write one such as ca-central-1");
  EXPECT_EQ(session.vendor().check_settings({{"daemon_account", "12"}}).error(),
            "daemon_account '12' is not twelve digits");
  EXPECT_EQ(session.vendor().check_settings({{"region", "x"}}).error(),
            "region is no setting; known are daemon_region, daemon_account, read_lag_s");
  EXPECT_TRUE(session.vendor().check_settings({{"read_lag_s", 30}}));
  EXPECT_EQ(session.vendor().check_settings({{"read_lag_s", -1}}).error(), "read_lag_s is not a number from 0 to 3600");
  EXPECT_FALSE(session.vendor().check_settings({{"daemon_region", 1}}));
  EXPECT_FALSE(session.vendor().check_settings(json::array()));
}

TEST(Environment, PointsEverySdkAtTheDoors) {
  const Session session;
  const recording::Urls urls = {
      {"xray", "http://127.0.0.1:2000"}, {"xray_udp", "127.0.0.1:2000"}, {"aws", "http://127.0.0.1:4566"}};
  const auto variables = session.vendor().environment(urls, false);
  EXPECT_THAT(variables, Contains(Pair("AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:2000")));
  EXPECT_THAT(variables, Contains(Pair("AWS_ENDPOINT_URL_XRAY", "http://127.0.0.1:4566")));
  EXPECT_THAT(variables, Contains(Pair("AWS_DEFAULT_REGION", "us-east-1")));
}

}  // namespace
}  // namespace understudy::xray
