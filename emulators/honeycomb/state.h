// What Honeycomb knows in one session: keys, switches, and how much each dataset holds.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "honeycomb/accounts.h"
#include "honeycomb/query_state.h"
#include "honeycomb/settings.h"
#include "honeycomb/translator.h"
#include "recording/vendor.h"

namespace understudy::honeycomb {

struct Counts {
  std::uint64_t spans = 0;
  std::uint64_t span_events = 0;
  std::uint64_t span_links = 0;
  std::uint64_t log_records = 0;
  std::uint64_t data_points = 0;

  Counts& operator+=(const Counts& more);
  friend bool operator==(const Counts&, const Counts&) = default;
};

struct Dataset {
  std::string name;             // the first spelling that came
  std::int64_t created_ns = 0;  // vendor's time
  std::int64_t written_ns = 0;  // when data came last; 0: none
  std::uint64_t requests = 0;
  Counts counts;
};

class HoneycombState final : public recording::State {
 public:
  Accounts accounts;
  Settings settings;
  QueryState queries;

  // Datasets are found without regard to case, and keep their first spelling. [docs: API, datasets]
  const Dataset* find_dataset(std::string_view environment, std::string_view name) const;
  // Of one environment, by name.
  std::vector<const Dataset*> datasets(std::string_view environment) const;
  void store(std::string_view environment, std::string_view dataset, const Counts& counts, std::int64_t moment_ns);
  // One without data, where there is none of that name.
  void create_dataset(std::string_view environment, std::string_view dataset, std::int64_t moment_ns);
  void remove_dataset(std::string_view environment, std::string_view dataset);
  std::string dump() const;

 private:
  using Datasets = std::map<std::string, Dataset, std::less<>>;  // by the name in lower case
  std::map<std::string, Datasets, std::less<>> environments_;    // by slug
};

// ASCII letters in lower case: how names of datasets are compared.
std::string lower_case(std::string_view text);

// What a request put into one dataset. Views into the request.
struct Portion {
  std::string_view dataset;
  Counts counts;
};

// The effect as the journal keeps it; empty if nothing is stored.
std::string write_effect(std::string_view environment, Translator translator, const std::vector<Portion>& portions);
void apply_effect(HoneycombState& state, const recording::Applied& applied);
// The effect of a call about datasets, columns, queries or results.
std::string write_query_effect(std::string_view environment, const QueryEffect& effect);
// The datasets that an effect stored something in, in lower case.
std::set<std::string, std::less<>> datasets_of(std::string_view effect);
Translator translator_of(std::string_view effect);

}  // namespace understudy::honeycomb
