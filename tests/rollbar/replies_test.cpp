// What goes out, byte for byte, and what other paths than the item's answer.
#include <gmock/gmock.h>

#include "tests/rollbar/door.h"

namespace understudy::rollbar {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

TEST(RollbarReply, AcceptedCarriesTheClientsUuid) {
  Door door;
  const auto& decision = door.send(item(R"({"data":{"environment":"e","uuid":"57ef93f2-6d75-4e12-a115-7d024739e4cb",)"
                                        R"("body":{"message":{"body":"x"}}}})"));
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_EQ(decision.reply.body,
            "{\n"
            "  \"err\": 0,\n"
            "  \"result\": {\n"
            "    \"id\": null,\n"
            "    \"uuid\": \"57ef93f2-6d75-4e12-a115-7d024739e4cb\"\n"
            "  }\n"
            "}");
  EXPECT_THAT(ids(decision), IsEmpty());
}

TEST(RollbarReply, AcceptedCarriesTheHeadersOfTheService) {
  Door door;
  EXPECT_THAT(door.send({}).reply.headers,
              ElementsAre(Pair("Server", "nginx/1.17.9"), Pair("Content-Type", "application/json; charset=utf-8"),
                          Pair("Access-Control-Allow-Origin", "*"), Pair("Access-Control-Allow-Credentials", "true"),
                          Pair("X-Rate-Limit-Limit", "5000"), Pair("X-Rate-Limit-Remaining", "4999"),
                          Pair("X-Rate-Limit-Reset", "1795222566"), Pair("X-Rate-Limit-Remaining-Seconds", "60"),
                          Pair("X-Response-Time", "1ms"), Pair("Via", "1.1 google"), Pair("Alt-Svc", "clear")));
}

TEST(RollbarReply, AUuidIsHandedOutWhereNoneWasSent) {
  Door door;
  const std::string first = nlohmann::json::parse(door.send({}).reply.body)["result"]["uuid"];
  const std::string second = nlohmann::json::parse(door.send({}).reply.body)["result"]["uuid"];
  EXPECT_EQ(first.size(), 32U);
  EXPECT_EQ(first.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(first, second);
  door.expect_repeatable();
}

TEST(RollbarReply, AUuidThatNeedsEscapingIsStillJson) {
  Door door;
  const auto& decision =
      door.send(item(R"({"data":{"uuid":"a\"\u00e9\n","environment":"e","body":{"message":{"body":"x"}}}})"));
  EXPECT_EQ(nlohmann::json::parse(decision.reply.body)["result"]["uuid"], "a\"\xC3\xA9\n");
}

TEST(RollbarReply, SlashAtTheEndOrNot) {
  Door door;
  EXPECT_EQ(door.send({.target = "/api/1/item/"}).reply.status, 200);
  EXPECT_EQ(door.send({.target = "/api/1/item"}).reply.status, 200);
}

TEST(RollbarReply, RateHeadersCountDownThroughAMinute) {
  Door door;
  door.send({});
  door.now.vendor_ns += 20'000'000'000;
  const auto later = door.send({}).reply;
  EXPECT_EQ(header(later, "X-Rate-Limit-Remaining"), "4998");
  EXPECT_EQ(header(later, "X-Rate-Limit-Remaining-Seconds"), "40");
  EXPECT_EQ(header(later, "X-Rate-Limit-Reset"), "1795222566");
  door.now.vendor_ns += 40'000'000'000;
  const auto next = door.send({}).reply;
  EXPECT_EQ(header(next, "X-Rate-Limit-Remaining"), "4999");
  EXPECT_EQ(header(next, "X-Rate-Limit-Reset"), "1795222626");
  // Each token has its own.
  EXPECT_EQ(header(door.send(with_headers("X-Rollbar-Access-Token: other\r\n")).reply, "X-Rate-Limit-Remaining"),
            "4999");
  door.expect_repeatable();
}

TEST(RollbarReply, ANotFoundIsPrettyPrintedToo) {
  Door door;
  const auto& decision = door.send({.target = "/api/1/nonsense"});
  EXPECT_EQ(decision.reply.status, 404);
  EXPECT_EQ(decision.reply.body, "{\n  \"err\": 1,\n  \"message\": \"Not found\"\n}");
  EXPECT_EQ(header(decision.reply, "Access-Control-Allow-Origin"), "*");
  EXPECT_THAT(ids(decision), ElementsAre("rollbar.api.unknown-path"));
  EXPECT_EQ(decision.findings[0].place, "POST /api/1/nonsense");
}

TEST(RollbarReply, Ping) {
  Door door;
  const auto& decision = door.send({.method = "GET", .target = "/api/1/status/ping", .body = ""});
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_EQ(decision.reply.body, "pong");
  EXPECT_EQ(header(decision.reply, "Content-Type"), "text/plain");
  EXPECT_TRUE(decision.read);
}

TEST(RollbarReply, PreflightGrantsWhatIsAskedFor) {
  Door door;
  const auto& decision =
      door.send({.method = "OPTIONS",
                 .headers = "Origin: http://localhost:3000\r\nAccess-Control-Request-Method: POST\r\n"
                            "Access-Control-Request-Headers: content-type,signal\r\n",
                 .body = ""});
  EXPECT_EQ(decision.reply.status, 204);
  EXPECT_EQ(decision.reply.body, "");
  EXPECT_EQ(header(decision.reply, "Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(header(decision.reply, "Access-Control-Allow-Methods"), "GET,HEAD,PUT,PATCH,POST,DELETE");
  EXPECT_EQ(header(decision.reply, "Access-Control-Allow-Headers"), "content-type,signal");
  EXPECT_THAT(ids(decision), IsEmpty());
}

TEST(RollbarReply, WhatIsNotBuiltSaysSo) {
  const std::pair<std::string, std::string> calls[] = {{"GET", "/api/1/service_links"},
                                                       {"PUT", "/api/1/notifications/slack"},
                                                       {"POST", "/api/1/metrics/items"},
                                                       {"POST", "/api/1/people/delete_jobs/"}};
  for (const auto& [method, target] : calls) {
    Door door;
    const auto& decision = door.send({.method = method, .target = target});
    EXPECT_EQ(decision.reply.status, 404) << target;
    EXPECT_THAT(ids(decision), ElementsAre("rollbar.api.not-built")) << target;
    EXPECT_FALSE(decision.findings[0].detail.empty());
    EXPECT_TRUE(decision.effect.empty());
  }
}

TEST(RollbarReply, WrongEndpointSettingsAreToldApart) {
  const std::pair<std::string, std::string> calls[] = {{"/api/item/", "rollbar.endpoint.cut"},
                                                       {"/api/1/", "rollbar.endpoint.base-url"},
                                                       {"/api/1", "rollbar.endpoint.base-url"},
                                                       {"/", "rollbar.endpoint.base-url"},
                                                       {"/api/1/item/item/", "rollbar.endpoint.item-twice"}};
  for (const auto& [target, id] : calls) {
    Door door;
    const auto& decision = door.send({.target = target});
    EXPECT_EQ(decision.reply.status, 404) << target;
    EXPECT_THAT(ids(decision), ElementsAre(id)) << target;
  }
}

TEST(RollbarReply, WhatIsRefusedBelowARequestSpeaksAsTheFront) {
  const auto vendor = make_vendor();
  using Reason = recording::Refusal::Reason;
  const auto refuse = [&](Reason reason) { return vendor->refuse({reason, ""}, recording::Protocol::http1); };
  const auto bad = refuse(Reason::bad_head);
  EXPECT_EQ(bad.status, 400);
  EXPECT_EQ(bad.body,
            "<html>\r\n<head><title>400 Bad Request</title></head>\r\n<body>\r\n<center><h1>400 Bad Request</h1>"
            "</center>\r\n<hr><center>nginx/1.17.9</center>\r\n</body>\r\n</html>\r\n");
  EXPECT_EQ(refuse(Reason::head_too_large).status, 400);
  EXPECT_THAT(refuse(Reason::head_too_large).body, HasSubstr("Request Header Or Cookie Too Large"));
  EXPECT_EQ(refuse(Reason::timeout).status, 408);
  EXPECT_EQ(refuse(Reason::overloaded).status, 503);
  EXPECT_EQ(refuse(Reason::unknown_session).status, 404);
  EXPECT_EQ(refuse(Reason::body_too_large).status, 413);
  EXPECT_EQ(refuse(Reason::body_too_large).body, "{\n  \"err\": 1,\n  \"message\": \"request entity too large\"\n}");
}

}  // namespace
}  // namespace understudy::rollbar
