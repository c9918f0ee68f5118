// Signature Version 4: what AWS computes from a request and a secret. Pure functions over OpenSSL's SHA-256 and HMAC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "aws/authorization.h"
#include "recording/request.h"

namespace understudy::aws {

// The canonical request as every AWS service but S3 builds it: path normalised and encoded once more, query sorted,
// signed headers in the order given, values trimmed and inner blanks collapsed. `payload_hash` goes into it as it is.
std::string canonical_request(const recording::Request& request, std::string_view signed_headers,
                              std::string_view payload_hash);
std::string string_to_sign(std::string_view amz_date, const Authorization& authorization, std::string_view canonical);
// Lower-case hexadecimal.
std::string signature_of(std::string_view secret, const Authorization& authorization, std::string_view to_sign);

// The whole of it. The payload hash is that of `body`, unless the client declared x-amz-content-sha256: then that value
// is what was signed, and it must equal the hash too, or be one of the words for an unsigned payload.
bool signature_matches(const recording::Request& request, const Authorization& authorization, std::string_view amz_date,
                       std::string_view secret, std::string_view body);

// X-Amz-Date, or Date where that is absent; as sent.
std::optional<std::string_view> date_header(const recording::Request& request);
// "20160504T005133Z" <-> unix seconds.
std::optional<std::int64_t> parse_amz_date(std::string_view text);
std::string amz_date(std::int64_t unix_seconds);

}  // namespace understudy::aws
