#include "console/secrets.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/content_coding.h"

namespace understudy::console {
namespace {

constexpr std::string_view secret_headers[] = {"authorization",       "proxy-authorization", "cookie",
                                               "set-cookie",          "x-honeycomb-team",    "x-rollbar-access-token",
                                               "x-amz-security-token"};
constexpr std::string_view secret_parameters[] = {"access_token", "x-amz-credential", "x-amz-signature",
                                                  "x-amz-security-token"};
constexpr std::string_view secret_members[] = {"access_token", "session_token", "secret_access_key"};
constexpr std::string_view telling_words[] = {"key", "token", "secret", "password"};

template <std::size_t Count>
bool is_among(const std::string_view (&names)[Count], std::string_view name) {
  return std::any_of(names, names + Count, [&](std::string_view known) { return equals_ignoring_case(known, name); });
}

void mask_range(std::string& text, std::size_t begin, std::size_t end) {
  text.replace(begin, end - begin, masked(std::string_view(text).substr(begin, end - begin)));
}

// "AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/logs/aws4_request, SignedHeaders=..., Signature=...": the
// scope and the signed headers are what one looks for when a signature is refused, so they stay.
std::string mask_signature(std::string_view value) {
  std::string text(value);
  for (const std::string_view name : {"Credential=", "Signature="}) {
    const std::size_t found = text.find(name);
    if (found == std::string::npos) continue;
    const std::size_t begin = found + name.size();
    mask_range(text, begin, std::min(text.find_first_of("/, ", begin), text.size()));
  }
  return text;
}

// The end of a string token whose first character is at `begin`: its closing quote.
std::size_t end_of_string(std::string_view text, std::size_t begin) {
  for (std::size_t i = begin; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i;
    }
  }
  return text.size();
}

void mask_member(std::string& body, std::string_view member) {
  const std::string token = '"' + std::string(member) + '"';
  for (std::size_t at = body.find(token); at != std::string::npos; at = body.find(token, at)) {
    at = body.find_first_not_of(" \t\r\n", at + token.size());
    if (at == std::string::npos || body[at] != ':') continue;
    at = body.find_first_not_of(" \t\r\n", at + 1);
    if (at == std::string::npos || body[at] != '"') continue;
    const std::size_t end = end_of_string(body, at + 1);
    mask_range(body, at + 1, end);
    at = end;
  }
}

bool tells_a_secret(std::string_view name) {
  const std::string lower = lower_case(name);
  return std::any_of(std::begin(telling_words), std::end(telling_words),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

// "POST /path?query HTTP/1.1"
std::string mask_request_line(std::string_view line) {
  const std::size_t begin = line.find(' ') + 1;
  const std::size_t end = line.rfind(' ');
  if (end == std::string_view::npos || end < begin) return std::string(line);
  return std::string(line.substr(0, begin)) + mask_target(line.substr(begin, end - begin)) +
         std::string(line.substr(end));
}

std::string mask_line(std::string_view line, bool first) {
  const std::size_t colon = line.find(':', 1);  // HTTP/2's own headers begin with one
  const bool is_header = colon != std::string_view::npos && line.substr(0, colon).find(' ') == std::string_view::npos;
  if (!is_header) return first ? mask_request_line(line) : std::string(line);
  const std::size_t value = std::min(line.find_first_not_of(" \t", colon + 1), line.size());
  return std::string(line.substr(0, value)) + mask_header(line.substr(0, colon), line.substr(value));
}

void mask_all(nlohmann::ordered_json& json, bool secret) {
  if (json.is_string() && secret) json = masked(json.get_ref<const std::string&>());
  if (!json.is_structured()) return;
  for (auto& [name, value] : json.items()) {
    // A list under a telling name holds secrets or objects; of objects the members tell.
    const bool telling = json.is_array() ? secret : tells_a_secret(name);
    mask_all(value, telling && !value.is_object());
  }
}

}  // namespace

std::string masked(std::string_view secret) {
  constexpr std::size_t shown = 4;
  const std::size_t kept = secret.size() < 4 * shown ? 0 : shown;
  return std::string(secret.substr(0, kept)) + std::string(secret.size() - kept, '*');
}

std::string mask_header(std::string_view name, std::string_view value) {
  if (name == ":path" || equals_ignoring_case(name, "location")) return mask_target(value);
  if (!is_among(secret_headers, name)) return std::string(value);
  if (value.starts_with("AWS4-")) return mask_signature(value);
  // "Bearer ...": the scheme is no secret.
  const std::size_t space = value.find(' ');
  const std::size_t scheme = name.ends_with("uthorization") && space != std::string_view::npos ? space + 1 : 0;
  return std::string(value.substr(0, scheme)) + masked(value.substr(scheme));
}

std::string mask_target(std::string_view target) {
  constexpr std::string_view before_token = "/access_token/";  // Rollbar's calls about one
  std::string text(target);
  if (const std::size_t at = text.find(before_token); at < text.find('?')) {
    const std::size_t begin = at + before_token.size();
    mask_range(text, begin, std::min(text.find_first_of("/?", begin), text.size()));
  }
  for (std::size_t at = text.find('?'); at < text.size(); at = text.find('&', at + 1)) {
    const std::size_t begin = at + 1;
    const std::size_t end = std::min(text.find('&', begin), text.size());
    const std::size_t equals = text.find('=', begin);
    if (equals < end && is_among(secret_parameters, std::string_view(text).substr(begin, equals - begin))) {
      mask_range(text, equals + 1, end);
    }
  }
  return text;
}

std::string mask_head(std::string_view head) {
  std::string result;
  for (bool first = true; !head.empty(); first = false) {
    const std::size_t length = std::min(head.find('\n'), head.size() - 1) + 1;
    const std::string_view line = head.substr(0, length);
    const std::size_t content = line.find_last_not_of("\r\n") + 1;
    result += mask_line(line.substr(0, content), first);
    result += line.substr(content);
    head.remove_prefix(length);
  }
  return result;
}

std::string mask_body(std::string_view body) {
  std::string text(body);
  for (const std::string_view member : secret_members) mask_member(text, member);
  return text;
}

bool hides_secrets(std::string_view coding, std::string_view body) {
  constexpr std::size_t most = 64 * 1024 * 1024;
  if (coding.empty() || equals_ignoring_case(coding, "identity")) return false;
  const auto decoded = decode_content(coding, body, most);
  return decoded && mask_body(*decoded) != *decoded;
}

void mask_members(nlohmann::ordered_json& json) { mask_all(json, false); }

}  // namespace understudy::console
