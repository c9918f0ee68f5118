#include "rollbar/projects.h"

#include <fmt/format.h>

#include <algorithm>

#include "rollbar/effect.pb.h"
#include "rollbar/token.h"

namespace understudy::rollbar {

namespace {

Token token_of(const AccessToken& made, const std::string& project) {
  Token token;
  token.name = made.name();
  token.project = project;
  token.scopes.assign(made.scopes().begin(), made.scopes().end());
  token.enabled = made.enabled();
  token.window_seconds = made.window_seconds();
  token.window_count = made.window_count();
  if (made.has_expires()) token.expires = made.expires();
  return token;
}

}  // namespace

bool Projects::is_deleted(std::string_view name) const { return deleted_.contains(name); }

const Projects::MadeToken* Projects::find_token(std::string_view text) const {
  const auto found = tokens_.find(text);
  return found == tokens_.end() ? nullptr : &found->second;
}

void Projects::apply(const Effect& effect, std::int64_t second) {
  if (!effect.has_project_change()) return;
  const ProjectChange& change = effect.project_change();
  if (change.kind() == ProjectChange::CREATED) {
    made_.push_back({change.project(), second});
    deleted_.erase(change.project());
  }
  if (change.kind() == ProjectChange::DELETED) {
    deleted_.emplace(change.project(), second);
    std::erase_if(made_, [&](const Project& project) { return project.name == change.project(); });
  }
  for (const AccessToken& sent : change.tokens()) {
    const auto [token, is_new] = tokens_.try_emplace(sent.text());
    if (is_new) token->second.created = second;
    token->second.modified = second;
    token->second.token = token_of(sent, change.project());
    token->second.is_deleted = change.kind() == ProjectChange::TOKEN_DELETED;
  }
}

std::string Projects::dump() const {
  std::string text;
  for (const Project& project : made_) text += fmt::format("project {}: made at {}\n", project.name, project.created);
  for (const auto& [name, second] : deleted_) text += fmt::format("project {}: deleted at {}\n", name, second);
  for (const auto& [access_token, made] : tokens_) {
    text += fmt::format(
        "token {} {:016x} of {}: {}, scopes {}, {}, expires {}, {} calls in {} s, from {}, changed {}{}\n",
        masked(access_token), fingerprint(access_token), made.token.project, made.token.name, made.token.scope_list(),
        made.token.enabled ? "enabled" : "disabled", made.token.expires.value_or(0), made.token.window_count,
        made.token.window_seconds, made.created, made.modified, made.is_deleted ? ", deleted" : "");
  }
  return text;
}

}  // namespace understudy::rollbar
