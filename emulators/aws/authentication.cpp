#include "aws/authentication.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <set>

#include "aws/arn.h"
#include "aws/authorization.h"
#include "aws/body.h"
#include "aws/signature_fault.h"
#include "aws/sigv4.h"
#include "base/bytes.h"

namespace understudy::aws {
namespace {

using recording::Disposition;
using recording::Evidence;
using recording::Severity;

constexpr std::int64_t skew_seconds = 5 * 60;
constexpr std::size_t largest_plain_body = 64 * 1024 * 1024;  // for the hint about compression only

constexpr std::string_view troubleshooting = "AWS documentation, Signature Version 4 troubleshooting";
constexpr std::string_view recalled = "from memory of the real service; no recording at hand";

// Everything that AWS says about signatures: the row of findings, and beside it the error that goes on the wire.
// `text` has one or more {} where the message names what was seen.
struct Row {
  std::string_view what;
  std::string_view type;  // empty: not refused
  std::string_view text;
  Severity severity;
  std::string_view message;
  std::string_view mend;
  Evidence evidence;
  std::string_view source;
};

constexpr std::string_view mismatch_text =
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details.";

constexpr Row rows[] = {
    {"missing", "MissingAuthenticationTokenException", "Missing Authentication Token", Severity::error,
     "the request carries no Authorization header",
     "give the client credentials (any text will do while no accounts are configured) and do not sign with "
     "--no-sign-request",
     Evidence::snapshot, "replies of the real service, quoted in issues"},
    {"malformed", "IncompleteSignatureException", "{}", Severity::error, "the Authorization header cannot be read",
     "let an AWS SDK sign the request: AWS4-HMAC-SHA256 Credential=.../.../.../.../aws4_request, SignedHeaders=..., "
     "Signature=...",
     Evidence::guess, recalled},
    {"date-missing", "IncompleteSignatureException",
     "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization={}",
     Severity::error, "the request says no date", "send X-Amz-Date; every SDK does", Evidence::guess, recalled},
    {"signature-shape", "InvalidSignatureException", mismatch_text, Severity::error,
     "the signature is not 64 hexadecimal digits, so no secret can have made it", "let an AWS SDK sign the request",
     Evidence::docs, troubleshooting},
    {"key-unknown", "UnrecognizedClientException", "The security token included in the request is invalid.",
     Severity::error, "no configured account has this access key id",
     "use an access key id of the configured accounts, or add this one to them", Evidence::snapshot,
     "replies of the real service, quoted in issues"},
    {"session-token", "UnrecognizedClientException", "The security token included in the request is invalid.",
     Severity::error, "the session token is not the one that belongs to the access key id",
     "set AWS_SESSION_TOKEN beside temporary keys, and unset it for long-term keys", Evidence::snapshot,
     "replies of the real service, quoted in issues"},
    {"scope-terminator", "InvalidSignatureException",
     "Credential should be scoped with a valid terminator: 'aws4_request', not '{}'.", Severity::error,
     "the credential scope does not end in aws4_request", "let an AWS SDK sign the request", Evidence::guess, recalled},
    {"scope-service", "InvalidSignatureException", "Credential should be scoped to correct service: '{}'. ",
     Severity::warning, "the credential scope names another service than the one that the request is for",
     "sign with the service's own signing name", Evidence::guess, recalled},
    {"scope-region", "InvalidSignatureException", "Credential should be scoped to a valid region, not '{}'. ",
     Severity::error, "the credential scope names a region that AWS does not have", "check the spelling of the region",
     Evidence::guess, recalled},
    {"scope-date", "InvalidSignatureException",
     "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{}' != '{}', from "
     "'{}'.",
     Severity::error, "the date of the credential scope is not that of X-Amz-Date", "sign both with the same clock",
     Evidence::guess, recalled},
    {"host-unsigned", "InvalidSignatureException",
     "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.", Severity::error,
     "the host is not among the signed headers", "sign the Host header", Evidence::guess, recalled},
    {"clock-behind", "InvalidSignatureException", "Signature expired: {} is now earlier than {} ({} - 5 min.)",
     Severity::error, "the client's clock is more than five minutes behind", "set the client's clock",
     Evidence::snapshot, "replies of the real service, quoted in issues"},
    {"clock-ahead", "InvalidSignatureException", "Signature not yet current: {} is still later than {} ({} + 5 min.)",
     Severity::error, "the client's clock is more than five minutes ahead", "set the client's clock",
     Evidence::snapshot, "replies of the real service, quoted in issues"},
    {"signature-mismatch", "InvalidSignatureException", mismatch_text, Severity::error,
     "the access key id is known, but the signature was made with another secret or over another request",
     "check the secret access key, and that nothing between client and server changes host, headers or body",
     Evidence::snapshot, "a reply of 229 bytes of the real service, quoted in an issue"},
    {"signed-before-compression", "InvalidSignatureException", mismatch_text, Severity::error,
     "the signature would match the body before it was compressed", "compress first, then sign the compressed bytes",
     Evidence::code, "vectordotdev/vector issue 16629"},
    {"region-unknown", "", "", Severity::warning, "AWS has no region of this name",
     "check the spelling of the region: against AWS the host of such a region does not exist", Evidence::code,
     "boto/botocore, data/partitions.json"},
};

const Row& row_of(std::string_view what) { return *std::ranges::find(rows, what, &Row::what); }

std::string masked(std::string_view id) {
  return id.size() <= 8 ? std::string(id) : fmt::format("{}...{}", id.substr(0, 4), id.substr(id.size() - 4));
}

// Carries the question of one request through its steps.
class Check {
 public:
  Check(const recording::Request& request, const AuthenticationPolicy& policy) : request_(request), policy_(policy) {}

  template <typename... Arguments>
  void refuse(std::string_view what, std::string detail, Arguments&&... arguments) {
    const auto& row = row_of(what);
    note(what, std::move(detail));
    result.refused =
        Error{std::string(row.type), fmt::format(fmt::runtime(row.text), arguments...), policy_.refusal_status, {}};
  }

  void note(std::string_view what, std::string detail) {
    result.findings.push_back(
        {fmt::format("{}.auth.{}", policy_.vendor, what), "header authorization", std::move(detail), 0, 0});
  }

  bool identify();
  void verify(const Accounts& accounts, std::int64_t wall_ns);

  Authentication result;

 private:
  bool clock_agrees(std::int64_t now);
  bool scope_agrees();
  void compare_signature(const Credential& credential);

  const recording::Request& request_;
  const AuthenticationPolicy& policy_;
  Authorization authorization_;
  std::string_view date_;
};

// What holds with and without accounts: the shape. False once the answer stands.
bool Check::identify() {
  const auto header = request_.header("authorization");
  if (!header || trim(*header).empty()) {
    result.identity = {std::string(default_account), std::string(policy_.default_region), ""};
    if (!policy_.unsigned_allowed) refuse("missing", "");
    return false;
  }
  const auto parsed = parse_authorization(*header);
  if (!parsed) {
    refuse("malformed", "", parsed.error().message);
    return false;
  }
  authorization_ = *parsed;
  result.identity = {std::string(default_account), std::string(authorization_.region),
                     std::string(authorization_.access_key_id)};
  const auto date = date_header(request_);
  if (!date) {
    refuse("date-missing", "", *header);
    return false;
  }
  date_ = *date;
  const auto& signature = authorization_.signature;
  if (signature.size() != 64 || signature.find_first_not_of("0123456789abcdef") != std::string_view::npos) {
    refuse("signature-shape", fmt::format("{} characters", signature.size()));
    return false;
  }
  if (!looks_like_region(authorization_.region)) note("region-unknown", std::string(authorization_.region));
  return true;
}

bool Check::scope_agrees() {
  if (authorization_.terminator != "aws4_request") {
    refuse("scope-terminator", std::string(authorization_.terminator), authorization_.terminator);
  } else if (authorization_.service != policy_.service) {
    refuse("scope-service", fmt::format("'{}' instead of '{}'", authorization_.service, policy_.service),
           policy_.service);
  } else if (!looks_like_region(authorization_.region)) {
    refuse("scope-region", std::string(authorization_.region), authorization_.region);
  } else if (!date_.starts_with(authorization_.date) && parse_amz_date(date_)) {
    refuse("scope-date", fmt::format("{} and {}", authorization_.date, date_), authorization_.date, date_.substr(0, 8),
           date_);
  } else if (!fmt::format(";{};", authorization_.signed_headers).contains(";host;")) {
    refuse("host-unsigned", std::string(authorization_.signed_headers));
  }
  return !result.refused;
}

bool Check::clock_agrees(std::int64_t now) {
  const auto signed_at = parse_amz_date(date_);
  if (!signed_at) return true;  // an RFC 1123 Date: the signature alone decides
  if (*signed_at < now - skew_seconds) {
    refuse("clock-behind", fmt::format("{} s behind", now - *signed_at), date_, amz_date(now - skew_seconds),
           amz_date(now));
  } else if (*signed_at > now + skew_seconds) {
    refuse("clock-ahead", fmt::format("{} s ahead", *signed_at - now), date_, amz_date(now + skew_seconds),
           amz_date(now));
  }
  return !result.refused;
}

void Check::compare_signature(const Credential& credential) {
  const auto& secret = credential.secret_access_key;
  if (signature_matches(request_, authorization_, date_, secret, request_.body)) return;
  std::string storage;
  const auto plain = plain_body(request_, storage, largest_plain_body);
  if (plain && plain->data() != request_.body.data() &&
      signature_matches(request_, authorization_, date_, secret, *plain)) {
    refuse("signed-before-compression", "");
  } else {
    refuse("signature-mismatch", fmt::format("access key id {}; {}", masked(credential.access_key_id),
                                             explain_mismatch(request_, authorization_, date_, secret)));
  }
}

void Check::verify(const Accounts& accounts, std::int64_t wall_ns) {
  if (accounts.empty()) {
    if (authorization_.service != policy_.service) {
      note("scope-service", fmt::format("'{}' instead of '{}'", authorization_.service, policy_.service));
    }
    return;
  }
  const auto* credential = accounts.find(authorization_.access_key_id);
  if (credential == nullptr) {
    refuse("key-unknown", fmt::format("access key id {}", masked(authorization_.access_key_id)));
    return;
  }
  result.identity.account = credential->account;
  if (request_.header("x-amz-security-token").value_or("") != credential->session_token) {
    refuse("session-token", request_.header("x-amz-security-token") ? "another token" : "no token");
    return;
  }
  if (scope_agrees() && clock_agrees(wall_ns / 1'000'000'000)) compare_signature(*credential);
}

}  // namespace

Authentication authenticate(const recording::Request& request, const Accounts& accounts, std::int64_t wall_ns,
                            const AuthenticationPolicy& policy) {
  Check check(request, policy);
  if (check.identify()) check.verify(accounts, wall_ns);
  return std::move(check.result);
}

std::vector<recording::FindingRule> authentication_rules(std::string_view vendor) {
  static std::mutex guard;
  static std::set<std::string, std::less<>> ids;  // nodes never move
  const std::lock_guard lock(guard);
  std::vector<recording::FindingRule> rules;
  for (const auto& row : rows) {
    const auto& id = *ids.insert(fmt::format("{}.auth.{}", vendor, row.what)).first;
    const auto disposition = row.type.empty() ? Disposition::accepts : Disposition::refuses;
    rules.push_back({id, row.severity, disposition, row.message, row.mend, row.evidence, row.source});
  }
  return rules;
}

}  // namespace understudy::aws
