#include "aws/sigv4.h"

#include <gtest/gtest.h>

#include "base/sha256.h"
#include "tests/aws/recorded.h"

namespace understudy::aws {
namespace {

constexpr std::string_view secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

bool verifies(const Recorded& recorded, std::string_view with_secret) {
  const auto request = recorded.request();
  return signature_matches(request, authorization_of(request), date_header(request).value_or(""), with_secret,
                           request.body);
}

class RecordedSignature : public testing::TestWithParam<const char*> {};

TEST_P(RecordedSignature, IsTheOneWeCompute) {
  const Recorded recorded(GetParam());
  EXPECT_TRUE(verifies(recorded, secret));
  EXPECT_FALSE(verifies(recorded, "another secret"));
}

INSTANTIATE_TEST_SUITE_P(OfWatchtower, RecordedSignature,
                         testing::Values("cloudwatch_logs/watchtower-3.0.1-put-log-events",
                                         "cloudwatch_logs/watchtower-3.0.1-describe-log-groups",
                                         "cloudwatch_logs/watchtower-3.4.0-create-log-stream",
                                         "cloudwatch_logs/watchtower-3.4.0-put-log-events"));
INSTANTIATE_TEST_SUITE_P(OfBotocoresSigner, RecordedSignature,
                         testing::Values("cloudwatch_logs/botocore_signer/put-log-events",
                                         "cloudwatch_logs/botocore_signer/put-log-events-session-token",
                                         "cloudwatch_logs/botocore_signer/put-log-events-gzip",
                                         "cloudwatch_logs/botocore_signer/odd-path-and-query",
                                         "cloudwatch_logs/botocore_signer/sts"));

TEST(SigV4, SeesEachAlteredByteOfTheBody) {
  const Recorded recorded("cloudwatch_logs/botocore_signer/put-log-events");
  auto request = recorded.request();
  auto body = std::string(request.body);
  body.back() = ' ';
  request.body = body;
  EXPECT_FALSE(signature_matches(request, authorization_of(request), "20261121T005519Z", secret, request.body));
}

// "get-vanilla" and its kin of the AWS Signature Version 4 test suite, which AWS published in 2015.
constexpr std::string_view suite_secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

struct SuiteCase {
  std::string_view name;
  std::string_view head;
  std::string_view signed_headers;
  std::string_view signature;
};

constexpr SuiteCase suite[] = {
    {"get-vanilla", "GET / HTTP/1.1\r\nHost: example.amazonaws.com\r\nX-Amz-Date: 20150830T123600Z\r\n\r\n",
     "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"get-vanilla-query-order-key-case",
     "GET /?Param2=value2&Param1=value1 HTTP/1.1\r\nHost: example.amazonaws.com\r\nX-Amz-Date: "
     "20150830T123600Z\r\n\r\n",
     "host;x-amz-date", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
    {"post-vanilla", "POST / HTTP/1.1\r\nHost: example.amazonaws.com\r\nX-Amz-Date: 20150830T123600Z\r\n\r\n",
     "host;x-amz-date", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
    {"get-header-value-trim",
     "GET / HTTP/1.1\r\nHost: example.amazonaws.com\r\nMy-Header1:  value1\r\nMy-Header2: \"a   b   "
     "c\"\r\nX-Amz-Date: 20150830T123600Z\r\n\r\n",
     "host;my-header1;my-header2;x-amz-date", "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
};

TEST(SigV4, PassesTheVectorsThatAwsPublished) {
  for (const auto& vector : suite) {
    recording::Request request;
    request.head = vector.head;
    recording::parse_head(request);
    Authorization authorization;
    authorization.date = "20150830";
    authorization.region = "us-east-1";
    authorization.service = "service";
    authorization.terminator = "aws4_request";
    const auto canonical = canonical_request(request, vector.signed_headers, sha256_hex(""));
    EXPECT_EQ(signature_of(suite_secret, authorization, string_to_sign("20150830T123600Z", authorization, canonical)),
              vector.signature)
        << vector.name << '\n'
        << canonical;
  }
}

TEST(SigV4, WritesTheCanonicalRequestThatAwsDocuments) {
  recording::Request request;
  request.head =
      "GET /?Action=ListUsers&Version=2010-05-08 HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded; "
      "charset=utf-8\r\nHost: iam.amazonaws.com\r\nX-Amz-Date: 20150830T123600Z\r\n\r\n";
  recording::parse_head(request);
  EXPECT_EQ(canonical_request(request, "content-type;host;x-amz-date", sha256_hex("")),
            "GET\n/\nAction=ListUsers&Version=2010-05-08\n"
            "content-type:application/x-www-form-urlencoded; charset=utf-8\nhost:iam.amazonaws.com\n"
            "x-amz-date:20150830T123600Z\n\ncontent-type;host;x-amz-date\n"
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(SigV4, HoldsADeclaredPayloadHashToTheBody) {
  recording::Request request;
  request.head = "POST / HTTP/1.1\r\nHost: h\r\nX-Amz-Content-Sha256: UNSIGNED-PAYLOAD\r\n\r\n";
  request.body = "anything";
  recording::parse_head(request);
  Authorization authorization;
  authorization.signed_headers = "host;x-amz-content-sha256";
  const auto canonical = canonical_request(request, authorization.signed_headers, "UNSIGNED-PAYLOAD");
  const auto signature = signature_of("s", authorization, string_to_sign("", authorization, canonical));
  authorization.signature = signature;
  EXPECT_TRUE(signature_matches(request, authorization, "", "s", request.body));

  request.head = "POST / HTTP/1.1\r\nHost: h\r\nX-Amz-Content-Sha256: 00\r\n\r\n";
  request.headers.clear();
  recording::parse_head(request);
  const auto with_lie = canonical_request(request, authorization.signed_headers, "00");
  const auto lying = signature_of("s", authorization, string_to_sign("", authorization, with_lie));
  authorization.signature = lying;
  EXPECT_FALSE(signature_matches(request, authorization, "", "s", request.body));
}

TEST(AmzDate, GoesBothWays) {
  EXPECT_EQ(parse_amz_date("20160504T005133Z"), 1462323093);
  EXPECT_EQ(amz_date(1462323093), "20160504T005133Z");
  EXPECT_EQ(parse_amz_date("19700101T000000Z"), 0);
  for (const auto* wrong : {"", "20160504T005133", "20161304T005133Z", "20160230T005133Z", "20160504T245133Z",
                            "2016-504T005133Z", "20160504 005133Z"}) {
    EXPECT_FALSE(parse_amz_date(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace understudy::aws
