#include "console/secrets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/content_coding.h"
#include "console/guard.h"

namespace understudy::console {
namespace {

using ::testing::HasSubstr;

TEST(Secrets, MasksHaveTheLengthOfWhatTheyHide) {
  EXPECT_EQ(masked("0123456789abcdef"), "0123************");
  EXPECT_EQ(masked("short"), "*****");
  EXPECT_EQ(masked(""), "");
}

TEST(Secrets, HeadersThatCarryKeys) {
  EXPECT_EQ(mask_header("X-Honeycomb-Team", "0123456789abcdef"), "0123************");
  EXPECT_EQ(mask_header("x-rollbar-access-token", "secret"), "******");
  EXPECT_EQ(mask_header("Authorization", "Bearer 0123456789abcdef"), "Bearer 0123************");
  EXPECT_EQ(mask_header("X-Amz-Security-Token", "secret"), "******");
  EXPECT_EQ(mask_header("Content-Type", "text/plain"), "text/plain");
}

TEST(Secrets, OfASignatureScopeAndSignedHeadersStay) {
  EXPECT_EQ(mask_header("authorization",
                        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE123456/20260101/eu-west-1/logs/aws4_request, "
                        "SignedHeaders=host;x-amz-date, Signature=0123456789abcdef0123"),
            "AWS4-HMAC-SHA256 Credential=AKID*************/20260101/eu-west-1/logs/aws4_request, "
            "SignedHeaders=host;x-amz-date, Signature=0123****************");
}

TEST(Secrets, HeadsOfBothProtocols) {
  const std::string head = "POST /a?access_token=0123456789abcdef&b=1 HTTP/1.1\r\nHost: x\r\ncookie:a=b\r\n\r\n";
  EXPECT_EQ(mask_head(head), "POST /a?access_token=0123************&b=1 HTTP/1.1\r\nHost: x\r\ncookie:***\r\n\r\n");
  EXPECT_EQ(mask_head("GET /project/5/access_token/0123456789abcdef/?b=/access_token/c HTTP/1.1\r\n\r\n"),
            "GET /project/5/access_token/0123************/?b=/access_token/c HTTP/1.1\r\n\r\n");
  EXPECT_EQ(mask_header("Location", "/item/5?access_token=secret"), "/item/5?access_token=******");
  const std::string list = ":method: POST\r\n:path: /a?access_token=secret\r\nx-honeycomb-team: key\r\n";
  EXPECT_EQ(mask_head(list), ":method: POST\r\n:path: /a?access_token=******\r\nx-honeycomb-team: ***\r\n");
}

TEST(Secrets, OddHeadsKeepTheirLength) {
  for (const std::string head :
       {"", "\n", "\r\n\r\n", "GET", "GET ", "GET  HTTP/1.1", "x-honeycomb-team:", ":", "a:\n", "authorization",
        "authorization: ", "/?access_token", "GET /?access_token= HTTP/1.1"}) {
    EXPECT_EQ(mask_head(head).size(), head.size()) << head;
  }
}

TEST(Secrets, MembersOfBodiesWhereverTheyStand) {
  EXPECT_EQ(mask_body(R"({"access_token":"secret","a":{"access_token" :  "x\"y"}})"),
            R"({"access_token":"******","a":{"access_token" :  "****"}})");
  EXPECT_EQ(mask_body(R"({"access_token":null,"b":"access_token"})"), R"({"access_token":null,"b":"access_token"})");
  EXPECT_EQ(mask_body(R"("access_token")"), R"("access_token")");
  EXPECT_EQ(mask_body(R"("access_token":)"), R"("access_token":)");
  EXPECT_EQ(mask_body(R"("access_token":"cut\)"), R"("access_token":"****)");
}

TEST(Secrets, CompressedBodiesAreLookedInto) {
  EXPECT_TRUE(hides_secrets("gzip", gzip(R"({"access_token":"secret"})")));
  EXPECT_FALSE(hides_secrets("gzip", gzip(R"({"name":"a"})")));
  EXPECT_FALSE(hides_secrets("gzip", "not gzip"));
  EXPECT_FALSE(hides_secrets("", R"({"access_token":"secret"})"));
}

TEST(Secrets, MembersOfAccounts) {
  auto json = nlohmann::ordered_json::parse(
      R"({"a":{"keys":["secret",{"key":"secret","environment":{"name":"test"}}],"write_token":"secret","n":1}})");
  mask_members(json);
  EXPECT_EQ(json.dump(),
            R"({"a":{"keys":["******",{"key":"******","environment":{"name":"test"}}],"write_token":"******","n":1}})");
}

TEST(OwnHost, DependsOnWhatIsBound) {
  EXPECT_TRUE(is_own_host("192.168.1.5:4700", "192.168.1.5"));
  EXPECT_FALSE(is_own_host("192.168.1.6:4700", "192.168.1.5"));
  EXPECT_TRUE(is_own_host("understudy:4700", "0.0.0.0"));
  EXPECT_TRUE(is_own_host("10.1.2.3", "0.0.0.0"));
  EXPECT_TRUE(is_own_host("[fd00::1]:4700", "::"));
  EXPECT_FALSE(is_own_host("evil.example:4700", "0.0.0.0"));
  EXPECT_FALSE(is_own_host("understudy:4700", ""));
  EXPECT_FALSE(is_own_host("[", "0.0.0.0"));
}

}  // namespace
}  // namespace understudy::console
