#include "aws/signature_fault.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "aws/sigv4.h"
#include "base/sha256.h"

namespace understudy::aws {
namespace {

using testing::HasSubstr;

constexpr std::string_view date = "20261121T005519Z";
constexpr std::string_view secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

// A request that was signed in one form and arrived in another.
class SignatureFault : public testing::Test {
 protected:
  static std::string head_with(std::string_view host, std::string_view more = "", std::string_view target = "/") {
    return fmt::format("POST {} HTTP/1.1\r\nHost: {}\r\nX-Amz-Date: {}\r\n{}\r\n", target, host, date, more);
  }
  static recording::Request request_of(std::string_view head, std::string_view body) {
    recording::Request request;
    request.head = head;
    request.body = body;
    recording::parse_head(request);
    return request;
  }

  std::string explain(const std::string& signed_head, std::string_view signed_body, const std::string& head,
                      std::string_view body, std::string_view names = "host;x-amz-date",
                      std::string_view with_secret = secret) {
    Authorization authorization{"AKID", "20261121", "us-east-1", "logs", "aws4_request", names, ""};
    const auto before = request_of(signed_head, signed_body);
    const auto canonical = canonical_request(before, names, sha256_hex(signed_body));
    const auto signature = signature_of(with_secret, authorization, string_to_sign(date, authorization, canonical));
    authorization.signature = signature;
    return explain_mismatch(request_of(head, body), authorization, date, secret);
  }
};

TEST_F(SignatureFault, SeesAHostThatAProxyChanged) {
  EXPECT_EQ(explain(head_with("localhost:4566"), "{}", head_with("understudy:4566"), "{}"),
            "the header host was signed as 'localhost:4566' and arrived as 'understudy:4566'");
  EXPECT_EQ(explain(head_with("understudy"), "{}", head_with("understudy:4566"), "{}"),
            "the header host was signed as 'understudy' and arrived as 'understudy:4566'");
  EXPECT_EQ(explain(head_with("logs.example"), "{}", head_with("proxy", "X-Forwarded-Host: logs.example\r\n"), "{}"),
            "the header host was signed as 'logs.example' and arrived as 'proxy'");
}

TEST_F(SignatureFault, SeesABodyThatWasChanged) {
  EXPECT_EQ(explain(head_with("h"), "", head_with("h"), "{}"), "the body was signed as if it were empty");
  EXPECT_EQ(explain(head_with("h"), "{}", head_with("h"), "{}\n"),
            "the body was signed without the line break at its end");
  const auto declared = fmt::format("x-amz-content-sha256: {}\r\n", sha256_hex("{\"a\":1}"));
  EXPECT_EQ(explain(head_with("h", declared), "{\"a\":1}", head_with("h", declared), "{\"a\":2}",
                    "host;x-amz-content-sha256;x-amz-date"),
            "the body is not the one that was signed: x-amz-content-sha256 is of another body");
}

TEST_F(SignatureFault, SeesASignedHeaderThatDidNotArrive) {
  EXPECT_EQ(explain(head_with("h", "X-Amz-Target: a\r\n"), "{}", head_with("h"), "{}", "host;x-amz-date;x-amz-target"),
            "the header x-amz-target is signed, but did not arrive");
}

TEST_F(SignatureFault, SeesAHeaderThatWasRewritten) {
  EXPECT_EQ(explain(head_with("h", "Accept-Encoding: identity\r\n"), "{}", head_with("h", "Accept-Encoding: br\r\n"),
                    "{}", "accept-encoding;host;x-amz-date"),
            "the header accept-encoding was signed as 'identity' and arrived as 'br'");
}

TEST_F(SignatureFault, SeesAPathThatWasAdded) {
  EXPECT_EQ(explain(head_with("h"), "{}", head_with("h", "", "/logs"), "{}"),
            "the path was signed as '/' and arrived as '/logs'");
  EXPECT_EQ(explain(head_with("h", "", "/a"), "{}", head_with("h", "", "/a?b=c"), "{}"), "the query was not signed");
}

TEST_F(SignatureFault, SeesASecretWithALineBreak) {
  EXPECT_THAT(explain(head_with("h"), "{}", head_with("h"), "{}", "host;x-amz-date", std::string(secret) + "\n"),
              HasSubstr("line break at its end"));
}

TEST_F(SignatureFault, ShowsTheCanonicalRequestOtherwise) {
  const auto head = head_with("h", "X-Amz-Security-Token: canary\r\n");
  const auto said = explain(head, "{}", head, "{}", "host;x-amz-date;x-amz-security-token", "another secret");
  EXPECT_THAT(said, HasSubstr("most likely another secret access key"));
  EXPECT_THAT(said,
              HasSubstr("POST\\n/\\n\\nhost:h\\nx-amz-date:20261121T005519Z\\nx-amz-security-token:...\\n\\nhost;"));
  EXPECT_THAT(said, testing::Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace understudy::aws
