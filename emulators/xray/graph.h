// Services and the calls between them, added up over traces.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "xray/index.h"

namespace understudy::xray {

// Each of what was counted stands under one heading: a fault is no error, and OK is the rest.
struct Statistics {
  std::int64_t ok = 0;
  std::int64_t throttles = 0;
  std::int64_t other_errors = 0;
  std::int64_t faults = 0;
  std::int64_t time_ms = 0;
  std::unordered_map<std::int64_t, std::int64_t> histogram;  // milliseconds -> how often

  void add(const Entity& entity);
  std::int64_t total() const { return ok + throttles + other_errors + faults; }
};

nlohmann::json summary_statistics(const Statistics& statistics);
nlohmann::json histogram_of(const Statistics& statistics);  // [{"Value": seconds, "Count"}]

class Graph {
 public:
  // `account`: whose graph it is; its own services do not say it.
  Graph(const TraceIndex& index, std::string_view account) : index_(index), account_(account) {}

  // A segment of an assembled trace, with the call that led to it.
  void add(const Trace& trace, const Assembled& assembled, const Segment& segment);
  bool empty() const { return edges_.empty(); }
  double start_s() const { return start_s_; }
  double end_s() const { return end_s_; }
  nlohmann::json services() const;

 private:
  struct Times {
    double start_s = 0;
    double end_s = 0;
    bool is_set = false;
    void add(const Entity& entity);
  };
  struct Node {
    Times times;
    Statistics statistics;
    bool is_root = false;
    bool is_real = false;
    bool is_known = false;
  };
  struct Edge {
    Times times;
    Statistics statistics;
  };

  nlohmann::json node_to_json(std::uint32_t service) const;
  nlohmann::json edge_to_json(std::uint32_t to, const Edge& edge) const;
  nlohmann::json client_to_json(std::uint32_t service, std::uint32_t reference, const Edge& edge) const;
  Node& node(std::uint32_t service);

  const TraceIndex& index_;
  std::string account_;
  std::vector<Node> nodes_;                        // by service
  std::unordered_map<std::uint64_t, Edge> edges_;  // by caller and callee; the caller of a root is `nowhere`
  double start_s_ = 0;
  double end_s_ = 0;
};

}  // namespace understudy::xray
