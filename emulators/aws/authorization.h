// The Authorization header of Signature Version 4, taken apart. Nothing is verified here: see aws/sigv4.h.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "recording/request.h"

namespace understudy::aws {

// Views into the header.
struct Authorization {
  std::string_view access_key_id;
  std::string_view date;  // yyyymmdd, of the credential scope
  std::string_view region;
  std::string_view service;
  std::string_view terminator;      // "aws4_request" in every scope that AWS accepts
  std::string_view signed_headers;  // "host;x-amz-date"
  std::string_view signature;       // 64 hexadecimal digits if well shaped
};

// An Authorization header that AWS cannot read, in AWS's words (IncompleteSignatureException).
struct MalformedAuthorization {
  std::string message;
};

std::expected<Authorization, MalformedAuthorization> parse_authorization(std::string_view header);

// The same of a request; views into it. Empty views where there is no readable header: for telling requests apart
// (sessions by key, vendors by scope), never for letting them in.
Authorization authorization_of(const recording::Request& request);

}  // namespace understudy::aws
