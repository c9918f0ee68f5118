#include "console/guard.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"

namespace understudy::console {
namespace {

// Without the port, and without the brackets of an IPv6 address.
std::string_view name_of_host(std::string_view host) {
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    return end == std::string_view::npos ? "" : host.substr(1, end - 1);
  }
  return host.substr(0, host.find(':'));
}

bool is_address(std::string_view name) {
  unsigned char parsed[sizeof(in6_addr)];
  const std::string text(name);
  return inet_pton(AF_INET, text.c_str(), parsed) == 1 || inet_pton(AF_INET6, text.c_str(), parsed) == 1;
}

}  // namespace

bool is_own_host(std::string_view host, std::string_view bound) {
  const std::string_view name = name_of_host(trim(host));
  for (const std::string_view own : {"localhost", "127.0.0.1", "::1"}) {
    if (equals_ignoring_case(name, own)) return true;
  }
  if (name.empty() || bound.empty()) return false;
  if (equals_ignoring_case(name, bound)) return true;
  const bool to_everyone = bound == "0.0.0.0" || bound == "::";
  return to_everyone && (is_address(name) || name.find('.') == std::string_view::npos);
}

std::optional<InputError> refuse_foreign(const recording::Request& request, std::string_view bound) {
  const auto host = request.header("host");
  const std::string_view named = host ? *host : request.header(":authority").value_or("");
  if (!is_own_host(named, bound)) {
    return InputError{fmt::format("the Host header \"{}\" does not name this machine", named),
                      "use http://localhost or http://127.0.0.1, or start with --bind ADDRESS"};
  }
  const auto origin = request.header("origin");
  if (!origin || request.method == "GET" || request.method == "HEAD") return std::nullopt;
  const std::size_t scheme = origin->find("://");
  if (scheme != std::string_view::npos && is_own_host(origin->substr(scheme + 3), bound)) return std::nullopt;
  return InputError{fmt::format("a page of \"{}\" may not change anything here", *origin),
                    "send the request from this machine's own page, or without an Origin header"};
}

}  // namespace understudy::console
