// Signature Version 4 over any head and body: what is let in is signed with the secret, and what we sign ourselves
// verifies.
#include <fmt/format.h>

#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "aws/authentication.h"
#include "aws/sigv4.h"
#include "base/sha256.h"

namespace {

using namespace understudy;

void require(bool holds) {
  if (!holds) std::abort();
}

constexpr std::int64_t now_ns = 1'795'222'519'000'000'000;
constexpr aws::AuthenticationPolicy policy{.vendor = "v", .service = "logs"};

aws::Accounts accounts_with(const char* secret) {
  aws::Accounts made;
  made.apply({{"credentials", {{{"access_key_id", "AKIAIOSFODNN7EXAMPLE"}, {"secret_access_key", secret}}}}});
  return made;
}

// The fuzzer watches comparisons of texts, the one of the signature that would have been right among them, so in time
// it sends that one. Then it must be the right one, by the steps that AWS documents, and right for this secret, this
// body and this head alone.
void check_let_in(const recording::Request& request) {
  static const aws::Accounts others = accounts_with("another");
  const auto authorization = aws::authorization_of(request);
  const auto declared = request.header("x-amz-content-sha256");
  const bool unsigned_payload =
      declared && (*declared == "UNSIGNED-PAYLOAD" || *declared == "STREAMING-UNSIGNED-PAYLOAD-TRAILER");
  const std::string hash = unsigned_payload ? std::string(*declared) : sha256_hex(request.body);
  require(!declared || *declared == hash);
  const auto canonical = aws::canonical_request(request, authorization.signed_headers, hash);
  const auto to_sign = aws::string_to_sign(aws::date_header(request).value_or(""), authorization, canonical);
  require(aws::signature_of("secret", authorization, to_sign) == authorization.signature);
  require(aws::authenticate(request, others, now_ns, policy).refused.has_value());

  const std::string longer = std::string(request.body) + "x" + std::string(64, '\0');
  auto changed = request;
  changed.body = std::string_view(longer).substr(0, request.body.size() + 1);
  static const aws::Accounts known = accounts_with("secret");
  require(unsigned_payload || aws::authenticate(changed, known, now_ns, policy).refused.has_value());
  changed = request;
  changed.method = "PUT";
  require(request.method == "PUT" || aws::authenticate(changed, known, now_ns, policy).refused.has_value());
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

  static const aws::Accounts known = accounts_with("secret");
  const auto lenient = aws::authenticate(request, {}, 0, policy);
  require(!lenient.refused || !lenient.findings.empty());
  const auto strict = aws::authenticate(request, known, now_ns, policy);
  if (!strict.refused) check_let_in(request);
  require(!lenient.refused || strict.refused);
  if (const auto seconds = aws::parse_amz_date(aws::date_header(request).value_or(""))) aws::amz_date(*seconds);

  // Signed by us, it verifies, unless the client lies about the payload.
  auto authorization = aws::authorization_of(request);
  if (request.header("x-amz-content-sha256")) return 0;
  const auto canonical = aws::canonical_request(request, authorization.signed_headers, sha256_hex(request.body));
  const auto signature = aws::signature_of("secret", authorization, aws::string_to_sign("d", authorization, canonical));
  authorization.signature = signature;
  require(aws::signature_matches(request, authorization, "d", "secret", request.body));
  require(!aws::signature_matches(request, authorization, "d", "another", request.body));
  return 0;
}
