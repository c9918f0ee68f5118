// What Rollbar remembers for its next answer: known tokens, users and projects, teams, switches, rate windows, uuids,
// deploys, queries, uploads.
// Items and occurrences are a view over the entries (item_index.h).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "recording/vendor.h"
#include "rollbar/accounts.h"
#include "rollbar/deploys.h"
#include "rollbar/projects.h"
#include "rollbar/replies.h"
#include "rollbar/settings.h"
#include "rollbar/teams.h"
#include "rollbar/texts.h"

namespace understudy::rollbar {

// A fixed window begins with a token's first call; the system's lasts a minute. [docs: Rate limits] [snapshot: the
// headers of terraform-provider-rollbar's recording]
struct Window {
  std::int64_t start = 0;  // unix seconds
  std::uint64_t calls = 0;
};

// How a token stands before its next call: in the system's window, and in its own where it has a limit.
struct Standing {
  RateHeaders headers;      // of the window that leaves less [guess]
  bool is_over = false;     // the call is beyond a limit
  bool is_first = false;    // the first such call of that window
  std::uint64_t limit = 0;  // the one that is passed
  std::int64_t window_seconds = 0;
  bool is_own = false;          // it is the token's own
  std::int64_t own_window = 0;  // length of the token's own, which the effect keeps; 0: it has none
};

struct RqlJob {
  std::uint64_t id = 0;
  std::string project;
  std::string query;
  std::int64_t created = 0;  // unix seconds
};

// What is known of an access token.
struct TokenLookUp {
  const Token* token = nullptr;
  bool is_unknown = false;  // nobody has it; without accounts any token will do, and then `token` is null, too
};

inline constexpr std::string_view replay_kind = "replay";
inline constexpr std::string_view deleted_replay_kind = "replay_deleted";
inline constexpr std::string_view bundle_kind = "source_map_bundle";  // its URL
inline constexpr std::string_view put_bundle_kind = "put_source_map_bundle";

// A bundle of source maps whose URL was handed out.
struct Bundle {
  std::string project;
  std::string version;
  std::string prefix_url;
};

class State final : public recording::State {
 public:
  Accounts accounts;
  Settings settings;
  Deploys deploys;
  Projects projects;
  Teams teams;
  std::vector<RqlJob> rql_jobs;
  std::map<std::string, Bundle, std::less<>> bundles;     // by the last part of their URLs
  std::set<std::pair<std::string, std::string>> replays;  // project and id

  // `account` is what is known of the token; null: nothing.
  Standing standing(std::uint64_t token, const Token* account, std::int64_t second) const;
  bool knows(std::string_view project, std::string_view uuid) const;
  TokenLookUp look_up(std::string_view access_token) const;
  // Those of the accounts by name, then those that were made; without accounts the standard one counts.
  std::vector<Project> all_projects() const;
  std::optional<Project> project(std::uint64_t id) const;
  // The token's window of its own limit; null: it has called nothing yet, or has none.
  const Window* own_window(std::string_view access_token) const;

  void apply(const recording::Applied& applied);
  std::string dump() const;

 private:
  struct Uuids {
    std::uint64_t items = 0;
    std::uint64_t duplicates = 0;
    std::unordered_set<std::string, TextHash, std::equal_to<>> uuids;
  };

  void count_item(const std::string& project, const std::string& uuid, bool is_duplicate);

  using Windows = std::map<std::uint64_t, Window>;  // by the token's fingerprint

  Windows windows_;
  Windows own_windows_;
  std::map<std::string, Uuids, std::less<>> uuids_;
};

std::int64_t second_of(const recording::Moment& moment);

}  // namespace understudy::rollbar
