#include "backend/telemetry/scrubbing.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "backend/text.h"

namespace cruddur::telemetry {
namespace {

constexpr std::array secrets{"pw", "passwd", "password", "secret", "confirm_password", "confirmpassword",
                             "password_confirmation", "passwordconfirmation", "access_token", "accesstoken", "auth",
                             "authentication", "authorization", "token", "api_key", "apikey",
                             // headers
                             "cookie", "set-cookie", "proxy-authorization", "x-honeycomb-team",
                             "x-rollbar-access-token", "x-amz-security-token", "x-api-key"};
constexpr std::string_view mask = "********";
constexpr std::string_view url_mask = "--------";

std::string scrub_query(std::string_view query) {
  std::string result;
  for (const auto pair : split(query, '&')) {
    const auto equals = pair.find('=');
    result += result.empty() ? "" : "&";
    if (equals != std::string_view::npos && equals + 1 < pair.size() &&
        is_secret_name(percent_decode(pair.substr(0, equals), true))) {
      result += pair.substr(0, equals + 1);
      result += url_mask;
    } else {
      result += pair;
    }
  }
  return result;
}

}  // namespace

bool is_secret_name(std::string_view name) { return std::ranges::find(secrets, to_lower(name)) != secrets.end(); }

std::string scrub_url(std::string_view url) {
  const auto slashes = url.find("//");
  if (slashes == std::string_view::npos) {
    return std::string(url);
  }
  const auto host = slashes + 2;
  const auto path = std::min(url.find_first_of("/?#", host), url.size());
  const auto at = url.substr(0, path).rfind('@');
  const auto colon = url.find(':', host);
  std::string result(url.substr(0, host));
  if (at != std::string_view::npos && at >= host && colon < at) {
    result += url.substr(host, colon + 1 - host);
    result += url_mask;
    result += url.substr(at, path - at);
  } else {
    result += url.substr(host, path - host);
  }
  const auto question = url.find('?', path);
  if (question == std::string_view::npos) {
    return result + std::string(url.substr(path));
  }
  const auto fragment = std::min(url.find('#', question), url.size());
  result += url.substr(path, question + 1 - path);
  result += scrub_query(url.substr(question + 1, fragment - question - 1));
  return result + std::string(url.substr(fragment));
}

void scrub(nlohmann::json& value) {
  if (value.is_string()) {
    auto& text = value.get_ref<std::string&>();
    if (text.find("://") != std::string::npos) {
      text = scrub_url(text);
    }
  } else if (value.is_array()) {
    std::ranges::for_each(value, scrub);
  } else if (value.is_object()) {
    for (auto& [name, member] : value.items()) {
      if (is_secret_name(name)) {
        member = mask;
      } else {
        scrub(member);
      }
    }
  }
}

}  // namespace cruddur::telemetry
