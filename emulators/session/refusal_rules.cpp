#include "session/refusal_rules.h"

namespace understudy::session {

using recording::Disposition;
using recording::Evidence;
using recording::FindingRule;
using recording::Severity;

namespace {

// In the order of Refusal::Reason.
constexpr FindingRule rules[] = {
    {"transport.bad-head", Severity::error, Disposition::refuses, "What came is not an HTTP request.",
     "Check that the client speaks HTTP to this port, and that nothing between alters its bytes.", Evidence::docs,
     "RFC 9112"},
    {"transport.head-too-large", Severity::error, Disposition::refuses,
     "The request's headers are larger than the door takes.", "Send fewer or shorter headers and cookies.",
     Evidence::docs, "RFC 6585 section 5"},
    {"transport.body-too-large", Severity::error, Disposition::refuses,
     "The request's body is larger than the door takes.", "Send smaller batches.", Evidence::docs,
     "RFC 9110 section 15.5.14"},
    {"transport.incomplete", Severity::error, Disposition::drops_silently,
     "The request never became whole: nothing more came in time.",
     "Look for a client that hangs while it sends, or announces more bytes than it sends.", Evidence::docs,
     "RFC 9110 section 15.5.9"},
    {"transport.overloaded", Severity::error, Disposition::refuses, "The door could not take the request.",
     "See /v1/health for the reason.", Evidence::guess, "ours"},
    {"transport.tls-on-plain-port", Severity::error, Disposition::refuses,
     "A TLS handshake came to a port that speaks plain HTTP.",
     "Use http:// in the client's endpoint for this port, or start the program with --tls.", Evidence::docs,
     "RFC 8446 section 5.1"},
    {"transport.tls-handshake-failed", Severity::error, Disposition::refuses, "A TLS handshake did not succeed.",
     "Where the client does not trust the certificate, set OTEL_EXPORTER_OTLP_CERTIFICATE, REQUESTS_CA_BUNDLE, "
     "NODE_EXTRA_CA_CERTS, SSL_CERT_FILE or AWS_CA_BUNDLE, whichever it reads, to the file that `understudy ca --path` "
     "prints.",
     Evidence::docs, "RFC 8446 section 6"},
    {"transport.tls-unknown-host", Severity::error, Disposition::refuses,
     "A TLS handshake asks for a server that is none of those that the program stands in for.",
     "Check the client's endpoint, and which names the resolver sends here; `understudy ca` lists those that are "
     "served.",
     Evidence::docs, "RFC 6066 section 3"},
    {"transport.tls-no-request", Severity::info, Disposition::drops_silently,
     "A TLS handshake was completed, and the client left without a request.",
     "A client that checks the certificate after the handshake does so when it does not trust it: set the variable "
     "that "
     "it reads, see transport.tls-handshake-failed. A probe or an unused spare connection is harmless.",
     Evidence::guess, "RFC 8446 section 4.4.2.4 asks for an alert"},
    {"transport.unknown-session", Severity::error, Disposition::refuses,
     "The request names a session that does not exist.", "Create the session first: POST /v1/sessions.",
     Evidence::guess, "ours"},
    {"transport.cut", Severity::error, Disposition::drops_silently,
     "The request never became whole: its sender ended the connection before.",
     "Look for a client that times out, exits or is killed while it sends.", Evidence::docs, "RFC 9112 section 8"},
};

}  // namespace

std::span<const FindingRule> refusal_rules() { return rules; }

bool has_no_reply(recording::Refusal::Reason reason) {
  using Reason = recording::Refusal::Reason;
  return reason == Reason::tls_failed || reason == Reason::tls_unknown_host || reason == Reason::tls_unused;
}

recording::Finding finding_of(const recording::Refusal& refusal) {
  return {std::string(rules[static_cast<int>(refusal.reason)].id), "request", std::string(refusal.detail), 0, 0};
}

const FindingRule* find_rule(const std::vector<const recording::Vendor*>& vendors, std::string_view id) {
  const auto among = [id](std::span<const FindingRule> table) -> const FindingRule* {
    for (const FindingRule& rule : table) {
      if (rule.id == id) return &rule;
    }
    return nullptr;
  };
  for (const recording::Vendor* vendor : vendors) {
    if (const FindingRule* rule = among(vendor->rules())) return rule;
  }
  return among(rules);
}

}  // namespace understudy::session
