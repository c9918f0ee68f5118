#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "backend/http/middleware.h"
#include "backend/http/router.h"

namespace cruddur {

using Handler = std::function<HttpResponse(const HttpRequest&, const PathParameters&)>;

struct RouteOptions {
  std::vector<std::string> methods = {"GET", "HEAD", "OPTIONS"};
  /// The route answers CORS for itself and lets everybody in.
  bool is_cross_origin = false;
};

/// Rules, handlers and what runs around them. Complete before the first request; then `handle` may be called by any
/// number of threads.
class Application {
 public:
  void route(const std::string& rule, Handler handler, RouteOptions options = {});
  void use(std::unique_ptr<Middleware> middleware) { middlewares_.push_back(std::move(middleware)); }
  HttpResponse handle(const HttpRequest& request) const;
  /// As a server in debug mode: no `after` for a request that failed.
  void skip_after_on_failure() { skips_after_on_failure_ = true; }

 private:
  struct Route {
    Handler handler;
    bool is_cross_origin;
  };

  HttpResponse dispatch(Exchange& exchange, const Router::Result& found) const;
  HttpResponse answer_miss(const HttpRequest& request, const Router::Miss& miss) const;
  void run_after(Exchange& exchange) const;
  void answer_failure(Exchange& exchange) const;

  Router router_;
  std::vector<Route> routes_;
  std::vector<std::unique_ptr<Middleware>> middlewares_;
  bool skips_after_on_failure_ = false;
};

}  // namespace cruddur
