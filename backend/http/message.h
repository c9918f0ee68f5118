#pragma once

#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cruddur {

/// Names are compared without case; the first of equal names wins.
class HeaderList {
 public:
  void add(std::string name, std::string value) { entries_.emplace_back(std::move(name), std::move(value)); }
  std::optional<std::string> get(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& entries() const { return entries_; }

 private:
  std::vector<std::pair<std::string, std::string>> entries_;
};

struct HttpRequest {
  std::string method;
  std::string target = "/";  // as sent
  std::string version = "HTTP/1.1";
  HeaderList headers;
  std::string body;
  std::string remote_address;
  int remote_port = 0;
  int local_port = 0;

  /// The target's path without percent coding.
  std::string path() const;
  /// The target's part after the question mark, as sent; empty without one.
  std::string query() const;
  /// The first value of a name in the query.
  std::optional<std::string> argument(std::string_view name) const;
  /// The Host header, or what a client of HTTP/1.0 would have written there.
  std::string host() const;
  /// `http://host/path`, coded as a URL and without the query.
  std::string base_url() const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/html; charset=utf-8";
  HeaderList headers;
  std::string body;

  /// `404 NOT FOUND`.
  std::string status_line() const;
};

/// Thrown by a handler that cannot read the request: the answer is the page of this status, and no vendor hears of an
/// exception.
class Refusal : public std::exception {
 public:
  explicit Refusal(int status) : status_(status) {}
  int status() const { return status_; }

 private:
  int status_;
};

HttpResponse json_response(int status, std::string body);
/// The page that says what a status means.
HttpResponse error_page(int status, std::string_view description = {});
HttpResponse redirect_page(const std::string& location);
std::string_view reason_phrase(int status);

}  // namespace cruddur
