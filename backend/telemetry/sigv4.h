#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "backend/telemetry/http_client.h"

namespace cruddur::telemetry {

struct AwsCredentials {
  std::string key_id;
  std::string secret;
  std::string session_token;  // empty for lasting keys
};

struct SignedScope {
  std::string region;
  std::string service;
};

/// AWS Signature Version 4 of a request with an empty query. `headers` are all signed and must hold Host; the result is
/// what has to be sent besides them: X-Amz-Date, X-Amz-Security-Token where there is a token, Authorization
/// (AWS General Reference, "Signature Version 4 signing process" [docs]).
Headers sign_request(const AwsCredentials& credentials, const SignedScope& scope, std::string_view method,
                     std::string_view path, const Headers& headers, std::string_view body, std::int64_t unix_seconds);

std::string sha256_hex(std::string_view bytes);

}  // namespace cruddur::telemetry
