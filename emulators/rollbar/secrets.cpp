#include "rollbar/secrets.h"

#include <algorithm>
#include <string>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/bytes.h"

namespace understudy::rollbar {

namespace {

constexpr std::string_view secret_words[] = {
    "password", "passwd",  "secret",        "token",      "api_key",     "api-key",     "apikey",
    "cookie",   "session", "authorization", "credential", "private_key", "private-key", "x-honeycomb-team"};

bool is_of_token(char c) { return is_alphanumeric(c) || std::string_view("-._~+/=").find(c) != std::string_view::npos; }
bool is_of_base64url(char c) { return is_alphanumeric(c) || c == '-' || c == '_'; }

template <typename Belongs>
std::size_t run(std::string_view text, std::size_t from, Belongs belongs) {
  std::size_t end = from;
  while (end < text.size() && belongs(text[end])) ++end;
  return end - from;
}

bool has_bearer(std::string_view text) {
  constexpr std::string_view word = "bearer ";
  for (std::size_t at = text.find_first_of("Bb"); at != text.npos; at = text.find_first_of("Bb", at + 1)) {
    if (equals_ignoring_case(text.substr(at, word.size()), word) && run(text, at + word.size(), is_of_token) >= 8) {
      return true;
    }
  }
  return false;
}

// "Basic " and base64 that means user:password; "basic understanding" is none.
bool has_basic(std::string_view text) {
  constexpr std::string_view word = "basic ";
  const auto belongs = [](char c) { return is_alphanumeric(c) || c == '+' || c == '/' || c == '='; };
  for (std::size_t at = text.find_first_of("Bb"); at != text.npos; at = text.find_first_of("Bb", at + 1)) {
    if (!equals_ignoring_case(text.substr(at, word.size()), word)) continue;
    const std::string_view code = text.substr(at + word.size(), run(text, at + word.size(), belongs));
    const auto meant = code.size() < 4 ? std::nullopt : from_base64(code);
    if (meant && meant->find(':') != std::string::npos) return true;
  }
  return false;
}

// Three parts of base64url; the first begins like {" does.
bool has_web_token(std::string_view text) {
  for (std::size_t at = text.find("eyJ"); at != text.npos; at = text.find("eyJ", at + 1)) {
    const std::size_t first = run(text, at, is_of_base64url);
    if (first < 8 || text.substr(at + first, 1) != ".") continue;
    const std::size_t second = run(text, at + first + 1, is_of_base64url);
    if (second >= 4 && text.substr(at + first + 1 + second, 1) == ".") return true;
  }
  return false;
}

bool has_aws_key_id(std::string_view text) {
  const auto belongs = [](char c) { return is_upper(c) || is_digit(c); };
  for (const std::string_view prefix : {"AKIA", "ASIA"}) {
    for (std::size_t at = text.find(prefix); at != text.npos; at = text.find(prefix, at + 1)) {
      if (run(text, at, belongs) == 20 && (at == 0 || !is_alphanumeric(text[at - 1]))) return true;
    }
  }
  return false;
}

bool has_url_password(std::string_view text) {
  for (std::size_t at = text.find("://"); at != text.npos; at = text.find("://", at + 1)) {
    const std::string_view rest = text.substr(at + 3);
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?# \t\r\n\"'<>"));
    const std::size_t mark = authority.rfind('@');
    if (mark == authority.npos) continue;
    const std::size_t colon = authority.substr(0, mark).find(':');
    if (colon == authority.npos) continue;
    const std::string_view password = authority.substr(colon + 1, mark - colon - 1);
    if (!password.empty() && !is_mask(password)) return true;
  }
  return false;
}

// "?token=abc" or "a=1&token=abc": a URL or a query string. A text with spaces before it is prose or code.
bool has_query_secret(std::string_view text) {
  for (std::size_t at = text.find('='); at != text.npos; at = text.find('=', at + 1)) {
    std::size_t start = at;
    while (start > 0 && (is_alphanumeric(text[start - 1]) || text[start - 1] == '_' || text[start - 1] == '-')) --start;
    const bool is_parameter =
        start == 0 ? text.find(' ') == text.npos : text[start - 1] == '?' || text[start - 1] == '&';
    if (!is_parameter || !is_secret_name(text.substr(start, at - start))) continue;
    const std::size_t end = text.find_first_of("&# \t\r\n\"'<>", at + 1);
    const std::string_view value = text.substr(at + 1, end == text.npos ? end : end - at - 1);
    if (!value.empty() && !is_mask(value)) return true;
  }
  return false;
}

}  // namespace

bool is_secret_name(std::string_view name) {
  const std::string lower = lower_case(name);
  return std::any_of(std::begin(secret_words), std::end(secret_words),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

bool is_mask(std::string_view value) {
  const auto all = [&](char c) { return value.find_first_not_of(c) == value.npos; };
  return value == "[FILTERED]" || value == "%5BFILTERED%5D" || value == "xxxxxxxx" ||
         (value.size() >= 3 && value.size() <= 20 && (all('*') || all('-')));
}

std::string_view credential_in(std::string_view text) {
  if (text.size() < 8) return {};
  if (has_web_token(text)) return "a JSON web token";
  if (has_bearer(text)) return "a bearer token";
  if (has_basic(text)) return "a user and password of basic authentication";
  if (has_aws_key_id(text)) return "an AWS access key id";
  if (text.find("-----BEGIN ") != text.npos) return "a PEM block";
  if (has_url_password(text)) return "a password within a URL";
  if (has_query_secret(text)) return "a secret in a query string";
  return {};
}

}  // namespace understudy::rollbar
