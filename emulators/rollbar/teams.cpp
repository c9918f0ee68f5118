#include "rollbar/teams.h"

#include <fmt/format.h>

#include <algorithm>

#include "rollbar/effect.pb.h"

namespace understudy::rollbar {

const Team* Teams::find(std::uint64_t id) const {
  const auto found = std::ranges::find(all_, id, &Team::id);
  return found == all_.end() ? nullptr : &*found;
}

const Invite* Teams::find_invite(std::uint64_t id) const {
  const auto found = std::ranges::find(invites_, id, &Invite::id);
  return found == invites_.end() ? nullptr : &*found;
}

void Teams::erase(std::uint64_t team) {
  std::erase_if(all_, [&](const Team& one) { return one.id == team; });
  std::erase_if(users_, [&](const auto& one) { return one.first == team; });
  std::erase_if(projects_, [&](const auto& one) { return one.first == team; });
  std::erase_if(invites_, [&](const Invite& one) { return one.team == team; });
}

void Teams::apply(const Effect& effect, std::int64_t second) {
  if (effect.has_project_change() && effect.project_change().kind() == ProjectChange::DELETED) {
    std::erase_if(projects_, [&](const auto& one) { return one.second == effect.project_change().project(); });
  }
  if (!effect.has_team_change()) return;
  const TeamChange& change = effect.team_change();
  switch (change.kind()) {
    case TeamChange::CREATED:
      all_.push_back({change.team(), change.name(), change.access_level()});
      next_id_ = change.team() + 1;
      return;
    case TeamChange::DELETED:
      return erase(change.team());
    case TeamChange::USER_PUT:
      users_.emplace(change.team(), change.user());
      return;
    case TeamChange::USER_REMOVED:
      users_.erase({change.team(), change.user()});
      return;
    case TeamChange::PROJECT_PUT:
      projects_.emplace(change.team(), change.project());
      return;
    case TeamChange::PROJECT_REMOVED:
      projects_.erase({change.team(), change.project()});
      return;
    case TeamChange::INVITED:
      invites_.push_back({change.invite(), change.user(), change.team(), change.email(), second, false});
      next_invite_id_ = change.invite() + 1;
      return;
    case TeamChange::INVITE_CANCELED:
      for (Invite& invite : invites_) invite.is_canceled |= invite.id == change.invite();
      return;
    default:
      return;  // of a later version
  }
}

std::string Teams::dump() const {
  std::string text;
  for (const Team& team : all_) text += fmt::format("team {}: {}, {}\n", team.id, team.name, team.access_level);
  for (const auto& [team, user] : users_) text += fmt::format("team {} has user {}\n", team, user);
  for (const auto& [team, project] : projects_) text += fmt::format("team {} has project {}\n", team, project);
  for (const Invite& invite : invites_) {
    text += fmt::format("invite {} of {} by {} to team {}: at {}{}\n", invite.id, invite.email, invite.from_user,
                        invite.team, invite.created, invite.is_canceled ? ", canceled" : "");
  }
  return text + fmt::format("next team {}, next invite {}\n", next_id_, next_invite_id_);
}

}  // namespace understudy::rollbar
