#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "backend/environment.h"
#include "backend/telemetry/log.h"
#include "backend/telemetry/rollbar.h"
#include "backend/telemetry/tracing.h"
#include "backend/telemetry/xray_recorder.h"
#include "backend/telemetry/xray_sampling.h"
#include "backend/variants.h"

namespace cruddur {

enum class HttpConventions { old, stable, both };

/// Everything that watches the application, made from the environment. What is switched off is there and does nothing,
/// so that no caller has to ask.
class Instruments {
 public:
  /// Opens all four ways out. The error is what keeps the program from starting.
  static std::expected<std::unique_ptr<Instruments>, std::string> open(const Environment& environment);
  /// None at all: for tests of the application alone.
  static std::unique_ptr<Instruments> silent();
  ~Instruments();

  Variants variants;
  HttpConventions conventions = HttpConventions::old;
  telemetry::Log log;
  telemetry::Tracing& tracing();
  telemetry::XrayRecorder& xray();
  /// Null when there is no token.
  telemetry::Rollbar* rollbar();

  struct SegmentNaming {
    std::string service = "backend-flask";
    std::optional<std::string> pattern;  // over the Host header
    std::string name_of(const std::string& host) const;
  };
  SegmentNaming naming;
  /// Whether a request without a decision from upstream becomes a segment.
  telemetry::SamplingDecision decide(const telemetry::SampledRequest& request);
  bool is_xray_enabled() const;

  /// Delivers what is queued, each vendor at the same time, until the deadline. False when something was lost.
  bool stop(telemetry::Deadline deadline);

 private:
  struct Implementation;
  Instruments();
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace cruddur
