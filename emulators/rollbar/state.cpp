#include "rollbar/state.h"

#include <fmt/format.h>

#include "rollbar/effect.pb.h"
#include "rollbar/paging.h"
#include "rollbar/token.h"

namespace understudy::rollbar {

namespace {

constexpr std::int64_t system_window_seconds = 60;

// The window of the token at that second, new if there is none or it has ended.
template <typename Windows>
Window window_at(const Windows& windows, std::uint64_t token, std::int64_t second, std::int64_t length) {
  const auto found = windows.find(token);
  const bool is_new = found == windows.end() || second >= found->second.start + length ||
                      second < found->second.start;  // the session's clock was set back
  return is_new ? Window{second, 0} : found->second;
}

// What an answer to one more call in that window says.
RateHeaders headers_of(const Window& window, std::uint64_t limit, std::int64_t length, std::int64_t second) {
  RateHeaders rate;
  rate.limit = limit;
  rate.remaining = window.calls + 1 < limit ? limit - window.calls - 1 : 0;
  rate.reset = window.start + length;
  rate.remaining_seconds = rate.reset - second;
  return rate;
}

}  // namespace

std::int64_t second_of(const recording::Moment& moment) { return moment.vendor_ns / 1'000'000'000; }

Standing State::standing(std::uint64_t token, const Token* account, std::int64_t second) const {
  Standing standing;
  const auto look_at = [&](const Windows& windows, std::uint64_t limit, std::int64_t length, bool is_own) {
    const Window window = window_at(windows, token, second, length);
    const RateHeaders headers = headers_of(window, limit, length, second);
    if (standing.headers.limit == 0 || headers.remaining < standing.headers.remaining) standing.headers = headers;
    if (window.calls < limit || standing.is_over) return;
    standing.is_over = true;
    standing.is_first = window.calls == limit;
    standing.limit = limit;
    standing.window_seconds = length;
    standing.is_own = is_own;
  };
  look_at(windows_, settings.rate_limit, system_window_seconds, false);
  if (account == nullptr || account->window_count == 0) return standing;
  standing.own_window = account->window_seconds;
  look_at(own_windows_, account->window_count, account->window_seconds, true);
  return standing;
}

bool State::knows(std::string_view project, std::string_view uuid) const {
  const auto found = uuids_.find(project);
  return found != uuids_.end() && found->second.uuids.contains(uuid);
}

TokenLookUp State::look_up(std::string_view access_token) const {
  if (const Projects::MadeToken* const made = projects.find_token(access_token)) {
    if (made->is_deleted || projects.is_deleted(made->token.project)) return {nullptr, true};
    return {&made->token, false};
  }
  const Token* const token = accounts.find(access_token);
  if (token == nullptr) return {nullptr, !accounts.empty()};
  if (!token->is_account && projects.is_deleted(token->project)) return {nullptr, true};
  return {token, false};
}

std::vector<Project> State::all_projects() const {
  std::set<std::string> named;
  if (accounts.empty()) named.emplace(default_project);
  for (const auto& [text, token] : accounts.tokens()) {
    if (!token.is_account) named.insert(token.project);
  }
  std::vector<Project> all;
  for (const std::string& name : named) {
    if (!projects.is_deleted(name)) all.push_back({name, 0});
  }
  for (const Project& project : projects.made()) {
    if (!named.contains(project.name)) all.push_back(project);
  }
  return all;
}

std::optional<Project> State::project(std::uint64_t id) const {
  for (Project& project : all_projects()) {
    if (project_id(project.name) == id) return std::move(project);
  }
  return std::nullopt;
}

const Window* State::own_window(std::string_view access_token) const {
  const auto found = own_windows_.find(fingerprint(access_token));
  return found == own_windows_.end() ? nullptr : &found->second;
}

void State::apply(const recording::Applied& applied) {
  thread_local Effect effect;  // keeps the memory of its texts
  if (!effect.ParseFromArray(applied.effect.data(), static_cast<int>(applied.effect.size()))) return;
  if (effect.fate() == Effect::LIMITED) return;
  const std::int64_t second = second_of(applied.moment);
  const auto count_in = [&](Windows& windows, std::int64_t length) {
    Window now = window_at(windows, effect.token(), second, length);
    ++now.calls;
    windows.insert_or_assign(effect.token(), now);
  };
  if (effect.token() != 0) count_in(windows_, system_window_seconds);  // a signed URL is called without a token
  if (effect.own_window() != 0) count_in(own_windows_, effect.own_window());
  if (effect.fate() == Effect::COUNTED) {
    deploys.apply(effect, second);
    projects.apply(effect, second);
    teams.apply(effect, second);
    if (effect.upload().kind() == bundle_kind) {
      bundles[effect.upload().uuid()] = {effect.project(), effect.upload().version(), effect.upload().minified_url()};
    }

    if (effect.upload().kind() == replay_kind) replays.emplace(effect.project(), effect.upload().uuid());
    if (effect.upload().kind() == deleted_replay_kind) replays.erase({effect.project(), effect.upload().uuid()});
    if (effect.has_rql_job()) {
      rql_jobs.push_back({effect.rql_job().id(), effect.project(), effect.rql_job().query(), second});
    }
    for (const BatchedItem& item : effect.batch()) count_item(effect.project(), item.uuid(), item.is_duplicate());
    return;
  }
  count_item(effect.project(), effect.uuid(), effect.fate() == Effect::DUPLICATE);
}

void State::count_item(const std::string& project, const std::string& uuid, bool is_duplicate) {
  Uuids& of_project = uuids_[project];
  if (is_duplicate) {
    ++of_project.duplicates;
    return;
  }
  ++of_project.items;
  of_project.uuids.insert(uuid);
}

std::string State::dump() const {
  std::string text = settings.dump() + accounts.dump() + deploys.dump() + projects.dump() + teams.dump();
  for (const auto& [token, window] : windows_) {
    text += fmt::format("window of token {:016x}: from {}, {} calls\n", token, window.start, window.calls);
  }
  for (const auto& [token, window] : own_windows_) {
    text += fmt::format("own window of token {:016x}: from {}, {} calls\n", token, window.start, window.calls);
  }
  for (const RqlJob& job : rql_jobs) {
    text += fmt::format("query {} of {}: from {}, {}\n", job.id, job.project, job.created, job.query);
  }
  for (const auto& [uuid, bundle] : bundles) {
    text += fmt::format("bundle {} of {}: {} {}\n", uuid, bundle.project, bundle.version, bundle.prefix_url);
  }
  for (const auto& [project, id] : replays) text += fmt::format("replay {} of {}\n", id, project);
  for (const auto& [name, project] : uuids_) {
    // A sum does not depend on the order of a hash table.
    std::uint64_t uuids = 0;
    for (const std::string& uuid : project.uuids) uuids += fingerprint(uuid);
    text += fmt::format("project {}: {} items, {} duplicates, {} uuids {:016x}\n", name, project.items,
                        project.duplicates, project.uuids.size(), uuids);
  }
  return text;
}

}  // namespace understudy::rollbar
