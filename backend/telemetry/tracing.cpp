#include "backend/telemetry/tracing.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <random>

#include "backend/telemetry/diagnostics.h"

namespace cruddur::telemetry {
namespace {

thread_local std::optional<SpanContext> current_span;

template <typename Id>
Id random_id() {
  thread_local std::mt19937_64 random{std::random_device{}()};
  Id id{};
  while (id == Id{}) {
    for (auto& byte : id) {
      byte = static_cast<std::uint8_t>(random());
    }
  }
  return id;
}

template <typename List, typename Item>
void add_within_limit(List& list, Item item, std::uint32_t& dropped) {
  if (list.size() < span_limit) {
    list.push_back(std::move(item));
  } else {
    ++dropped;
  }
}

}  // namespace

std::uint64_t unix_nanoseconds() {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count());
}

TraceId new_trace_id() { return random_id<TraceId>(); }
SpanId new_span_id() { return random_id<SpanId>(); }

bool TraceSampler::samples(const TraceId& trace_id, const std::optional<SpanContext>& parent) const {
  if (follows_parent && parent) {
    return parent->is_sampled;
  }
  if (root != Root::ratio) {
    return root == Root::always_on;
  }
  // The low 63 bits of the id, which are random in every SDK.
  std::uint64_t low = 0;
  for (std::size_t i = 8; i < trace_id.size(); ++i) {
    low = low << 8U | trace_id[i];
  }
  return ratio >= 1 || static_cast<double>(low & ~(1ULL << 63U)) < ratio * 0x1p63;
}

ActiveSpan::ActiveSpan(const Tracing* tracing, std::shared_ptr<SpanData> data)
    : tracing_(tracing), data_(std::move(data)), previous_(std::exchange(current_span, data_->context)) {}

ActiveSpan::ActiveSpan(ActiveSpan&& other) noexcept
    : tracing_(other.tracing_),
      data_(std::move(other.data_)),
      previous_(std::move(other.previous_)),
      has_ended_(std::exchange(other.has_ended_, true)) {}

ActiveSpan::~ActiveSpan() {
  if (!has_ended_) {
    end();
  }
}

bool ActiveSpan::is_open(std::string_view attempted) const {
  if (has_ended_) {
    warn(fmt::format("{} on the ended span '{}': it is lost", attempted, data_->name));
  }
  return !has_ended_;
}

void ActiveSpan::set_name(std::string name) {
  if (is_open("setting the name")) {
    data_->name = std::move(name);
  }
}

void ActiveSpan::set_attribute(std::string_view name, AttributeValue value) {
  if (!is_open(fmt::format("setting attribute {}", name))) {
    return;
  }
  auto& attributes = data_->attributes;
  const bool is_known = std::ranges::find(attributes, name, &Attributes::value_type::first) != attributes.end();
  if (is_known || attributes.size() < span_limit) {
    telemetry::set_attribute(attributes, name, std::move(value));
  } else {
    ++data_->dropped_attributes;
  }
}

void ActiveSpan::add_event(std::string name, Attributes attributes) {
  if (is_open("adding an event")) {
    add_within_limit(data_->events, SpanEvent{std::move(name), unix_nanoseconds(), std::move(attributes)},
                     data_->dropped_events);
  }
}

void ActiveSpan::add_link(SpanContext context, Attributes attributes) {
  if (is_open("adding a link")) {
    add_within_limit(data_->links, SpanLink{std::move(context), std::move(attributes)}, data_->dropped_links);
  }
}

void ActiveSpan::set_status(StatusCode status, std::string message) {
  if (is_open("setting the status")) {
    data_->status = status;
    data_->status_message = std::move(message);
  }
}

void ActiveSpan::record_failure(const Caught& caught) {
  add_event("exception", {{"exception.type", caught.type},
                          {"exception.message", caught.message},
                          {"exception.stacktrace", caught.stack_trace()}});
  set_status(StatusCode::error, caught.summary());
}

void ActiveSpan::end() {
  if (!is_open("ending")) {
    return;
  }
  has_ended_ = true;
  data_->end_time_unix_nano = unix_nanoseconds();
  current_span = previous_;
  if (data_->context.is_sampled) {
    tracing_->on_end(data_);
  }
}

ActiveSpan Tracer::start(std::string name, SpanOptions options) const {
  auto data = std::make_shared<SpanData>();
  data->name = std::move(name);
  data->kind = options.kind;
  data->scope = scope_;
  data->parent = options.is_root ? std::nullopt : options.remote_parent ? options.remote_parent : current_span;
  data->context.trace_id = data->parent ? data->parent->trace_id : new_trace_id();
  data->context.trace_state = data->parent ? data->parent->trace_state : "";
  data->context.span_id = new_span_id();
  data->context.is_sampled = tracing_->sampler().samples(data->context.trace_id, data->parent);
  data->start_time_unix_nano = unix_nanoseconds();
  for (auto& link : options.links) {
    add_within_limit(data->links, std::move(link), data->dropped_links);
  }
  return {tracing_, std::move(data)};
}

void Tracing::on_end(const SpanPointer& span) const {
  for (const auto& processor : processors_) {
    processor->on_end(span);
  }
}

bool Tracing::stop(Deadline deadline) {
  bool is_complete = true;
  for (const auto& processor : processors_) {
    is_complete = processor->stop(deadline) && is_complete;
  }
  return is_complete;
}

std::optional<SpanContext> Tracing::current() { return current_span; }

}  // namespace cruddur::telemetry
