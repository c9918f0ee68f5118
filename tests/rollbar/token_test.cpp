// Where the access token is looked for, what is refused for it, and that it is never told.
#include "rollbar/token.h"

#include <gmock/gmock.h>

#include "tests/rollbar/door.h"

namespace understudy::rollbar {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const nlohmann::json known = {
    {"tokens",
     {{{"access_token", "server-token-server-token-server"}, {"project", "Cruddur"}, {"scopes", {"post_server_item"}}},
      {{"access_token", "client-token-client-token-client"}, {"project", "Cruddur"}, {"scopes", {"post_client_item"}}},
      {{"access_token", "other-token-other-token-other-to"},
       {"project", "onboarding"},
       {"scopes", {"post_server_item"}}},
      {{"access_token", "asleep-token-asleep-token-asleep"}, {"scopes", {"post_server_item"}}, {"enabled", false}}}}};

Sent sent_with(std::string_view access_token, std::string_view body = hello) {
  return with_headers("X-Rollbar-Access-Token: " + std::string(access_token) + "\r\n", body);
}

TEST(RollbarToken, IsFoundInHeaderBodyQueryAndForm) {
  Door door;
  EXPECT_EQ(door.send(with_headers("x-rollbar-ACCESS-token: abc\r\n")).reply.status, 200);
  EXPECT_EQ(
      door.send(with_headers("", R"({"access_token":"abc","data":{"body":{"message":{"body":"x"}}}})")).reply.status,
      200);
  const auto& query = door.send({.target = "/api/1/item/?access_token=a%62c", .headers = ""});
  EXPECT_EQ(query.reply.status, 200);
  EXPECT_THAT(ids(query), ElementsAre("rollbar.token.in-query"));
  EXPECT_EQ(door.send(with_headers("",
                                   "access_token=abc&payload=%7B%22data%22:%7B%22environment%22:%22e%22,%22body%22:"
                                   "%7B%22message%22:%7B%22body%22:%22a+b%22%7D%7D%7D%7D"))
                .reply.status,
            200);
  EXPECT_EQ(door.records().back().fields["body"]["message"]["body"], "a b");
}

TEST(RollbarToken, NoneAnywhere) {
  Door door;
  const auto& decision = door.send(with_headers("X-Rollbar-Access-Token:\r\n"));
  EXPECT_EQ(decision.reply.status, 422);
  EXPECT_EQ(decision.reply.body,
            "{\n  \"err\": 1,\n  \"message\": \"Invalid format. access_token is missing and it is required.\"\n}");
  EXPECT_EQ(header(decision.reply, "X-Rate-Limit-Limit"), "absent");
  EXPECT_THAT(ids(decision), ElementsAre("rollbar.token.missing"));
  EXPECT_TRUE(decision.effect.empty());

  door.settings({{"missing_token_status", 401}});
  const auto& as_of_2018 = door.send(with_headers(""));
  EXPECT_EQ(as_of_2018.reply.status, 401);
  EXPECT_THAT(as_of_2018.reply.body, HasSubstr("no access token found in the request"));
}

TEST(RollbarToken, HeaderBeatsBody) {
  Door door;
  door.accounts(known);
  const std::string body = R"({"access_token":"unknown","data":{"environment":"e","body":{"message":{"body":"x"}}}})";
  const auto& decision = door.send(sent_with("server-token-server-token-server", body));
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_THAT(ids(decision), ElementsAre("rollbar.token.two-tokens"));
  EXPECT_EQ(door.records().at(0).fields["project"], "Cruddur");  // what a contract holds a token to
}

TEST(RollbarToken, Unknown) {
  Door door;
  door.accounts(known);
  const auto& decision = door.send(sent_with("00112233445566778899aabbccddeeff"));
  EXPECT_EQ(decision.reply.status, 403);
  EXPECT_EQ(decision.reply.body,
            "{\n  \"err\": 1,\n  \"message\": \"access token not found: 00112233445566778899aabbccddeeff\"\n}");
  EXPECT_EQ(header(decision.reply, "X-Rate-Limit-Remaining"), "absent");
  EXPECT_EQ(header(decision.reply, "Access-Control-Allow-Origin"), "*");
  EXPECT_THAT(ids(decision), ElementsAre("rollbar.token.unknown"));
  EXPECT_EQ(decision.findings[0].detail, "0011\u2026(32 characters)");
}

TEST(RollbarToken, Disabled) {
  Door door;
  door.accounts(known);
  const auto& decision = door.send(sent_with("asleep-token-asleep-token-asleep"));
  EXPECT_EQ(decision.reply.status, 403);
  EXPECT_THAT(ids(decision), ElementsAre("rollbar.token.disabled"));
}

TEST(RollbarToken, AnExpiredOneIsInoperable) {
  Door door;
  door.accounts({{"tokens",
                  {{{"access_token", "a"}, {"scopes", {"post_server_item", "read"}}, {"expires", 1'795'222'510}},
                   {{"access_token", "b"}, {"scopes", {"read"}}}}}});
  EXPECT_EQ(door.send(sent_with("a")).reply.status, 200);
  door.now.vendor_ns += 4'000'000'000;
  const auto& item = door.send(sent_with("a"));
  EXPECT_EQ(item.reply.status, 403);
  ASSERT_THAT(ids(item), ElementsAre("rollbar.token.disabled"));
  EXPECT_THAT(item.findings[0].detail, HasSubstr("has expired"));
  const auto& read =
      door.send({.method = "GET", .target = "/api/1/items", .headers = "X-Rollbar-Access-Token: a\r\n", .body = ""});
  EXPECT_EQ(read.reply.status, 401);
  EXPECT_THAT(read.reply.body, HasSubstr("invalid access token"));
  EXPECT_THAT(ids(read), ElementsAre("rollbar.token.disabled"));
  door.expect_repeatable();
}

TEST(RollbarAddress, ABlockedOneMayNotPost) {
  Door door;
  door.settings({{"blocked_addresses", {"203.0.113.9", "::1"}}});
  EXPECT_EQ(door.send({}).reply.status, 200);
  for (const std::string peer : {"203.0.113.9:4000", "[::1]:4000"}) {
    door.peer = peer;
    const auto& decision = door.send(item("{\"data\":{}}"));  // before the schema
    EXPECT_EQ(decision.reply.status, 403);
    EXPECT_THAT(ids(decision), ElementsAre("rollbar.address.blocked"));
    EXPECT_EQ(header(decision.reply, "X-Rate-Limit-Limit"), "absent");
    EXPECT_EQ(door.send({.target = "/api/1/deploy/"}).reply.status, 403);
    EXPECT_EQ(door.send({.method = "GET", .target = "/api/1/items", .body = ""}).reply.status, 200);  // reading is free
  }
  EXPECT_EQ(door.send({}).reply.body,
            "{\n  \"err\": 1,\n  \"message\": \"Your IP address (::1) has been blocked.\"\n}");
  door.expect_repeatable();
}

TEST(RollbarToken, AClientTokenInABackendIsRefusedBeforeTheSchema) {
  Door door;
  door.accounts(known);
  const auto& decision = door.send(sent_with("client-token-client-token-client", R"({"data":{}})"));
  EXPECT_EQ(decision.reply.status, 403);
  EXPECT_EQ(decision.reply.body.size(), 138U);  // as the recorded answer
  EXPECT_EQ(decision.reply.body,
            "{\n  \"err\": 1,\n  \"message\": \"insufficient privileges: post_server_item scope is required but the "
            "access token only has post_client_item.\"\n}");
  EXPECT_THAT(ids(decision), ElementsAre("rollbar.token.scope"));
  EXPECT_THAT(decision.findings[0].detail, HasSubstr("data.platform is absent"));
}

TEST(RollbarToken, AServerTokenInABrowser) {
  for (const std::string platform : {"browser", "android", "ios", "flash", "client"}) {
    Door door;
    door.accounts(known);
    const std::string body =
        R"({"data":{"environment":"e","platform":")" + platform + R"(","body":{"message":{"body":"x"}}}})";
    const auto& decision = door.send(sent_with("server-token-server-token-server", body));
    EXPECT_EQ(decision.reply.status, 403);
    EXPECT_THAT(decision.reply.body, HasSubstr("post_client_item scope is required but the access token only has "
                                               "post_server_item."));
    EXPECT_EQ(door.send(sent_with("client-token-client-token-client", body)).reply.status, 200);
  }
}

TEST(RollbarToken, ThePlatformOfAServerIsAnythingElse) {
  Door door;
  door.accounts(known);
  EXPECT_EQ(door.send(sent_with("server-token-server-token-server",
                                R"({"data":{"platform":"linux","body":{"message":{"body":"x"}}}})"))
                .reply.status,
            200);
}

TEST(RollbarToken, StrayCharactersAreNamed) {
  for (const std::string_view odd : {"${ROLLBAR_ACCESS_TOKEN}", "\"abc\"", "abc,", "<token>"}) {
    Door door;
    const auto& decision = door.send(sent_with(odd));
    EXPECT_EQ(decision.reply.status, 200);
    EXPECT_THAT(ids(decision), ElementsAre("rollbar.token.stray-characters")) << odd;
  }
  Door door;
  EXPECT_THAT(ids(door.send(sent_with("aZ09-_.~+/=:@"))), IsEmpty());
}

TEST(RollbarToken, IsNeverTold) {
  Door door;
  door.accounts(known);
  const std::string_view secrets[] = {"server-token-server-token-server", "client-token-client-token-client",
                                      "other-token-other-token-other-to", "asleep-token-asleep-token-asleep",
                                      "00112233445566778899aabbccddeeff"};
  for (const std::string_view secret : secrets) {
    const std::string repeats = R"({"data":{"environment":"e","body":{"message":{"body":"x"}},"notifier":{"t":")" +
                                std::string(secret) + R"("},"access_token":"x"}})";
    for (const auto& finding : door.send(sent_with(secret, repeats)).findings) {
      EXPECT_THAT(finding.place + finding.detail, Not(HasSubstr(std::string(secret))));
    }
  }
  EXPECT_THAT(ids(door.send({.target = "/api/1/item/?access_token=server-token-server-token-server", .headers = ""})),
              ElementsAre("rollbar.token.in-query"));
  std::string told = door.vendor->dump(*door.state);
  for (const auto& record : door.records()) told += to_json(record).dump();
  EXPECT_THAT(told, HasSubstr("\"access_token\":\"serv\u2026(32 characters)\""));
  for (const std::string_view secret : secrets) EXPECT_THAT(told, Not(HasSubstr(std::string(secret))));
}

TEST(RollbarToken, OfAShortOneOnlyTheLengthIsShown) {
  EXPECT_EQ(masked("secret"), "\u2026(6 characters)");
  EXPECT_EQ(masked("post_server_item_0123456789abcde"), "post\u2026(32 characters)");
}

TEST(RollbarToken, TellsSessionsApart) {
  const auto vendor = make_vendor();
  const auto credential = [&](std::string_view head, const std::string& body) {
    const std::string padded = body + std::string(64, '\0');
    recording::Request request;
    request.head = head;
    parse_head(request);
    request.body = std::string_view(padded).substr(0, body.size());
    return vendor->credential(request).value_or("none");
  };
  EXPECT_EQ(credential("POST /api/1/item/ HTTP/1.1\r\nX-Rollbar-Access-Token: a\r\n\r\n", R"({"access_token":"b"})"),
            "a");
  EXPECT_EQ(credential("POST /api/1/item/ HTTP/1.1\r\n\r\n", R"({"access_token":"b"})"), "b");
  EXPECT_EQ(credential("POST /api/1/item/?access_token=c HTTP/1.1\r\n\r\n", "no JSON"), "c");
  EXPECT_EQ(credential("POST /api/1/item/ HTTP/1.1\r\n\r\n", "{}"), "none");
}

TEST(RollbarAccounts, SayWhatIsWrongWithThem) {
  const auto vendor = make_vendor();
  const std::pair<std::string, std::string> table[] = {
      {R"([])", "tokens"},
      {R"({"keys":[]})", "tokens"},
      {R"({"tokens":[5]})", "tokens[0]: an object is wanted"},
      {R"({"tokens":[{"scopes":["read"]}]})", "tokens[0]: access_token is missing"},
      {R"({"tokens":[{"access_token":"a"}]})", "tokens[0]: scopes is missing"},
      {R"({"tokens":[{"access_token":"a","scopes":["admin"]}]})", "\"admin\" is no scope"},
      {R"({"tokens":[{"access_token":"a","scopes":["read"],"enabled":1}]})", "tokens[0].enabled: true or false"},
      {R"({"tokens":[{"access_token":"a","scopes":["read"],"nmae":"x"}]})", "tokens[0].nmae: no such member"},
      {R"({"tokens":[{"access_token":"a","scopes":["read"],"expires":"soon"}]})", "tokens[0].expires: a whole number"},
      {R"({"tokens":[{"access_token":"a","scopes":["read"],"rate_limit_window_size":61}]})",
       "rate_limit_window_size: it is one of 60, 300, 1800"},
      {R"({"tokens":[{"access_token":"a","scopes":["read"]},{"access_token":"a","scopes":["read"]}]})",
       "tokens[1]: this access_token stands in the list twice"}};
  for (const auto& [json, error] : table) {
    const auto checked = vendor->check_accounts(nlohmann::json::parse(json));
    ASSERT_FALSE(checked.has_value()) << json;
    EXPECT_THAT(checked.error(), HasSubstr(error));
  }
}

TEST(RollbarSettings, SayWhatIsWrongWithThem) {
  const auto vendor = make_vendor();
  for (const std::string json :
       {R"([])", R"({"max_payload_bytes":0})", R"({"missing_token_status":404})", R"({"rate_limit":"many"})",
        R"({"rate_quota":"off"})", R"({"delay":1})", R"({"blocked_addresses":"10.0.0.1"})",
        R"({"person_details":"no"})", R"({"user_ip":5})"}) {
    EXPECT_FALSE(vendor->check_settings(nlohmann::json::parse(json)).has_value()) << json;
  }
  EXPECT_TRUE(vendor->check_settings({{"rate_quota", "enforce"}, {"max_payload_bytes", 131072}}).has_value());
}

}  // namespace
}  // namespace understudy::rollbar
