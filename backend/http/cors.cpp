#include "backend/http/cors.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "backend/text.h"

namespace cruddur {
namespace {

bool is_any(const std::vector<std::string>& values) { return values.size() == 1 && values[0] == "*"; }

bool has(const std::vector<std::string>& values, std::string_view value) {
  return is_any(values) ||
         std::ranges::any_of(values, [&](const auto& one) { return equal_ignoring_case(one, value); });
}

/// The value of Allow-Origin; none when the request gets no CORS headers.
std::optional<std::string> allowed_origin(const CorsPolicy& policy, const std::optional<std::string>& origin) {
  if (origin) {
    return has(policy.origins, *origin) ? origin : std::nullopt;
  }
  return policy.origins.empty() ? std::nullopt : std::optional(*std::ranges::min_element(policy.origins));
}

void answer_preflight(const CorsPolicy& policy, Exchange& exchange) {
  const auto& asked = exchange.request.headers;
  const auto method = asked.get("Access-Control-Request-Method");
  if (exchange.request.method != "OPTIONS" || !method || policy.methods.find(*method) == std::string::npos) {
    return;
  }
  const auto names = asked.get("Access-Control-Request-Headers").value_or("");
  std::vector<std::string_view> granted;
  for (const auto name : split(names, ',')) {
    if (!trim(name).empty() && has(policy.allow_headers, trim(name))) {
      granted.push_back(trim(name));
    }
  }
  std::ranges::sort(granted);
  if (!granted.empty()) {
    exchange.response.headers.add("Access-Control-Allow-Headers", fmt::format("{}", fmt::join(granted, ", ")));
  }
  exchange.response.headers.add("Access-Control-Allow-Methods", policy.methods);
}

}  // namespace

CorsPolicy CorsPolicy::any() {
  return {.origins = {"*"},
          .expose_headers = std::nullopt,
          .methods = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT",
          .allow_headers = {"*"}};
}

void CorsPolicy::apply(Exchange& exchange) const {
  const auto origin = exchange.request.headers.get("Origin");
  if (fails_on_unset_origin && has_unset_origin && origin) {
    throw Failure("TypeError", "expected an origin, but one of FRONTEND_URL and BACKEND_URL is not set");
  }
  const auto allowed = allowed_origin(*this, origin);
  if (!allowed) {
    return;
  }
  auto& headers = exchange.response.headers;
  headers.add("Access-Control-Allow-Origin", *allowed);
  if (expose_headers) {
    headers.add("Access-Control-Expose-Headers", *expose_headers);
  }
  answer_preflight(*this, exchange);
  // Where the answer depends on who asks, caches must know.
  if (*allowed != "*" && (is_any(origins) || origins.size() + (has_unset_origin ? 1 : 0) > 1)) {
    headers.add("Vary", "Origin");
  }
}

void Cors::after(Exchange& exchange) {
  if (!exchange.cors_is_done && exchange.request.path().starts_with("/api/")) {
    policy_.apply(exchange);
  }
}

}  // namespace cruddur
