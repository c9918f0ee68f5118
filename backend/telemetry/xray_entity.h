#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "backend/failure.h"

namespace cruddur::telemetry {

/// A segment or subsegment while it is recorded. Only the recorder's own files see it.
struct XrayEntity {
  std::string id;
  std::string name;
  double start_time = 0;
  std::optional<double> end_time;
  std::string trace_id;
  std::string parent_id;  // empty for a root segment
  bool is_subsegment = false;
  bool is_sampled = true;
  nlohmann::ordered_json http;
  nlohmann::ordered_json cause;
  nlohmann::ordered_json annotations;
  nlohmann::ordered_json metadata;
  std::string user;
  std::optional<std::string> rule;
  bool error = false;
  bool throttle = false;
  bool fault = false;
  XrayEntity* parent = nullptr;
  std::vector<std::unique_ptr<XrayEntity>> subsegments;

  // Of a segment: how many subsegments are open, how many it holds, and which exception was recorded already.
  int open_subsegments = 0;
  std::size_t held_subsegments = 0;
  std::exception_ptr recorded;
  std::string recorded_id;
};

/// With its subsegments.
nlohmann::ordered_json segment_document(const XrayEntity& entity);
nlohmann::ordered_json cause_of(const Caught& caught, const std::string& exception_id);

}  // namespace cruddur::telemetry
