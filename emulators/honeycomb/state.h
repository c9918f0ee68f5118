// What Honeycomb knows in one session: keys, switches, and how much each dataset holds.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
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
  std::uint64_t events = 0;  // of the events API

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

// By id: the JSON that GET shows.
using Markers = std::map<std::string, std::string, std::less<>>;

class HoneycombState final : public recording::State {
 public:
  Accounts accounts;
  Settings settings;
  QueryState queries;

  // Datasets are found without regard to case, and keep their first spelling. [docs: API, datasets]
  const Dataset* find_dataset(std::string_view environment, std::string_view name) const;
  // Another environment that has a dataset of that name; nothing if none has.
  std::optional<std::string> other_environment_of(std::string_view environment, std::string_view dataset) const;
  // Of one environment, by name.
  std::vector<const Dataset*> datasets(std::string_view environment) const;
  void store(std::string_view environment, std::string_view dataset, const Counts& counts, std::int64_t moment_ns);
  // One without data, where there is none of that name.
  void create_dataset(std::string_view environment, std::string_view dataset, std::int64_t moment_ns);
  void remove_dataset(std::string_view environment, std::string_view dataset);
  // Of one dataset, or of "__all__".
  const Markers& markers(std::string_view environment, std::string_view dataset) const;
  // Empty JSON: it is removed.
  void set_marker(std::string_view environment, std::string_view dataset, const std::string& id, std::string json);
  std::string dump() const;

 private:
  using Datasets = std::map<std::string, Dataset, std::less<>>;     // by the name in lower case
  std::map<std::string, Datasets, std::less<>> environments_;       // by slug
  std::map<std::pair<std::string, std::string>, Markers> markers_;  // by slug and name in lower case
};

// What a request put into one dataset. Views into the request.
struct Portion {
  std::string_view dataset;
  Counts counts;
};

// The effect as the journal keeps it; empty if nothing is stored.
std::string write_effect(std::string_view environment, Translator translator, const std::vector<Portion>& portions,
                         bool without_metric_events = false);
bool has_metric_events(std::string_view effect);
void apply_effect(HoneycombState& state, const recording::Applied& applied);
// The effect of a call about datasets, columns, queries or results.
std::string write_query_effect(std::string_view environment, const QueryEffect& effect);
// The datasets that an effect stored something in, in lower case.
std::set<std::string, std::less<>> datasets_of(std::string_view effect);
Translator translator_of(std::string_view effect);
// How many spans, log records and data points an effect stored.
std::uint64_t otlp_items_of(std::string_view effect);

// The events API stores in one dataset; `refused` in rising order.
struct StoredEvents {
  std::string dataset;  // as the request spells it
  std::vector<std::uint32_t> refused;
  std::uint32_t expand_json_depth = 0;  // of the dataset, then
};
std::string write_events_effect(std::string_view environment, const StoredEvents& events, std::uint64_t stored);
StoredEvents stored_events_of(std::string_view effect);

// Empty JSON: the marker is removed.
std::string write_marker_effect(std::string_view environment, std::string_view dataset, std::string_view id,
                                std::string_view json);

}  // namespace understudy::honeycomb
