#include "aws/signature_fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <vector>

#include "aws/sigv4.h"
#include "base/bytes.h"
#include "base/sha256.h"

namespace understudy::aws {
namespace {

using recording::Request;

// The request as it was signed, if a guess at it is right.
struct Signed {
  Request request;
  std::string payload_hash;
  std::string date;
  std::string secret;
};

class Explanation {
 public:
  Explanation(const Request& request, const Authorization& authorization, std::string_view date,
              std::string_view secret)
      : authorization_(authorization),
        arrived_{request, sha256_hex(request.body), std::string(date), std::string(secret)} {}

  std::string text() {
    if (const auto missing = absent_header()) {
      return fmt::format("the header {} is signed, but did not arrive", *missing);
    }
    for (const auto& attempt : {&Explanation::by_payload, &Explanation::by_host, &Explanation::by_secret,
                                &Explanation::by_date, &Explanation::by_header, &Explanation::by_path}) {
      if (auto said = (this->*attempt)()) return *said;
    }
    return fmt::format(
        "neither body, host, date, path nor a header explains it: most likely another secret access key; the canonical "
        "request is {}",
        shown());
  }

 private:
  using Said = std::optional<std::string>;

  bool matches(const Signed& as) const {
    const auto canonical = canonical_request(as.request, authorization_.signed_headers, as.payload_hash);
    return signature_of(as.secret, authorization_, string_to_sign(as.date, authorization_, canonical)) ==
           authorization_.signature;
  }

  std::vector<std::string_view> signed_headers() const {
    std::vector<std::string_view> names;
    for (auto rest = authorization_.signed_headers; !rest.empty();) {
      const auto semicolon = std::min(rest.find(';'), rest.size());
      names.push_back(rest.substr(0, semicolon));
      rest.remove_prefix(std::min(semicolon + 1, rest.size()));
    }
    return names;
  }

  Said absent_header() const {
    for (const auto name : signed_headers()) {
      if (!arrived_.request.header(name) && name != "host") return std::string(name);
    }
    return std::nullopt;
  }

  Said by_payload() const {
    auto as = arrived_;
    if (const auto declared = as.request.header("x-amz-content-sha256"); declared && *declared != as.payload_hash) {
      as.payload_hash = *declared;
      if (matches(as)) return "the body is not the one that was signed: x-amz-content-sha256 is of another body";
    }
    as.payload_hash = sha256_hex("");
    if (matches(as)) return "the body was signed as if it were empty";
    as.payload_hash = "UNSIGNED-PAYLOAD";
    if (matches(as)) return "the body was signed as UNSIGNED-PAYLOAD, without the header x-amz-content-sha256";
    // What a proxy or a client adds at the end.
    for (auto body = arrived_.request.body; !body.empty() && (body.ends_with('\n') || body.ends_with('\r'));) {
      body.remove_suffix(1);
      as.payload_hash = sha256_hex(body);
      if (matches(as)) return "the body was signed without the line break at its end";
    }
    return std::nullopt;
  }

  bool matches_with(std::string_view name, const std::string& value) const {
    auto as = arrived_;
    for (auto& header : as.request.headers) {
      if (equals_ignoring_case(header.name, name)) header.value = value;
    }
    return matches(as);
  }

  // A proxy in between, or a client that leaves the port out.
  Said by_host() const {
    const std::string host(arrived_.request.header("host").value_or(""));
    const auto bare = host.substr(0, host.rfind(':'));
    std::vector<std::string> others = {bare, bare + ":80", bare + ":443", "localhost", "127.0.0.1"};
    const auto port = host.rfind(':') == std::string::npos ? "" : host.substr(host.rfind(':'));
    others.push_back("localhost" + port);
    others.push_back("127.0.0.1" + port);
    others.push_back(fmt::format("{}.{}.amazonaws.com", authorization_.service, authorization_.region));
    for (const auto* name : {"x-forwarded-host", "x-original-host"}) {
      if (const auto before = arrived_.request.header(name)) others.emplace_back(*before);
    }
    for (const auto& other : others) {
      if (other != host && matches_with("host", other)) {
        return fmt::format("the header host was signed as '{}' and arrived as '{}'", other, host);
      }
    }
    return std::nullopt;
  }

  Said by_secret() const {
    auto as = arrived_;
    for (const auto* added : {"\n", "\r\n", " ", "\""}) {
      as.secret = arrived_.secret + added;
      if (matches(as)) return "the client's secret access key has a blank, a quote or a line break at its end";
    }
    as.secret = fmt::format("\"{}\"", arrived_.secret);
    if (matches(as)) return "the client's secret access key is in quotes";
    return std::nullopt;
  }

  Said by_date() const {
    auto as = arrived_;
    const auto date = arrived_.request.header("date");
    as.date = date.value_or("");
    if (date && matches(as)) return "the string to sign has the header Date instead of X-Amz-Date";
    return std::nullopt;
  }

  // Values that a proxy rewrites, and values that were signed with their blanks.
  Said by_header() const {
    static constexpr std::pair<std::string_view, std::string_view> rewritten[] = {
        {"accept-encoding", "identity"},
        {"accept-encoding", "gzip"},
        {"connection", "keep-alive"},
        {"connection", "close"},
        {"content-type", ""},
        {"content-type", "application/x-amz-json-1.1"},
        {"content-type", "application/json"},
        {"transfer-encoding", "chunked"},
        {"content-length", "0"},
        {"user-agent", ""}};
    for (const auto& [name, value] : rewritten) {
      const auto now = arrived_.request.header(name);
      if (now && *now != value && matches_with(name, std::string(value))) {
        return fmt::format("the header {} was signed as '{}' and arrived as '{}'", name, value, *now);
      }
    }
    return std::nullopt;
  }

  Said by_path() const {
    auto as = arrived_;
    const auto path = arrived_.request.path();
    as.request.target = "/";
    if (arrived_.request.target != "/" && matches(as)) {
      return fmt::format("the path was signed as '/' and arrived as '{}'", arrived_.request.target);
    }
    as.request.target = path;
    if (!arrived_.request.query().empty() && matches(as)) return "the query was not signed";
    return std::nullopt;
  }

  std::string shown() const {
    auto request = arrived_.request;
    for (auto& header : request.headers) {
      if (equals_ignoring_case(header.name, "x-amz-security-token")) header.value = "...";
    }
    auto text = canonical_request(request, authorization_.signed_headers, arrived_.payload_hash);
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) text.replace(at, 1, "\\n");
    return text;
  }

  const Authorization& authorization_;
  Signed arrived_;
};

}  // namespace

std::string explain_mismatch(const Request& request, const Authorization& authorization, std::string_view date,
                             std::string_view secret) {
  return Explanation(request, authorization, date, secret).text();
}

}  // namespace understudy::aws
