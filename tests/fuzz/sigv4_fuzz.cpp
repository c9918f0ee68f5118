// Signature Version 4 over any head and body: nothing that was not signed with the secret is let in, and what we sign
// ourselves verifies.
#include <fmt/format.h>

#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "aws/authentication.h"
#include "aws/sigv4.h"

namespace {

using namespace understudy;

void require(bool holds) {
  if (!holds) std::abort();
}

const aws::Accounts& accounts() {
  static const aws::Accounts one = [] {
    aws::Accounts made;
    made.apply({{"credentials", {{{"access_key_id", "AKIAIOSFODNN7EXAMPLE"}, {"secret_access_key", "secret"}}}}});
    return made;
  }();
  return one;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) return 0;
  recording::Request request;
  request.head = text.substr(0, end + 4);
  request.body = text.substr(end + 4);
  recording::parse_head(request);

  const aws::AuthenticationPolicy policy{.vendor = "v", .service = "logs"};
  const auto lenient = aws::authenticate(request, {}, 0, policy);
  require(!lenient.refused || !lenient.findings.empty());
  const auto strict = aws::authenticate(request, accounts(), 1'795'222'519'000'000'000, policy);
  require(strict.refused.has_value());  // nobody guesses the secret
  require(!lenient.refused || strict.refused);
  if (const auto seconds = aws::parse_amz_date(aws::date_header(request).value_or(""))) aws::amz_date(*seconds);

  // Signed by us, it verifies, unless the client lies about the payload.
  auto authorization = aws::authorization_of(request);
  if (request.header("x-amz-content-sha256")) return 0;
  const auto canonical = aws::canonical_request(request, authorization.signed_headers, aws::sha256_hex(request.body));
  const auto signature = aws::signature_of("secret", authorization, aws::string_to_sign("d", authorization, canonical));
  authorization.signature = signature;
  require(aws::signature_matches(request, authorization, "d", "secret", request.body));
  require(!aws::signature_matches(request, authorization, "d", "another", request.body));
  return 0;
}
