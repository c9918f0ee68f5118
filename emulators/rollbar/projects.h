// The projects and access tokens that were made, changed and deleted by calls, folded from their effects. What a
// session's accounts name stands beside them: state.h.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "rollbar/accounts.h"

namespace understudy::rollbar {

class Effect;

struct Project {
  std::string name;
  std::int64_t created = 0;  // unix seconds; 0: it was there from the start
};

class Projects {
 public:
  struct MadeToken {
    Token token;
    std::int64_t created = 0;  // unix seconds
    std::int64_t modified = 0;
    bool is_deleted = false;
  };

  const std::vector<Project>& made() const { return made_; }  // oldest first
  bool is_deleted(std::string_view name) const;
  // Also one of the accounts that was changed or deleted. Null: no call was about it.
  const MadeToken* find_token(std::string_view text) const;
  const std::map<std::string, MadeToken, std::less<>>& tokens() const { return tokens_; }

  // An effect that is about neither changes nothing.
  void apply(const Effect& effect, std::int64_t second);
  std::string dump() const;

 private:
  std::vector<Project> made_;
  std::map<std::string, std::int64_t, std::less<>> deleted_;  // when, by name
  std::map<std::string, MadeToken, std::less<>> tokens_;      // by their text
};

}  // namespace understudy::rollbar
