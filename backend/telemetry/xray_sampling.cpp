#include "backend/telemetry/xray_sampling.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "backend/text.h"

namespace cruddur::telemetry {
namespace {

constexpr std::int64_t rules_live_seconds = 3600;
constexpr double local_rate = 0.05;

bool matches_member(const std::string& pattern, const std::string& value) {
  // What the request does not have matches anything.
  return value.empty() || matches_wildcard(pattern, value);
}

}  // namespace

bool matches(const SamplingRule& rule, const SampledRequest& request) {
  return rule.name == "Default" ||
         (matches_member(rule.host, request.host) && matches_member(rule.method, request.method) &&
          matches_member(rule.path, request.path) && matches_member(rule.service, request.service));
}

SamplingDecision Sampler::decide(const SampledRequest& request, std::int64_t now) {
  const std::lock_guard lock(mutex_);
  if (loaded_at_ && now <= *loaded_at_ + rules_live_seconds) {
    const auto found = std::ranges::find_if(states_, [&](const State& state) { return matches(state.rule, request); });
    if (found != states_.end()) {
      return decide_by(*found, now);
    }
  }
  return decide_locally(now);
}

SamplingDecision Sampler::decide_by(State& state, std::int64_t now) {
  auto& [rule, statistics, reservoir] = state;
  ++statistics.requests;
  if (reservoir.second != now) {
    reservoir.second = now;
    reservoir.taken = 0;
    reservoir.borrowed = 0;
  }
  const bool has_quota = reservoir.quota && reservoir.quota_until && *reservoir.quota_until >= now;
  if (has_quota && reservoir.taken < *reservoir.quota) {
    ++reservoir.taken;
    ++statistics.sampled;
    return {true, rule.name};
  }
  if (!has_quota && rule.reservoir_size > 0 && reservoir.borrowed == 0) {
    ++reservoir.borrowed;
    ++statistics.borrowed;
    return {true, rule.name};
  }
  const bool is_drawn = draw_() < rule.fixed_rate;
  statistics.sampled += is_drawn ? 1 : 0;
  return {is_drawn, rule.name};
}

SamplingDecision Sampler::decide_locally(std::int64_t now) {
  if (local_second_ != now) {
    local_second_ = now;
    local_taken_ = false;
  }
  if (!local_taken_) {
    local_taken_ = true;
    return {true, std::nullopt};
  }
  return {draw_() < local_rate, std::nullopt};
}

void Sampler::load_rules(std::vector<SamplingRule> rules, std::int64_t now) {
  if (rules.empty()) {
    return;
  }
  std::ranges::sort(rules, {}, [](const SamplingRule& rule) { return std::tie(rule.priority, rule.name); });
  const std::lock_guard lock(mutex_);
  std::vector<State> states;
  for (auto& rule : rules) {
    State state;
    const auto old = std::ranges::find_if(states_, [&](const State& one) { return one.rule.name == rule.name; });
    if (old != states_.end()) {
      state = *old;
    }
    state.statistics.rule = rule.name;
    state.rule = std::move(rule);
    states.push_back(std::move(state));
  }
  states_ = std::move(states);
  loaded_at_ = now;
}

void Sampler::load_targets(const std::vector<SamplingTarget>& targets) {
  const std::lock_guard lock(mutex_);
  for (const auto& target : targets) {
    const auto found =
        std::ranges::find_if(states_, [&](const State& state) { return state.rule.name == target.rule; });
    if (found == states_.end()) {
      continue;
    }
    auto& reservoir = found->reservoir;
    found->rule.fixed_rate = target.fixed_rate;
    reservoir.quota = target.quota ? target.quota : reservoir.quota;
    reservoir.quota_until = target.quota_until ? target.quota_until : reservoir.quota_until;
    reservoir.ticks_between_reports =
        target.interval ? std::max<std::int64_t>(1, *target.interval / 10) : reservoir.ticks_between_reports;
  }
}

std::vector<SamplingStatistics> Sampler::take_statistics() {
  const std::lock_guard lock(mutex_);
  std::vector<SamplingStatistics> taken;
  for (auto& state : states_) {
    if (state.statistics.requests == 0 || ++state.reservoir.ticks < state.reservoir.ticks_between_reports) {
      continue;
    }
    state.reservoir.ticks = 0;
    taken.push_back(std::exchange(state.statistics, {.rule = state.rule.name}));
  }
  return taken;
}

std::int64_t Sampler::rules_loaded_at() const {
  const std::lock_guard lock(mutex_);
  return loaded_at_.value_or(0);
}

}  // namespace cruddur::telemetry
