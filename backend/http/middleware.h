#pragma once

#include <optional>
#include <string>

#include "backend/failure.h"
#include "backend/http/message.h"
#include "backend/http/router.h"

namespace cruddur {

/// One request on its way through the application. It stays on one thread.
struct Exchange {
  const HttpRequest& request;
  HttpResponse response;
  std::optional<std::string> route;  // the rule's path; none for 404, 405 and redirects
  PathParameters parameters;         // of the route
  std::optional<Caught> failure;     // an exception that no handler caught
  bool cors_is_done = false;         // by the route itself
};

/// What happens around every request. `begin` runs in the order in which middlewares were added, `after` and `end` in
/// the opposite one, as Flask runs its hooks.
class Middleware {
 public:
  virtual ~Middleware() = default;
  /// Before the handler. The route is known already.
  virtual void begin(Exchange&) {}
  /// An exception left the handler (or an `after`); the response will be a 500.
  virtual void failed(Exchange&) {}
  /// The response stands. May throw: then it becomes a 500 and `after` runs once more.
  virtual void after(Exchange&) {}
  /// The last word, whatever happened.
  virtual void end(Exchange&) {}
};

}  // namespace cruddur
