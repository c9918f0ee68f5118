// Who sent a request, as AWS finds out, and what AWS says when it cannot.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/accounts.h"
#include "aws/reply.h"
#include "recording/finding.h"
#include "recording/request.h"

namespace understudy::aws {

// What differs from door to door.
struct AuthenticationPolicy {
  std::string_view vendor;                        // findings are "<vendor>.auth.<what>"
  std::string_view service;                       // that a credential scope should name: "logs", "xray", "sts"
  bool unsigned_allowed = false;                  // the X-Ray daemon's proxy signs for its clients
  int refusal_status = 400;                       // 400 in awsJson 1.1, 403 elsewhere
  std::string_view default_region = "us-east-1";  // of an unsigned request
};

struct Identity {
  std::string account;
  std::string region;
  std::string access_key_id;  // empty: unsigned
};

struct Authentication {
  Identity identity;
  std::optional<Error> refused;
  std::vector<recording::Finding> findings;  // why it was refused, and what is odd about it though it was not
};

// Without accounts every well-shaped signature is accepted and belongs to account 000000000000. With accounts the whole
// of Signature Version 4 is verified, the hash of the body included. `wall_ns` is the server's clock: signatures are
// about real time, whatever the session's clock shows.
Authentication authenticate(const recording::Request& request, const Accounts& accounts, std::int64_t wall_ns,
                            const AuthenticationPolicy& policy);

// The rows of a vendor's table of findings that authenticate() uses. Their ids live as long as the program.
std::vector<recording::FindingRule> authentication_rules(std::string_view vendor);

}  // namespace understudy::aws
