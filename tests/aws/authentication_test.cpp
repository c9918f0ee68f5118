#include "aws/authentication.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "aws/body.h"
#include "tests/aws/recorded.h"

namespace understudy::aws {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t signed_at_ns = 1795222519'000'000'000;  // 20261121T005519Z
constexpr AuthenticationPolicy logs{.vendor = "v", .service = "logs"};
constexpr std::string_view mismatch =
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details.";

Accounts example_accounts(std::string_view secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                          std::string_view token = "") {
  nlohmann::json credential = {
      {"access_key_id", "AKIAIOSFODNN7EXAMPLE"}, {"secret_access_key", secret}, {"account", "123456789012"}};
  if (!token.empty()) credential["session_token"] = token;
  const nlohmann::json given = {{"credentials", {credential}}};
  EXPECT_TRUE(Accounts::check(given));
  Accounts accounts;
  accounts.apply(given);
  return accounts;
}

std::vector<std::string> ids(const Authentication& authentication) {
  std::vector<std::string> found;
  for (const auto& finding : authentication.findings) found.push_back(finding.id);
  return found;
}

Authentication of_header(std::string_view authorization, const Accounts& accounts = {},
                         const AuthenticationPolicy& policy = logs, std::string_view date = "20261121T005519Z") {
  const auto head =
      fmt::format("POST / HTTP/1.1\r\nHost: h\r\n{}{}\r\n", date.empty() ? "" : fmt::format("X-Amz-Date: {}\r\n", date),
                  authorization.empty() ? "" : fmt::format("Authorization: {}\r\n", authorization));
  recording::Request request;
  request.head = head;
  recording::parse_head(request);
  return authenticate(request, accounts, signed_at_ns, policy);
}

std::string header_with(std::string_view scope, std::string_view signature = std::string(64, 'a')) {
  return fmt::format("AWS4-HMAC-SHA256 Credential={}, SignedHeaders=host;x-amz-date, Signature={}", scope, signature);
}

TEST(Authentication, WithoutAccountsTakesEveryWellShapedSignature) {
  const auto authentication = of_header(header_with("anyone/20261121/eu-west-1/logs/aws4_request"));
  EXPECT_FALSE(authentication.refused);
  EXPECT_THAT(authentication.findings, IsEmpty());
  EXPECT_EQ(authentication.identity.account, "000000000000");
  EXPECT_EQ(authentication.identity.region, "eu-west-1");
  EXPECT_EQ(authentication.identity.access_key_id, "anyone");
}

TEST(Authentication, ReadsTheHeaderWithoutBlanksAndInAnyOrder) {
  const auto header = "AWS4-HMAC-SHA256 Signature=" + std::string(64, '0') +
                      ",SignedHeaders=host,Credential=key/20261121/us-east-2/logs/aws4_request";
  const auto authentication = of_header(header);
  EXPECT_FALSE(authentication.refused);
  EXPECT_EQ(authentication.identity.region, "us-east-2");
}

TEST(Authentication, RefusesAnUnsignedRequestWhereNobodySignsForIt) {
  const auto refused = of_header("");
  ASSERT_TRUE(refused.refused);
  EXPECT_EQ(refused.refused->type, "MissingAuthenticationTokenException");
  EXPECT_EQ(refused.refused->message, "Missing Authentication Token");
  EXPECT_EQ(refused.refused->status, 400);
  EXPECT_THAT(ids(refused), ElementsAre("v.auth.missing"));

  const auto allowed = of_header("", {}, {.vendor = "v", .service = "xray", .unsigned_allowed = true});
  EXPECT_FALSE(allowed.refused);
  EXPECT_EQ(allowed.identity.region, "us-east-1");
}

TEST(Authentication, NamesWhatIsMissingInTheHeader) {
  const auto header = std::string("AWS4-HMAC-SHA256 Credential=a/20261121/us-east-1/logs/aws4_request");
  const auto refused = of_header(header);
  ASSERT_TRUE(refused.refused);
  EXPECT_EQ(refused.refused->type, "IncompleteSignatureException");
  EXPECT_EQ(refused.refused->message,
            "Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' "
            "parameter. Authorization=" +
                header);
  EXPECT_EQ(of_header("Bearer x").refused->message,
            "'Bearer' not a valid key=value pair (missing equal-sign) in Authorization header: 'Bearer x'.");
  EXPECT_EQ(of_header("AWS4-HMAC-SHA256 {}").refused->message,
            "'{}' not a valid key=value pair (missing equal-sign) in Authorization header: 'AWS4-HMAC-SHA256 {}'.");
  EXPECT_EQ(of_header(header_with("a/b/c")).refused->message,
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got "
            "'a/b/c'");
  EXPECT_EQ(of_header(header_with("a/20261121/us-east-1/logs/aws4_request"), {}, logs, "").refused->type,
            "IncompleteSignatureException");
}

TEST(Authentication, RefusesASignatureThatNoSecretMakes) {
  const auto refused = of_header(header_with("a/20261121/us-east-1/logs/aws4_request", "abc"));
  ASSERT_TRUE(refused.refused);
  EXPECT_EQ(refused.refused->type, "InvalidSignatureException");
  EXPECT_EQ(refused.refused->message, mismatch);
}

TEST(Authentication, WarnsOfARegionThatIsNoneAndOfAnotherService) {
  const auto odd = of_header(header_with("a/20261121/can-central-1/monitoring/aws4_request"));
  EXPECT_FALSE(odd.refused);
  EXPECT_THAT(ids(odd), ElementsAre("v.auth.region-unknown", "v.auth.scope-service"));
}

TEST(Authentication, WithAccountsVerifiesTheSignature) {
  const Recorded recorded("cloudwatch_logs/botocore_signer/put-log-events");
  const auto accepted = authenticate(recorded.request(), example_accounts(), signed_at_ns, logs);
  EXPECT_FALSE(accepted.refused);
  EXPECT_EQ(accepted.identity.account, "123456789012");

  const auto refused = authenticate(recorded.request(), example_accounts("wrong"), signed_at_ns, logs);
  ASSERT_TRUE(refused.refused);
  EXPECT_EQ(refused.refused->type, "InvalidSignatureException");
  EXPECT_EQ(refused.refused->message, mismatch);
  EXPECT_THAT(ids(refused), ElementsAre("v.auth.signature-mismatch"));
  EXPECT_THAT(refused.findings[0].detail, testing::StartsWith("access key id AKIA...MPLE; neither body, host, date"));
}

// The real service's reply to a wrong secret has 229 bytes.
TEST(Authentication, TheReplyToAWrongSecretHasTheRecordedLength) {
  const Recorded recorded("cloudwatch_logs/botocore_signer/put-log-events");
  const auto refused = authenticate(recorded.request(), example_accounts("wrong"), signed_at_ns, logs);
  EXPECT_EQ(json_error(*refused.refused, recording::Entropy(1, "v", 1)).body.size(), 229u);
}

// The JavaScript SDK declares the hash of the body and signs more headers than botocore.
TEST(Authentication, WithAccountsVerifiesTheJavaScriptSdk) {
  const Recorded recorded("cloudwatch_logs/winston-cloudwatch-6.3.0-put-log-events");
  const auto accepted = authenticate(recorded.request(), example_accounts(), 1795237410'000'000'000, logs);
  EXPECT_FALSE(accepted.refused);
  EXPECT_THAT(accepted.findings, IsEmpty());
}

TEST(Authentication, WithAccountsRefusesWhatTheyDoNotKnow) {
  const auto unknown = of_header(header_with("stranger/20261121/us-east-1/logs/aws4_request"), example_accounts());
  ASSERT_TRUE(unknown.refused);
  EXPECT_EQ(unknown.refused->type, "UnrecognizedClientException");
  EXPECT_EQ(unknown.refused->message, "The security token included in the request is invalid.");

  const Recorded with_token("cloudwatch_logs/botocore_signer/put-log-events-session-token");
  EXPECT_EQ(authenticate(with_token.request(), example_accounts(), signed_at_ns, logs).refused->type,
            "UnrecognizedClientException");
  const auto accounts = example_accounts("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "a/session+token=");
  EXPECT_FALSE(authenticate(with_token.request(), accounts, signed_at_ns, logs).refused);
  const Recorded without("cloudwatch_logs/botocore_signer/put-log-events");
  EXPECT_THAT(ids(authenticate(without.request(), accounts, signed_at_ns, logs)), ElementsAre("v.auth.session-token"));
}

TEST(Authentication, GoesByTheRealClockWithinFiveMinutes) {
  const Recorded recorded("cloudwatch_logs/botocore_signer/put-log-events");
  const auto at = [&](std::int64_t seconds) {
    return authenticate(recorded.request(), example_accounts(), signed_at_ns + seconds * 1'000'000'000, logs);
  };
  EXPECT_FALSE(at(300).refused);
  EXPECT_FALSE(at(-300).refused);
  EXPECT_EQ(at(301).refused->message,
            "Signature expired: 20261121T005519Z is now earlier than 20261121T005520Z (20261121T010020Z - 5 min.)");
  EXPECT_EQ(at(-301).refused->message,
            "Signature not yet current: 20261121T005519Z is still later than 20261121T005518Z (20261121T005018Z + 5 "
            "min.)");
}

TEST(Authentication, WithAccountsHoldsTheScopeToTheRequest) {
  const auto accounts = example_accounts();
  const auto refused = [&](std::string_view scope) {
    return of_header(header_with(fmt::format("AKIAIOSFODNN7EXAMPLE/{}", scope)), accounts).refused->message;
  };
  EXPECT_EQ(refused("20261121/us-east-1/xray/aws4_request"),
            "Credential should be scoped to correct service: 'logs'. ");
  EXPECT_EQ(refused("20261120/us-east-1/logs/aws4_request"),
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20261120' != "
            "'20261121', from '20261121T005519Z'.");
  EXPECT_EQ(refused("20261121/can-central-1/logs/aws4_request"),
            "Credential should be scoped to a valid region, not 'can-central-1'. ");
  EXPECT_EQ(refused("20261121/us-east-1/logs/aws5_request"),
            "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'.");
}

TEST(Authentication, KnowsASignatureOfTheUncompressedBody) {
  const Recorded gzipped("cloudwatch_logs/botocore_signer/put-log-events-gzip");
  EXPECT_FALSE(authenticate(gzipped.request(), example_accounts(), signed_at_ns, logs).refused);

  // The plain body's signature under the gzipped body.
  const Recorded plain("cloudwatch_logs/botocore_signer/put-log-events");
  auto request = plain.request();
  request.headers.push_back({"Content-Encoding", "gzip"});
  request.body = gzipped.request().body;
  const auto refused = authenticate(request, example_accounts(), signed_at_ns, logs);
  ASSERT_TRUE(refused.refused);
  EXPECT_EQ(refused.refused->message, mismatch);
  EXPECT_THAT(ids(refused), ElementsAre("v.auth.signed-before-compression"));
}

TEST(Authentication, EachOfItsFindingsHasARow) {
  const auto rules = authentication_rules("v");
  EXPECT_EQ(rules.size(), 16u);
  for (const auto& rule : rules) {
    EXPECT_TRUE(rule.id.starts_with("v.auth.")) << rule.id;
    EXPECT_FALSE(rule.mend.empty()) << rule.id;
  }
}

TEST(Accounts, SaysWhatIsWrongWithThem) {
  const auto error = [](const char* text) { return Accounts::check(nlohmann::json::parse(text)).error(); };
  EXPECT_EQ(error("[]"), "the accounts are not an object");
  EXPECT_EQ(error(R"({"keys":[]})"), "keys is no member; known is credentials");
  EXPECT_EQ(error(R"({"credentials":[{"access_key_id":"a"}]})"),
            "credentials[0].secret_access_key is missing or empty");
  EXPECT_EQ(error(R"({"credentials":[{"access_key_id":"a","secret_access_key":"b","account":"12"}]})"),
            "credentials[0].account is '12', not twelve digits");
  EXPECT_EQ(error(R"({"credentials":[{"access_key_id":"a","secret_access_key":"b","x":""}]})"),
            "credentials[0].x is no member; known are access_key_id, secret_access_key, session_token, account");
  EXPECT_EQ(error(R"({"credentials":[{"access_key_id":"a","secret_access_key":"b"},
                                     {"access_key_id":"a","secret_access_key":"c"}]})"),
            "credentials[1].access_key_id 'a' is given twice");
  EXPECT_EQ(error(R"({"credentials":[{"access_key_id":1}]})"), "credentials[0].access_key_id is not a string");
}

TEST(Accounts, ShowNoSecretInADump) {
  const auto dump = example_accounts("a secret").dump();
  EXPECT_THAT(dump, testing::HasSubstr("AKIAIOSFODNN7EXAMPLE"));
  EXPECT_THAT(dump, testing::Not(testing::HasSubstr("a secret")));
}

}  // namespace
}  // namespace understudy::aws
