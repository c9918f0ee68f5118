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
#include "xray/traces_request.h"

namespace understudy::xray {

using Histogram = std::unordered_map<std::int64_t, std::int64_t>;  // milliseconds -> how often

// Each of what was counted stands under one heading: a fault is no error, and OK is the rest.
struct Statistics {
  std::int64_t ok = 0;
  std::int64_t throttles = 0;
  std::int64_t other_errors = 0;
  std::int64_t faults = 0;
  std::int64_t time_ms = 0;
  Histogram histogram;

  void add(const Entity& entity);
  std::int64_t total() const { return ok + throttles + other_errors + faults; }
};

nlohmann::json summary_statistics(const Statistics& statistics);
nlohmann::json to_json(const Histogram& histogram);  // [{"Value": seconds, "Count"}]

class Graph {
 public:
  // Who looks: links lead to traces that are seen, and services of the own account do not say it.
  Graph(TraceIndex& index, const Sight& sight)
      : index_(index), view_(sight.view(index)), account_(sight.scope.account) {}

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
    Histogram ages;  // of what a link brought, when it was received
  };
  using Edges = std::unordered_map<std::uint64_t, Edge>;  // by caller and callee

  void add_link(const Link& link, const Segment& segment, const Entity& received);
  nlohmann::json node_to_json(std::uint32_t service) const;
  nlohmann::json edge_to_json(std::uint32_t to, const Edge& edge) const;
  nlohmann::json client_to_json(std::uint32_t service, std::uint32_t reference, const Edge& edge) const;
  Node& node(std::uint32_t service);

  TraceIndex& index_;
  TraceIndex::View view_;
  std::string account_;
  std::vector<Node> nodes_;  // by service
  Edges edges_;              // the caller of a root is `nowhere`
  Edges links_;              // from the services of other traces
  double start_s_ = 0;
  double end_s_ = 0;
};

}  // namespace understudy::xray
