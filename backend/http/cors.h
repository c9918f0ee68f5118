#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backend/http/middleware.h"

namespace cruddur {

/// What flask-cors 6 does with the seeds' settings, and with the defaults of its decorator on a route [run].
struct CorsPolicy {
  std::vector<std::string> origins;  // {"*"}: any
  std::optional<std::string> expose_headers;
  std::string methods;
  std::vector<std::string> allow_headers;  // {"*"}: any
  /// flask-cors 3 ends in a TypeError on a request with an Origin when one of its origins is unset [run].
  bool fails_on_unset_origin = false;
  bool has_unset_origin = false;

  static CorsPolicy any();
  void apply(Exchange& exchange) const;
};

/// The policy of everything under /api/, unless the route has applied its own.
class Cors : public Middleware {
 public:
  explicit Cors(CorsPolicy policy) : policy_(std::move(policy)) {}
  void after(Exchange& exchange) override;

 private:
  CorsPolicy policy_;
};

}  // namespace cruddur
