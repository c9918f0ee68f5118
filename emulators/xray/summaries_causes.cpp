#include "xray/summaries_causes.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "xray/traces_document.h"

namespace understudy::xray {
namespace {

constexpr std::size_t most_causes = 20;  // of one kind [guess]

using Number = std::uint32_t;

class CauseFinder {
 public:
  CauseFinder(const Trace& trace, const Assembled& assembled);
  std::vector<RootCause> flagged(std::uint16_t flag) const;
  std::vector<RootCause> longest() const;

 private:
  const Entity& entity(Number number) const { return trace_.entities[number]; }
  double seconds(Number number) const { return entity(number).end_s - entity(number).start_s; }
  bool is_there(Number number) const { return assembled_.segment_of[number] != nowhere; }
  RootCause cause(const std::vector<Number>& way) const;
  void add(RootCause& to, Number segment, Number entity) const;

  const Trace& trace_;
  const Assembled& assembled_;
  std::vector<Number> inferred_;  // by entity: the inferred segment that its call stands for
  Number root_ = nowhere;
};

CauseFinder::CauseFinder(const Trace& trace, const Assembled& assembled)
    : trace_(trace), assembled_(assembled), inferred_(trace.entities.size(), nowhere) {
  for (Number i = 0; i < assembled.segments.size(); ++i) {
    const auto at = assembled.segments[i].entity;
    if (entity(at).has(is_subsegment)) inferred_[at] = i;
  }
  if (assembled.root != nowhere) root_ = assembled.segments[assembled.root].entity;
}

void CauseFinder::add(RootCause& to, Number segment, Number number) const {
  if (to.services.empty() || to.services.back().segment != segment) to.services.push_back({segment, {}});
  const auto all = root_ == nowhere ? 0 : seconds(root_);
  to.services.back().path.push_back(
      {number, all > 0 ? rounded_to_milliseconds(std::clamp(seconds(number) / all, 0.0, 1.0)) : 0});
}

// `way`: from the top down.
RootCause CauseFinder::cause(const std::vector<Number>& way) const {
  RootCause made;
  made.impacts_client = !way.empty() && way.front() == root_;
  for (const auto number : way) {
    add(made, assembled_.segment_of[number], number);
    if (inferred_[number] != nowhere) add(made, inferred_[number], number);
  }
  return made;
}

std::vector<RootCause> CauseFinder::flagged(std::uint16_t flag) const {
  const auto is_flagged = [&](Number number) { return is_there(number) && entity(number).has(flag); };
  std::vector<char> has_flagged_child(trace_.entities.size(), 0);
  for (Number i = 0; i < trace_.entities.size(); ++i) {
    const auto parent = assembled_.parent_of[i];
    if (parent != nowhere && is_flagged(i)) has_flagged_child[parent] = 1;
  }
  std::vector<RootCause> causes;
  std::vector<Number> way;
  for (Number i = 0; i < trace_.entities.size() && causes.size() < most_causes; ++i) {
    if (!is_flagged(i) || has_flagged_child[i] != 0) continue;
    way.clear();
    for (auto at = i; at != nowhere && is_flagged(at); at = assembled_.parent_of[at]) way.push_back(at);
    std::ranges::reverse(way);
    causes.push_back(cause(way));
  }
  return causes;
}

std::vector<RootCause> CauseFinder::longest() const {
  if (root_ == nowhere || entity(root_).has(is_open)) return {};
  std::vector<Number> longest_child(trace_.entities.size(), nowhere);
  for (Number i = 0; i < trace_.entities.size(); ++i) {
    const auto parent = assembled_.parent_of[i];
    if (parent == nowhere || !is_there(i)) continue;
    auto& longest = longest_child[parent];
    if (longest == nowhere || seconds(i) > seconds(longest)) longest = i;
  }
  std::vector<Number> way{root_};
  for (auto next = longest_child[root_]; next != nowhere; next = longest_child[next]) {
    if (seconds(next) < seconds(way.back()) / 2) break;
    way.push_back(next);
  }
  return {cause(way)};
}

nlohmann::json entity_to_json(const CauseEntity& at, bool with_coverage, const Trace& trace, const TraceIndex& index) {
  const auto& entity = trace.entities[at.entity];
  nlohmann::json json = {{"Name", std::string(index.text(entity.name))},
                         {"Remote", entity.has(calls_aws | calls_remote)}};
  if (with_coverage) {
    json["Coverage"] = at.coverage;
    return json;
  }
  auto exceptions = nlohmann::json::array();
  if (const auto* details = trace.details_of(entity)) {
    for (const auto& one : details->exceptions) {
      exceptions.push_back(
          {{"Name", std::string(index.text(one.type))}, {"Message", std::string(index.text(one.message))}});
    }
  }
  json["Exceptions"] = std::move(exceptions);
  return json;
}

}  // namespace

RootCauses root_causes(const Trace& trace, const Assembled& assembled) {
  const CauseFinder finder(trace, assembled);
  return {finder.flagged(has_fault), finder.flagged(has_error), finder.longest()};
}

nlohmann::json to_json(const std::vector<RootCause>& causes, bool with_coverage, const Trace& trace,
                       const Assembled& assembled, const TraceIndex& index) {
  auto all = nlohmann::json::array();
  for (const auto& cause : causes) {
    auto services = nlohmann::json::array();
    for (const auto& service : cause.services) {
      const auto& segment = assembled.segments[service.segment];
      auto json = to_json(index.service(segment.service), index);
      json["Inferred"] = segment.is_inferred;
      auto& path = json["EntityPath"] = nlohmann::json::array();
      for (const auto& entity : service.path) path.push_back(entity_to_json(entity, with_coverage, trace, index));
      services.push_back(std::move(json));
    }
    all.push_back({{"ClientImpacting", cause.impacts_client}, {"Services", std::move(services)}});
  }
  return all;
}

nlohmann::json to_json(const Service& service, const TraceIndex& index) {
  const std::string name(index.text(service.name));
  nlohmann::json json = {{"Name", name}, {"Names", nlohmann::json::array({name})}};
  if (service.type != 0) json["Type"] = std::string(index.text(service.type));
  if (service.account != 0) json["AccountId"] = std::string(index.text(service.account));
  return json;
}

}  // namespace understudy::xray
