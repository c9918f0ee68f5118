// What Rollbar remembers for its next answer: known tokens, switches, rate windows, uuids, deploys, queries. Items and
// occurrences are a view over the entries (item_index.h).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "recording/vendor.h"
#include "rollbar/accounts.h"
#include "rollbar/deploys.h"
#include "rollbar/replies.h"
#include "rollbar/settings.h"

namespace understudy::rollbar {

// Finds by string_view without making a string.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

// A fixed window begins with a token's first call and lasts a minute. [docs: Rate limits] [snapshot: the headers of
// terraform-provider-rollbar's recording]
struct Window {
  std::int64_t start = 0;  // unix seconds
  std::uint64_t calls = 0;
};

struct RqlJob {
  std::uint64_t id = 0;
  std::string project;
  std::string query;
  std::int64_t created = 0;  // unix seconds
};

class State final : public recording::State {
 public:
  Accounts accounts;
  Settings settings;
  Deploys deploys;
  std::vector<RqlJob> rql_jobs;

  // The window of the token at that second, new if there is none or it has ended.
  Window window(std::uint64_t token, std::int64_t second) const;
  // What an answer to one more call in that window says.
  RateHeaders rate_headers(const Window& window, std::int64_t second) const;
  bool knows(std::string_view project, std::string_view uuid) const;

  void apply(const recording::Applied& applied);
  std::string dump() const;

 private:
  struct Project {
    std::uint64_t items = 0;
    std::uint64_t duplicates = 0;
    std::unordered_set<std::string, TextHash, std::equal_to<>> uuids;
  };

  std::map<std::uint64_t, Window> windows_;  // by the token's fingerprint
  std::map<std::string, Project, std::less<>> projects_;
};

std::int64_t second_of(const recording::Moment& moment);

}  // namespace understudy::rollbar
