#include "backend/telemetry/xray_recorder.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "backend/telemetry/diagnostics.h"
#include "backend/telemetry/tracing.h"
#include "backend/telemetry/xray_emitter.h"
#include "backend/telemetry/xray_entity.h"
#include "backend/text.h"

namespace cruddur::telemetry {
namespace {

constexpr std::size_t most_subsegments = 100;
constexpr std::size_t largest_whole_document = std::size_t{63} * 1024;
constexpr std::string_view no_context =
    "cannot find the current segment/subsegment, please make sure you have a segment open";

/// What this thread records: a segment, and the innermost entity that is open.
struct Context {
  std::unique_ptr<XrayEntity> segment;
  XrayEntity* innermost = nullptr;
};
thread_local Context context;

double now() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

std::string new_entity_id() { return to_hex(new_span_id()); }

std::unique_ptr<XrayEntity> new_entity(std::string_view name) {
  auto entity = std::make_unique<XrayEntity>();
  entity->id = new_entity_id();
  entity->name = clean_segment_name(name);
  entity->start_time = now();
  return entity;
}

std::string to_text(const XrayEntity& entity) {
  return segment_document(entity).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

XrayEntity* XrayRecorder::missing() const {
  if (on_missing_ == OnMissingContext::throw_failure) {
    throw Failure("SegmentNotFoundException", std::string(no_context));
  }
  warn(no_context);
  return nullptr;
}

XrayEntity* XrayRecorder::current_segment() { return context.segment ? context.segment.get() : missing(); }
XrayEntity* XrayRecorder::current_entity() { return context.innermost != nullptr ? context.innermost : missing(); }

void XrayRecorder::begin_segment(SegmentStart start) {
  // A segment that is open already is lost, as with the SDKs: there is one context a thread.
  context.segment = new_entity(start.name);
  auto& segment = *context.segment;
  segment.trace_id = start.trace_id.value_or(new_xray_trace_id());
  segment.parent_id = start.parent_id.value_or("");
  segment.is_sampled = start.is_sampled;
  segment.rule = std::move(start.rule);
  context.innermost = &segment;
}

void XrayRecorder::end_segment() {
  auto* segment = current_segment();
  if (segment != nullptr) {
    segment->end_time = now();
    send_if_ready(*segment);
  }
}

void XrayRecorder::begin_subsegment(const std::string& name) {
  auto* parent = current_entity();
  if (parent == nullptr) {
    return;
  }
  auto subsegment = new_entity(name);
  subsegment->is_subsegment = true;
  subsegment->trace_id = parent->trace_id;
  subsegment->parent_id = parent->id;
  subsegment->parent = parent;
  context.innermost = subsegment.get();
  parent->subsegments.push_back(std::move(subsegment));
  ++context.segment->open_subsegments;
  ++context.segment->held_subsegments;
}

void XrayRecorder::end_subsegment() {
  if (context.innermost == nullptr) {
    warn(no_context);  // never a throw: this runs while exceptions pass
    return;
  }
  if (!context.innermost->is_subsegment) {
    warn("No subsegment to end.");
    return;
  }
  close_subsegment();
}

void XrayRecorder::close_subsegment() {
  auto* ended = context.innermost;
  auto& segment = *context.segment;
  ended->end_time = now();
  context.innermost = ended->parent;
  --segment.open_subsegments;
  if (segment.end_time) {
    send_if_ready(segment);
  } else if (segment.held_subsegments > most_subsegments && segment.is_sampled) {
    stream(segment);
  }
}

void XrayRecorder::send_if_ready(XrayEntity& segment) {
  if (segment.open_subsegments > 0) {
    return;
  }
  if (segment.is_sampled) {
    emit_split(segment);
  }
  context = {};
}

/// Sends the subsegments that are closed with everything below them, and forgets them.
void XrayRecorder::stream(XrayEntity& entity) {
  std::erase_if(entity.subsegments, [this](const std::unique_ptr<XrayEntity>& child) {
    stream(*child);
    // What is still below a closed one is open; it then goes with that one.
    if (!child->end_time || !child->subsegments.empty()) {
      return false;
    }
    emit_(to_text(*child));
    --context.segment->held_subsegments;
    return true;
  });
}

void XrayRecorder::emit_split(XrayEntity& entity) {
  auto text = to_text(entity);
  if (text.size() > largest_whole_document && !entity.subsegments.empty()) {
    for (auto& child : entity.subsegments) {
      emit_split(*child);
    }
    entity.subsegments.clear();
    text = to_text(entity);
  }
  emit_(text);
}

void XrayRecorder::put_http_request(const HttpRequestMeta& request) {
  if (auto* segment = current_segment()) {
    auto& meta = segment->http["request"];
    meta["url"] = valid_utf8(request.url);
    meta["method"] = valid_utf8(request.method);
    if (request.user_agent) {
      meta["user_agent"] = valid_utf8(*request.user_agent);
    }
    meta["client_ip"] = valid_utf8(request.client_ip);
    if (request.is_forwarded) {
      meta["x_forwarded_for"] = true;
    }
  }
}

void XrayRecorder::put_http_response(int status, std::optional<std::size_t> content_length) {
  if (auto* segment = current_segment()) {
    segment->http["response"]["status"] = status;
    if (content_length) {
      segment->http["response"]["content_length"] = *content_length;
    }
    segment->error = status >= 400 && status < 500;
    segment->throttle = status == 429;
    segment->fault = segment->fault || status >= 500;
  }
}

void XrayRecorder::set_user(const std::string& user) {
  if (auto* segment = current_segment()) {
    segment->user = user;
  }
}

std::optional<std::string> XrayRecorder::open_trace_id() const {
  return context.segment ? std::optional(context.segment->trace_id) : std::nullopt;
}

std::string XrayRecorder::response_trace_id() {
  const auto* segment = current_segment();
  return segment != nullptr && segment->is_sampled ? segment->trace_id : std::string(unsampled_trace_id);
}

bool XrayRecorder::is_sampled() {
  const auto* segment = current_segment();
  return segment != nullptr && segment->is_sampled;
}

void XrayRecorder::put_annotation(const std::string& key, AnnotationValue value) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  auto* entity = current_entity();
  if (entity == nullptr) {
    return;
  }
  if (key.empty() || key.find_first_not_of(allowed) != std::string::npos) {
    warn(fmt::format("ignoring annotation with unsupported characters in key: '{}'.", key));
    return;
  }
  std::visit([&](const auto& known) { entity->annotations[key] = known; }, value);
}

void XrayRecorder::put_metadata(const std::string& key, const nlohmann::json& value, const std::string& name_space) {
  auto* entity = current_entity();
  if (entity == nullptr) {
    return;
  }
  if (name_space.starts_with("AWS.")) {
    warn(fmt::format("Prefix 'AWS.' is reserved, drop metadata with namespace {}", name_space));
    return;
  }
  entity->metadata[name_space][key] = value;
}

void XrayRecorder::add_exception(const Caught& caught) {
  auto* entity = current_entity();
  if (entity == nullptr) {
    return;
  }
  auto& segment = *context.segment;
  entity->fault = true;
  // One exception is described once, where it was seen first; further up only its id is given.
  if (segment.recorded != nullptr && segment.recorded == caught.identity) {
    entity->cause = segment.recorded_id;
    return;
  }
  segment.recorded = caught.identity;
  segment.recorded_id = new_entity_id();
  entity->cause = cause_of(caught, segment.recorded_id);
}

}  // namespace cruddur::telemetry
