// Root causes: the ways from a trace's first segment down to where an error, a fault or the time came from.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "xray/index.h"

namespace understudy::xray {

struct CauseEntity {
  std::uint32_t entity = nowhere;
  double coverage = 0;  // of the root's time
};

struct CauseService {
  std::uint32_t segment = nowhere;
  std::vector<CauseEntity> path;
};

struct RootCause {
  std::vector<CauseService> services;
  bool impacts_client = false;  // the way begins at the root segment
};

struct RootCauses {
  std::vector<RootCause> faults;
  std::vector<RootCause> errors;
  std::vector<RootCause> response_times;
};

// A fault's way leads down from the topmost of the flagged entities above it; time's from the root, by the longest
// call as long as that takes half of its caller's time [guess: the documentation shows results, not the rule].
RootCauses root_causes(const Trace& trace, const Assembled& assembled);

// As FaultRootCauses and ErrorRootCauses, or as ResponseTimeRootCauses, have it.
nlohmann::json to_json(const std::vector<RootCause>& causes, bool with_coverage, const Trace& trace,
                       const Assembled& assembled, const TraceIndex& index);

// {"Name","Names","Type","AccountId"}, the last two where they are known.
nlohmann::json to_json(const Service& service, const TraceIndex& index);

}  // namespace understudy::xray
