// The account's teams, who and what is on them, and its invites, folded from the effects of calls.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace understudy::rollbar {

class Effect;

// Two are there from the start, and their access levels are theirs alone. [docs: Teams] Their ids, of the order that
// the service hands out, are a guess.
inline constexpr std::uint64_t everyone_id = 500'001;
inline constexpr std::uint64_t owners_id = 500'002;

struct Team {
  std::uint64_t id = 0;
  std::string name;
  std::string access_level;

  bool is_built_in() const { return id == everyone_id || id == owners_id; }
};

struct Invite {
  std::uint64_t id = 0;
  std::uint64_t from_user = 0;
  std::uint64_t team = 0;
  std::string email;
  std::int64_t created = 0;  // unix seconds
  bool is_canceled = false;
};

class Teams {
 public:
  const std::vector<Team>& all() const { return all_; }  // the two, then those that were made, oldest first
  const Team* find(std::uint64_t id) const;              // null: there is none
  std::uint64_t next_id() const { return next_id_; }

  // Whether a call put it on the team.
  bool has_user(std::uint64_t team, std::uint64_t user) const { return users_.contains({team, user}); }
  bool has_project(std::uint64_t team, const std::string& project) const { return projects_.contains({team, project}); }

  const std::vector<Invite>& invites() const { return invites_; }  // oldest first
  const Invite* find_invite(std::uint64_t id) const;               // null: there is none
  std::uint64_t next_invite_id() const { return next_invite_id_; }

  // A deleted team takes all that it has with it, a deleted project leaves its teams.
  void apply(const Effect& effect, std::int64_t second);
  std::string dump() const;

 private:
  void erase(std::uint64_t team);

  std::vector<Team> all_ = {{everyone_id, "Everyone", "everyone"}, {owners_id, "Owners", "owner"}};
  std::set<std::pair<std::uint64_t, std::uint64_t>> users_;   // team and user
  std::set<std::pair<std::uint64_t, std::string>> projects_;  // team and name
  std::vector<Invite> invites_;
  std::uint64_t next_id_ = owners_id + 1;  // an id is never handed out again
  std::uint64_t next_invite_id_ = 100'001;
};

}  // namespace understudy::rollbar
