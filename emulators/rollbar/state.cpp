#include "rollbar/state.h"

#include <fmt/format.h>

#include "rollbar/effect.pb.h"
#include "rollbar/token.h"

namespace understudy::rollbar {

namespace {

constexpr std::int64_t window_seconds = 60;

}  // namespace

std::int64_t second_of(const recording::Moment& moment) { return moment.vendor_ns / 1'000'000'000; }

Window State::window(std::uint64_t token, std::int64_t second) const {
  const auto found = windows_.find(token);
  const bool is_new = found == windows_.end() || second >= found->second.start + window_seconds ||
                      second < found->second.start;  // the session's clock was set back
  return is_new ? Window{second, 0} : found->second;
}

RateHeaders State::rate_headers(const Window& window, std::int64_t second) const {
  RateHeaders rate;
  rate.limit = settings.rate_limit;
  rate.remaining = window.calls + 1 < settings.rate_limit ? settings.rate_limit - window.calls - 1 : 0;
  rate.reset = window.start + window_seconds;
  rate.remaining_seconds = rate.reset - second;
  return rate;
}

bool State::knows(std::string_view project, std::string_view uuid) const {
  const auto found = projects_.find(project);
  return found != projects_.end() && found->second.uuids.contains(uuid);
}

void State::apply(const recording::Applied& applied) {
  Effect effect;
  if (!effect.ParseFromArray(applied.effect.data(), static_cast<int>(applied.effect.size()))) return;
  if (effect.fate() == Effect::LIMITED) return;
  const std::int64_t second = second_of(applied.moment);
  Window now = window(effect.token(), second);
  ++now.calls;
  windows_[effect.token()] = now;
  if (effect.fate() == Effect::COUNTED) {
    deploys.apply(effect, second);
    if (effect.has_rql_job()) {
      rql_jobs.push_back({effect.rql_job().id(), effect.project(), effect.rql_job().query(), second});
    }
    return;
  }
  Project& project = projects_[effect.project()];
  if (effect.fate() == Effect::DUPLICATE) {
    ++project.duplicates;
    return;
  }
  ++project.items;
  project.uuids.insert(effect.uuid());
}

std::string State::dump() const {
  std::string text = settings.dump() + accounts.dump() + deploys.dump();
  for (const auto& [token, window] : windows_) {
    text += fmt::format("window of token {:016x}: from {}, {} calls\n", token, window.start, window.calls);
  }
  for (const RqlJob& job : rql_jobs) {
    text += fmt::format("query {} of {}: from {}, {}\n", job.id, job.project, job.created, job.query);
  }
  for (const auto& [name, project] : projects_) {
    // A sum does not depend on the order of a hash table.
    std::uint64_t uuids = 0;
    for (const std::string& uuid : project.uuids) uuids += fingerprint(uuid);
    text += fmt::format("project {}: {} items, {} duplicates, {} uuids {:016x}\n", name, project.items,
                        project.duplicates, project.uuids.size(), uuids);
  }
  return text;
}

}  // namespace understudy::rollbar
