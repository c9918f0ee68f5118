#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <variant>

#include "backend/failure.h"
#include "backend/telemetry/xray_header.h"

namespace cruddur::telemetry {

struct XrayEntity;

/// Records segments and subsegments of the thread on which they are begun, and hands each finished segment document to
/// `emit`. Segment and subsegments of one request live on one thread.
///
/// With more than 100 subsegments the finished ones leave early, as documents of their own; so do those of a segment
/// that would not fit into a datagram.
class XrayRecorder {
 public:
  using Emit = std::function<void(const std::string& document)>;
  enum class OnMissingContext { throw_failure, log };

  XrayRecorder(Emit emit, OnMissingContext on_missing) : emit_(std::move(emit)), on_missing_(on_missing) {}

  struct SegmentStart {
    std::string name;
    std::optional<std::string> trace_id;
    std::optional<std::string> parent_id;
    bool is_sampled = true;
    std::optional<std::string> rule;  // of the central rules, when one decided
  };
  void begin_segment(SegmentStart start);
  void end_segment();
  void begin_subsegment(const std::string& name);
  void end_subsegment();
  /// Runs `work` as a subsegment; an exception is recorded there and goes on.
  template <typename Work>
  auto capture(const std::string& name, Work work);

  // About the segment that is open on this thread. Without one: a Failure SegmentNotFoundException, or a log line.
  struct HttpRequestMeta {
    std::string url;
    std::string method;
    std::optional<std::string> user_agent;
    std::string client_ip;
    bool is_forwarded = false;
  };
  void put_http_request(const HttpRequestMeta& request);
  void put_http_response(int status, std::optional<std::size_t> content_length);
  void set_user(const std::string& user);
  /// None when no segment is open; that is no mistake here.
  std::optional<std::string> open_trace_id() const;
  bool has_open_segment() const { return open_trace_id().has_value(); }
  /// The trace id for the response; zeros when the request is not sampled.
  std::string response_trace_id();
  bool is_sampled();

  // About the innermost open entity.
  using AnnotationValue = std::variant<std::string, std::int64_t, double, bool>;
  /// A key with other characters than letters, digits and underscore is dropped with a warning.
  void put_annotation(const std::string& key, AnnotationValue value);
  void put_metadata(const std::string& key, const nlohmann::json& value, const std::string& name_space);
  void add_exception(const Caught& caught);

 private:
  XrayEntity* current_segment();
  XrayEntity* current_entity();
  XrayEntity* missing() const;
  void close_subsegment();
  void send_if_ready(XrayEntity& segment);
  void stream(XrayEntity& entity);
  void emit_split(XrayEntity& entity);

  Emit emit_;
  OnMissingContext on_missing_;
};

template <typename Work>
auto XrayRecorder::capture(const std::string& name, Work work) {
  struct Closing {
    XrayRecorder& recorder;
    ~Closing() { recorder.end_subsegment(); }
  };
  begin_subsegment(name);
  const Closing closing{*this};
  try {
    return work();
  } catch (...) {
    add_exception(describe_current_exception());
    throw;
  }
}

}  // namespace cruddur::telemetry
