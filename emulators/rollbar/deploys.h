// The deploys of each project, folded from the effects of the calls that made and changed them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::rollbar {

class Effect;

struct Deploy {
  std::uint64_t id = 0;
  std::string environment;
  std::string revision;
  std::string rollbar_username;
  std::string local_username;
  std::string comment;
  std::string status;
  std::int64_t start = 0;  // unix seconds
  std::int64_t touched = 0;
  std::optional<std::int64_t> finish;

  // What time alone changed: a deploy that stays "started" for an hour has timed out. [docs: Deploys]
  Deploy at(std::int64_t second) const;
};

class Deploys {
 public:
  std::uint64_t next_id() const;
  const Deploy* find(std::string_view project, std::uint64_t id) const;
  std::span<const Deploy> of(std::string_view project) const;  // oldest first

  // An effect that is about no deploy changes nothing.
  void apply(const Effect& effect, std::int64_t second);
  std::string dump() const;

 private:
  Deploy* find_for_change(std::string_view project, std::uint64_t id);

  std::map<std::string, std::vector<Deploy>, std::less<>> projects_;
  std::uint64_t count_ = 0;
};

}  // namespace understudy::rollbar
