#include "backend/http/application.h"

#include <fmt/ranges.h>

#include <cstdio>
#include <ranges>

#include "backend/http/cors.h"

namespace cruddur {
namespace {

HttpResponse list_methods(const std::vector<std::string>& methods) {
  HttpResponse response;
  response.headers.add("Allow", fmt::format("{}", fmt::join(methods, ", ")));
  return response;
}

}  // namespace

void Application::route(const std::string& rule, Handler handler, RouteOptions options) {
  router_.add({rule, std::move(options.methods)});
  routes_.push_back({std::move(handler), options.is_cross_origin});
}

HttpResponse Application::handle(const HttpRequest& request) const {
  Exchange exchange{.request = request, .response = {}, .route = {}, .parameters = {}, .failure = {}};
  const auto found = router_.find(request.method, request.path());
  if (found.found) {
    exchange.route = router_.rule(found.found->rule).path;
    exchange.parameters = found.found->parameters;
  }
  for (const auto& middleware : middlewares_) {
    middleware->begin(exchange);
  }
  try {
    exchange.response = dispatch(exchange, found);
    run_after(exchange);
  } catch (...) {
    exchange.failure = describe_current_exception();
    answer_failure(exchange);
  }
  for (const auto& middleware : middlewares_ | std::views::reverse) {
    middleware->end(exchange);
  }
  return std::move(exchange.response);
}

HttpResponse Application::dispatch(Exchange& exchange, const Router::Result& found) const {
  const Frame frame;
  if (!found.found) {
    return answer_miss(exchange.request, found.miss);
  }
  const auto& route = routes_[found.found->rule];
  HttpResponse response;
  try {
    response = exchange.request.method == "OPTIONS" ? list_methods(router_.rule(found.found->rule).methods)
                                                    : route.handler(exchange.request, found.found->parameters);
  } catch (const Refusal& refusal) {
    return error_page(refusal.status());
  }
  if (route.is_cross_origin) {
    std::swap(exchange.response, response);
    CorsPolicy::any().apply(exchange);
    exchange.cors_is_done = true;
    std::swap(exchange.response, response);
  }
  return response;
}

HttpResponse Application::answer_miss(const HttpRequest& request, const Router::Miss& miss) const {
  if (miss.redirect) {
    const auto query = request.query();
    return redirect_page("http://" + request.host() + *miss.redirect + (query.empty() ? "" : "?" + query));
  }
  if (miss.allowed.empty()) {
    return error_page(404);
  }
  auto page = error_page(405);
  page.headers.add("Allow", fmt::format("{}", fmt::join(miss.allowed, ", ")));
  return page;
}

void Application::run_after(Exchange& exchange) const {
  for (const auto& middleware : middlewares_ | std::views::reverse) {
    middleware->after(exchange);
  }
}

void Application::answer_failure(Exchange& exchange) const {
  for (const auto& middleware : middlewares_) {
    middleware->failed(exchange);
  }
  exchange.response = error_page(500);
  exchange.cors_is_done = false;
  if (skips_after_on_failure_) {
    return;
  }
  try {
    run_after(exchange);
  } catch (const std::exception& again) {
    fmt::print(stderr, "Request finalizing failed with an error while handling an error: {}\n", again.what());
  }
}

}  // namespace cruddur
