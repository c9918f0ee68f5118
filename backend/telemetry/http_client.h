#pragma once

#include <chrono>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backend/telemetry/courier.h"

namespace cruddur::telemetry {

struct Url {
  std::string scheme;  // http or https
  std::string host;
  int port = 0;
  std::string path;  // with the query; empty when the URL has none

  /// `host:port`, the port only where the scheme does not imply it.
  std::string authority() const;
};
/// The error names the URL and what is wrong with it.
std::expected<Url, std::string> parse_url(std::string_view text);

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Reply {
  int status = 0;
  Headers headers;
  std::string body;

  std::optional<std::string> header(std::string_view name) const;
};

/// Posts to one place over a connection that is kept. For one thread at a time.
class HttpClient {
 public:
  /// `ca_file`: certificates to trust besides the system's, for https.
  HttpClient(const Url& place, const std::string& ca_file = {});
  ~HttpClient();

  /// The error says why no reply came; nobody knows then whether the request was taken.
  std::expected<Reply, std::string> post(const std::string& path, const Headers& headers, const std::string& body,
                                         const std::string& content_type, Deadline deadline);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

/// Retry-After in its two forms: seconds, or a date (seen from `now`, seconds since 1970).
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value, std::int64_t now);

}  // namespace cruddur::telemetry
