#include "backend/telemetry/http_client.h"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <charconv>
#include <ctime>

#include "backend/text.h"

namespace cruddur::telemetry {

std::string Url::authority() const {
  const bool is_implied = port == (scheme == "https" ? 443 : 80);
  return is_implied ? host : fmt::format("{}:{}", host, port);
}

std::expected<Url, std::string> parse_url(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return std::unexpected(fmt::format("'{}' is no URL that can be used: {}", text, why));
  };
  Url url;
  const auto scheme = text.find("://");
  if (scheme == std::string_view::npos) {
    return refuse("it does not begin with http:// or https://");
  }
  url.scheme = to_lower(text.substr(0, scheme));
  if (url.scheme != "http" && url.scheme != "https") {
    return refuse("it does not begin with http:// or https://");
  }
  const auto rest = text.substr(scheme + 3);
  const auto path = rest.find_first_of("/?");
  url.path = path == std::string_view::npos ? "" : std::string(rest.substr(path));
  auto authority = rest.substr(0, path);
  const bool is_ipv6 = authority.starts_with('[');
  const auto colon = authority.find(':', is_ipv6 ? authority.find(']') : 0);
  url.port = url.scheme == "https" ? 443 : 80;
  if (colon != std::string_view::npos) {
    const auto port = authority.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (error != std::errc() || end != port.data() + port.size() || url.port < 1 || url.port > 65535) {
      return refuse("its port is no number from 1 to 65535");
    }
  }
  url.host = authority.substr(0, colon);
  return url.host.empty() ? std::expected<Url, std::string>(refuse("it names no host")) : url;
}

std::optional<std::string> Reply::header(std::string_view name) const {
  const auto found =
      std::ranges::find_if(headers, [&](const auto& one) { return equal_ignoring_case(one.first, name); });
  return found == headers.end() ? std::nullopt : std::optional(found->second);
}

struct HttpClient::Implementation {
  Implementation(const Url& place, const std::string& ca_file)
      : authority(place.authority()), client(fmt::format("{}://{}:{}", place.scheme, place.host, place.port)) {
    client.set_keep_alive(true);
    client.set_tcp_nodelay(true);
    client.set_follow_location(false);
    if (!ca_file.empty()) {
      client.set_ca_cert_path(ca_file.c_str());
    }
  }

  std::string authority;
  httplib::Client client;
};

HttpClient::HttpClient(const Url& place, const std::string& ca_file)
    : implementation_(std::make_unique<Implementation>(place, ca_file)) {}
HttpClient::~HttpClient() = default;

std::expected<Reply, std::string> HttpClient::post(const std::string& path, const Headers& headers,
                                                   const std::string& body, const std::string& content_type,
                                                   Deadline deadline) {
  auto& client = implementation_->client;
  const auto left = std::max(std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()),
                             std::chrono::milliseconds(1));
  client.set_connection_timeout(left);
  client.set_read_timeout(left);
  client.set_write_timeout(left);
  httplib::Headers sent{{"Host", implementation_->authority}};
  for (const auto& [name, value] : headers) {
    sent.emplace(name, value);
  }
  const auto result = client.Post(path.c_str(), sent, body, content_type.c_str());
  if (!result) {
    return std::unexpected(fmt::format("{}: {}", implementation_->authority, httplib::to_string(result.error())));
  }
  Reply reply{.status = result->status, .headers = {}, .body = result->body};
  for (const auto& [name, value] : result->headers) {
    reply.headers.emplace_back(name, value);
  }
  return reply;
}

std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value, std::int64_t now) {
  const auto text = std::string(trim(value));
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size()) {
    std::tm date{};
    const char* rest = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date);
    if (rest == nullptr || *rest != '\0') {
      return std::nullopt;
    }
    seconds = timegm(&date) - now;
  }
  return std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, 3600));
}

}  // namespace cruddur::telemetry
