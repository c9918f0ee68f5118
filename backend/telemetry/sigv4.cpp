#include "backend/telemetry/sigv4.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <map>
#include <span>

#include "backend/text.h"

namespace cruddur::telemetry {
namespace {

std::string hmac(std::string_view key, std::string_view text) {
  std::string result(SHA256_DIGEST_LENGTH, '\0');
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), reinterpret_cast<unsigned char*>(result.data()), &size);
  return result;
}

std::string hex(std::string_view bytes) {
  return to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

/// Inner runs of blanks become one.
std::string collapse(std::string_view value) {
  std::string result;
  for (const char c : trim(value)) {
    if (c != ' ' || !result.ends_with(' ')) {
      result += c;
    }
  }
  return result;
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return hex(digest);
}

Headers sign_request(const AwsCredentials& credentials, const SignedScope& scope, std::string_view method,
                     std::string_view path, const Headers& headers, std::string_view body, std::int64_t unix_seconds) {
  const auto time = fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(static_cast<std::time_t>(unix_seconds)));
  const auto date = time.substr(0, 8);
  Headers added{{"X-Amz-Date", time}};
  if (!credentials.session_token.empty()) {
    added.emplace_back("X-Amz-Security-Token", credentials.session_token);
  }

  std::map<std::string, std::string> canonical;
  for (const auto* list : std::initializer_list<const Headers*>{&headers, &added}) {
    for (const auto& [name, value] : *list) {
      canonical[to_lower(name)] = collapse(value);
    }
  }
  std::string lines;
  std::string names;
  for (const auto& [name, value] : canonical) {
    lines += fmt::format("{}:{}\n", name, value);
    names += names.empty() ? name : ";" + name;
  }
  const auto request = fmt::format("{}\n{}\n\n{}\n{}\n{}", method, path, lines, names, sha256_hex(body));
  const auto credential_scope = fmt::format("{}/{}/{}/aws4_request", date, scope.region, scope.service);
  const auto to_sign = fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", time, credential_scope, sha256_hex(request));
  const auto key =
      hmac(hmac(hmac(hmac("AWS4" + credentials.secret, date), scope.region), scope.service), "aws4_request");
  added.emplace_back("Authorization",
                     fmt::format("AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}",
                                 credentials.key_id, credential_scope, names, hex(hmac(key, to_sign))));
  return added;
}

}  // namespace cruddur::telemetry
