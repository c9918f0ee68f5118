#include "aws/sigv4.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/percent.h"
#include "base/sha256.h"

namespace understudy::aws {
namespace {

using std::string_view_literals::operator""sv;

std::string hmac_sha256(std::string_view key, std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  unsigned int length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), digest.data(), &length);
  return {reinterpret_cast<const char*>(digest.data()), length};
}

// Without empty, "." and ".." segments, then encoded once more than it was sent.
std::string canonical_path(std::string_view path) {
  if (path.empty() || path == "/") return "/";
  std::vector<std::string_view> segments;
  const bool closing_slash = path.ends_with('/');
  while (!path.empty()) {
    const auto slash = path.find('/');
    const auto segment = path.substr(0, slash);
    path = slash == std::string_view::npos ? ""sv : path.substr(slash + 1);
    if (segment == "..") {
      if (!segments.empty()) segments.pop_back();
    } else if (!segment.empty() && segment != ".") {
      segments.push_back(segment);
    }
  }
  std::string canonical;
  for (const auto segment : segments) canonical += '/' + percent_encode(segment);
  if (canonical.empty() || closing_slash) canonical += '/';
  return canonical;
}

std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!query.empty()) {
    const auto ampersand = query.find('&');
    const auto parameter = query.substr(0, ampersand);
    query = ampersand == std::string_view::npos ? ""sv : query.substr(ampersand + 1);
    if (parameter.empty()) continue;
    const auto equals = parameter.find('=');
    const auto value = equals == std::string_view::npos ? ""sv : parameter.substr(equals + 1);
    parameters.emplace_back(percent_encode(percent_decode(parameter.substr(0, equals))),
                            percent_encode(percent_decode(value)));
  }
  std::ranges::sort(parameters);
  std::string canonical;
  for (const auto& [name, value] : parameters) {
    if (!canonical.empty()) canonical += '&';
    canonical += name + '=' + value;
  }
  return canonical;
}

void append_collapsed(std::string& into, std::string_view value) {
  bool blank = false;
  for (const char c : trim(value)) {
    if (c == ' ' && blank) continue;
    blank = c == ' ';
    into += c;
  }
}

bool is_word_for_unsigned_payload(std::string_view declared) {
  return declared == "UNSIGNED-PAYLOAD" || declared == "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
}

}  // namespace

std::string canonical_request(const recording::Request& request, std::string_view signed_headers,
                              std::string_view payload_hash) {
  auto canonical =
      fmt::format("{}\n{}\n{}\n", request.method, canonical_path(request.path()), canonical_query(request.query()));
  for (auto rest = signed_headers; !rest.empty();) {
    const auto semicolon = rest.find(';');
    const auto name = rest.substr(0, semicolon);
    rest = semicolon == std::string_view::npos ? ""sv : rest.substr(semicolon + 1);
    canonical += name;
    canonical += ':';
    bool first = true;
    for (const auto& header : request.headers) {
      if (!equals_ignoring_case(header.name, name)) continue;
      if (!std::exchange(first, false)) canonical += ',';
      append_collapsed(canonical, header.value);
    }
    // HTTP/2 carries the host as ":authority".
    if (first && name == "host") append_collapsed(canonical, request.header(":authority").value_or(""));
    canonical += '\n';
  }
  canonical += '\n';
  canonical += signed_headers;
  canonical += '\n';
  canonical += payload_hash;
  return canonical;
}

std::string string_to_sign(std::string_view date, const Authorization& authorization, std::string_view canonical) {
  return fmt::format("AWS4-HMAC-SHA256\n{}\n{}/{}/{}/{}\n{}", date, authorization.date, authorization.region,
                     authorization.service, authorization.terminator, sha256_hex(canonical));
}

std::string signature_of(std::string_view secret, const Authorization& authorization, std::string_view to_sign) {
  auto key = hmac_sha256(fmt::format("AWS4{}", secret), authorization.date);
  key = hmac_sha256(key, authorization.region);
  key = hmac_sha256(key, authorization.service);
  key = hmac_sha256(key, authorization.terminator);
  return to_hex(hmac_sha256(key, to_sign));
}

bool signature_matches(const recording::Request& request, const Authorization& authorization, std::string_view date,
                       std::string_view secret, std::string_view body) {
  const auto declared = request.header("x-amz-content-sha256");
  std::string payload_hash;
  if (declared && is_word_for_unsigned_payload(*declared)) {
    payload_hash = *declared;
  } else {
    payload_hash = sha256_hex(body);
    if (declared && *declared != payload_hash) return false;
  }
  const auto canonical = canonical_request(request, authorization.signed_headers, payload_hash);
  const auto expected = signature_of(secret, authorization, string_to_sign(date, authorization, canonical));
  return expected.size() == authorization.signature.size() &&
         CRYPTO_memcmp(expected.data(), authorization.signature.data(), expected.size()) == 0;
}

std::optional<std::string_view> date_header(const recording::Request& request) {
  if (const auto date = request.header("x-amz-date")) return date;
  return request.header("date");
}

std::optional<std::int64_t> parse_amz_date(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  const auto number = [&](std::size_t from, std::size_t count) -> int {
    int value = -1;
    const auto* end = text.data() + from + count;
    const auto [parsed, error] = std::from_chars(text.data() + from, end, value);
    return error == std::errc() && parsed == end ? value : -1;
  };
  using namespace std::chrono;
  const auto month = number(4, 2), day = number(6, 2), hour = number(9, 2), minute = number(11, 2),
             second = number(13, 2);
  const year_month_day date(std::chrono::year(number(0, 4)), std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
    return std::nullopt;
  return sys_days(date).time_since_epoch() / seconds(1) + hour * 3600 + minute * 60 + second;
}

std::string amz_date(std::int64_t unix_seconds) {
  using namespace std::chrono;
  const sys_seconds instant{seconds(unix_seconds)};
  const auto midnight = floor<days>(instant);
  const year_month_day date(midnight);
  const hh_mm_ss time(instant - midnight);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count());
}

}  // namespace understudy::aws
