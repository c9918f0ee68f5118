#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backend/failure.h"
#include "backend/telemetry/courier.h"
#include "backend/telemetry/span.h"

namespace cruddur::telemetry {

/// Takes every sampled span when it ends.
class SpanProcessor {
 public:
  virtual ~SpanProcessor() = default;
  virtual void on_end(SpanPointer span) = 0;
  /// False when spans were lost.
  virtual bool stop(Deadline deadline) = 0;
};

/// OTEL_TRACES_SAMPLER. A ratio is of trace ids, so that all services of one trace decide alike.
struct TraceSampler {
  enum class Root { always_on, always_off, ratio };
  Root root = Root::always_on;
  bool follows_parent = true;
  double ratio = 1.0;

  bool samples(const TraceId& trace_id, const std::optional<SpanContext>& parent) const;
};

class Tracing;

/// A span that is being recorded. Not copied, not shared between threads; ends when it goes out of scope. While it
/// lives it is the parent of what its thread starts.
class ActiveSpan {
 public:
  ~ActiveSpan();
  ActiveSpan(ActiveSpan&& other) noexcept;
  ActiveSpan& operator=(ActiveSpan&&) = delete;

  const SpanContext& context() const { return data_->context; }
  void set_name(std::string name);
  void set_attribute(std::string_view name, AttributeValue value);
  void add_event(std::string name, Attributes attributes = {});
  void add_link(SpanContext context, Attributes attributes = {});
  void set_status(StatusCode status, std::string message = {});
  /// An event `exception`, and the status ERROR.
  void record_failure(const Caught& caught);
  /// Everything after it is refused with a warning.
  void end();

 private:
  friend class Tracer;
  ActiveSpan(const Tracing* tracing, std::shared_ptr<SpanData> data);
  bool is_open(std::string_view attempted) const;

  const Tracing* tracing_;
  std::shared_ptr<SpanData> data_;
  std::optional<SpanContext> previous_;  // the thread's current span before this one
  bool has_ended_ = false;
};

struct SpanOptions {
  SpanKind kind = SpanKind::internal;
  /// A parent from elsewhere; otherwise the thread's current span.
  std::optional<SpanContext> remote_parent = std::nullopt;
  bool is_root = false;
  std::vector<SpanLink> links = {};
};

/// Starts spans of one scope. Cheap to copy; must not outlive its Tracing.
class Tracer {
 public:
  Tracer(const Tracing& tracing, Scope scope) : tracing_(&tracing), scope_(std::move(scope)) {}
  ActiveSpan start(std::string name, SpanOptions options = {}) const;

 private:
  const Tracing* tracing_;
  Scope scope_;
};

/// The processors behind all tracers.
class Tracing {
 public:
  explicit Tracing(TraceSampler sampler) : sampler_(sampler) {}
  void add(std::unique_ptr<SpanProcessor> processor) { processors_.push_back(std::move(processor)); }
  Tracer tracer(std::string name, std::string version = {}) const {
    return {*this, {std::move(name), std::move(version)}};
  }
  const TraceSampler& sampler() const { return sampler_; }
  void on_end(const SpanPointer& span) const;
  bool stop(Deadline deadline);

  /// The current span of this thread.
  static std::optional<SpanContext> current();

 private:
  TraceSampler sampler_;
  std::vector<std::unique_ptr<SpanProcessor>> processors_;
};

std::uint64_t unix_nanoseconds();
/// Random, never all zeros.
TraceId new_trace_id();
SpanId new_span_id();

}  // namespace cruddur::telemetry
