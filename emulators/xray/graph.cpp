#include "xray/graph.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "xray/summaries_causes.h"

namespace understudy::xray {
namespace {

using nlohmann::json;

std::uint64_t key_of(std::uint32_t from, std::uint32_t to) { return (std::uint64_t{from} << 32) | to; }
std::uint32_t caller_in(std::uint64_t key) { return static_cast<std::uint32_t>(key >> 32); }
std::uint32_t callee_in(std::uint64_t key) { return static_cast<std::uint32_t>(key); }

}  // namespace

void Statistics::add(const Entity& entity) {
  if (entity.has(has_fault)) {
    ++faults;
  } else if (entity.has(has_throttle)) {
    ++throttles;
  } else if (entity.has(has_error)) {
    ++other_errors;
  } else {
    ++ok;
  }
  const auto took_ms = static_cast<std::int64_t>(std::llround((entity.end_s - entity.start_s) * 1000));
  time_ms += took_ms;
  ++histogram[took_ms];
}

// TotalCount = OkCount + ErrorStatistics.TotalCount + FaultStatistics.TotalCount [docs].
json summary_statistics(const Statistics& statistics) {
  return {{"ErrorStatistics",
           {{"OtherCount", statistics.other_errors},
            {"ThrottleCount", statistics.throttles},
            {"TotalCount", statistics.other_errors + statistics.throttles}}},
          {"FaultStatistics", {{"OtherCount", statistics.faults}, {"TotalCount", statistics.faults}}},
          {"OkCount", statistics.ok},
          {"TotalCount", statistics.total()},
          {"TotalResponseTime", static_cast<double>(statistics.time_ms) / 1000}};
}

json to_json(const Histogram& histogram) {
  const std::map<std::int64_t, std::int64_t> ordered(histogram.begin(), histogram.end());
  json all = json::array();
  for (const auto& [value_ms, count] : ordered) {
    all.push_back({{"Count", count}, {"Value", static_cast<double>(value_ms) / 1000}});
  }
  return all;
}

void Graph::Times::add(const Entity& entity) {
  start_s = is_set ? std::min(start_s, entity.start_s) : entity.start_s;
  end_s = is_set ? std::max(end_s, entity.end_s) : entity.end_s;
  is_set = true;
}

Graph::Node& Graph::node(std::uint32_t service) {
  if (service >= nodes_.size()) nodes_.resize(std::max<std::size_t>(service + 1, index_.services()));
  return nodes_[service];
}

void Graph::add(const Trace& trace, const Assembled& assembled, const Segment& segment) {
  const auto& entity = trace.entities[segment.entity];
  start_s_ = empty() ? entity.start_s : std::min(start_s_, entity.start_s);
  end_s_ = empty() ? entity.end_s : std::max(end_s_, entity.end_s);
  auto& called = node(segment.service);
  called.is_known = true;
  called.is_real = called.is_real || !segment.is_inferred;
  called.times.add(entity);
  const bool is_entry = segment.parent == nowhere;
  called.is_root = called.is_root || is_entry;
  // What is not finished has no statistics yet [guess].
  if (!entity.has(is_open)) called.statistics.add(entity);
  const auto caller = is_entry ? nowhere : assembled.segments[segment.parent].service;
  if (!is_entry) node(caller).is_known = true;
  auto& edge = edges_[key_of(caller, segment.service)];
  const auto& seen =
      segment.via == nowhere || !trace.entities[segment.via].has(is_subsegment) ? entity : trace.entities[segment.via];
  edge.times.add(seen);
  if (!seen.has(is_open)) edge.statistics.add(seen);
  if (const auto* details = trace.details_of(entity); details != nullptr && !segment.is_inferred) {
    for (const auto& link : details->links) add_link(link, segment, entity);
  }
}

// A link says which call of another trace sent what this segment works on. Its age is the time since that call ended
// [guess]: "calculated each time an event is received" [docs: API model].
void Graph::add_link(const Link& link, const Segment& segment, const Entity& received) {
  const auto* from = index_.find(view_, index_.text(link.trace));
  if (from == nullptr) return;
  const auto sender = std::ranges::find(from->entities, link.id, &Entity::id);
  if (sender == from->entities.end()) return;
  const auto& assembled = index_.assembled(*from);
  const auto number = assembled.segment_of[static_cast<std::size_t>(sender - from->entities.begin())];
  if (number == nowhere) return;
  const auto caller = assembled.segments[number].service;
  auto& sending = node(caller);
  sending.is_known = sending.is_real = true;
  sending.times.add(*sender);
  auto& edge = links_[key_of(caller, segment.service)];
  edge.times.add(received);
  ++edge.ages[std::llround(std::max(0.0, received.start_s - sender->end_s) * 1000)];
  if (!received.has(is_open)) edge.statistics.add(received);
}

// Whole seconds: the start rounded down, the end up [snapshot].
void put_times(json& into, double start_s, double end_s) {
  into["StartTime"] = std::floor(start_s);
  into["EndTime"] = std::ceil(end_s);
}

json Graph::edge_to_json(std::uint32_t to, const Edge& edge) const {
  json made = {{"Aliases", json::array()},
               {"ReferenceId", to},
               {"ResponseTimeHistogram", xray::to_json(edge.statistics.histogram)},
               {"SummaryStatistics", summary_statistics(edge.statistics)}};
  if (!edge.ages.empty()) {
    made["EdgeType"] = "link";
    made["ReceivedEventAgeHistogram"] = xray::to_json(edge.ages);
  }
  put_times(made, edge.times.start_s, edge.times.end_s);
  return made;
}

json Graph::node_to_json(std::uint32_t service) const {
  const auto& at = nodes_[service];
  auto made = to_json(index_.service(service), index_);
  if (made.value("AccountId", "") == account_) made.erase("AccountId");  // [snapshot]
  made["Edges"] = json::array();
  made["State"] = at.is_real ? "active" : "unknown";
  made["SummaryStatistics"] = summary_statistics(at.statistics);
  made["ResponseTimeHistogram"] = made["DurationHistogram"] = xray::to_json(at.statistics.histogram);
  if (at.is_root) made["Root"] = true;
  put_times(made, at.times.start_s, at.times.end_s);
  return made;
}

// Named after the service that it calls, and without statistics of its own [snapshot].
json Graph::client_to_json(std::uint32_t service, std::uint32_t reference, const Edge& edge) const {
  const std::string name(index_.text(index_.service(service).name));
  json made = {{"Edges", json::array({edge_to_json(reference, edge)})},
               {"Name", name},
               {"Names", json::array({name})},
               {"State", "unknown"},
               {"Type", "client"}};
  put_times(made, edge.times.start_s, edge.times.end_s);
  return made;
}

json Graph::services() const {
  std::map<std::uint32_t, std::uint32_t> references;  // by service
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].is_known) references.emplace(i, static_cast<std::uint32_t>(references.size()));
  }
  json all = json::array();
  for (const auto& [service, reference] : references) {
    all.push_back(node_to_json(service));
    all.back()["ReferenceId"] = reference;
  }
  const auto in_order = [](const Edges& edges) {
    std::map<std::uint64_t, const Edge*> made;
    for (const auto& [key, edge] : edges) made.emplace(key, &edge);
    return made;
  };
  for (const auto& [key, edge] : in_order(links_)) {
    all[references.at(caller_in(key))]["Edges"].push_back(edge_to_json(references.at(callee_in(key)), *edge));
  }
  for (const auto& [key, edge] : in_order(edges_)) {
    const auto to = references.at(callee_in(key));
    if (caller_in(key) != nowhere) {
      all[references.at(caller_in(key))]["Edges"].push_back(edge_to_json(to, *edge));
      continue;
    }
    all.push_back(client_to_json(callee_in(key), to, *edge));
    all.back()["ReferenceId"] = all.size() - 1;
  }
  return all;
}

}  // namespace understudy::xray
