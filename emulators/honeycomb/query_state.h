// What the API's calls about datasets, queries and results leave behind. Columns: query_index.h
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace understudy::honeycomb {

class QueryEffect;

struct DatasetSettings {
  std::string description;
  std::uint32_t expand_json_depth = 0;
  bool delete_protected = true;  // [docs: API, datasets]
};

struct StoredQuery {
  std::string dataset;        // in lower case; empty: all of the environment
  std::string specification;  // JSON
};

struct StoredResult {
  std::string dataset;
  std::string query_id;
  std::uint64_t ordinal = 0;  // it is about the entries below
  std::int64_t made_ns = 0;   // vendor's time
  bool without_series = false;
  bool with_total = false;
  bool with_other = false;
  std::uint32_t limit = 0;
};

// By id: the JSON that GET shows.
using ConfigObjects = std::map<std::string, std::string, std::less<>>;

class QueryState {
 public:
  // By environment's slug, and what is named within it.
  using Key = std::pair<std::string, std::string>;

  DatasetSettings settings_of(std::string_view environment, std::string_view dataset) const;
  const StoredQuery* find_query(std::string_view environment, std::string_view id) const;
  const StoredResult* find_result(std::string_view environment, std::string_view id) const;
  // Boards, triggers, ... of a dataset; empty: of the environment.
  const ConfigObjects& objects(std::string_view environment, std::string_view dataset, std::string_view resource) const;
  // How many results were made in the minute of that instant.
  std::uint64_t results_in_minute(std::string_view environment, std::int64_t moment_ns) const;

  void apply(std::string_view environment, const QueryEffect& effect, std::uint64_t ordinal, std::int64_t moment_ns);
  std::string dump() const;

 private:
  void forget_dataset(const std::string& environment, const std::string& dataset);

  struct Minute {
    std::int64_t number = 0;
    std::uint64_t results = 0;
  };
  std::map<Key, DatasetSettings> settings_;                                             // by dataset
  std::map<Key, StoredQuery> queries_;                                                  // by id
  std::map<Key, StoredResult> results_;                                                 // by id
  std::map<std::string, Minute, std::less<>> minutes_;                                  // by environment
  std::map<std::tuple<std::string, std::string, std::string>, ConfigObjects> objects_;  // by dataset, then resource
};

}  // namespace understudy::honeycomb
