#include "honeycomb/query_state.h"

#include <fmt/format.h>

#include "honeycomb/query_effect.pb.h"

namespace understudy::honeycomb {
namespace {

constexpr std::int64_t minute_ns = 60'000'000'000;

template <typename Value>
const Value* find(const std::map<QueryState::Key, Value>& map, std::string_view environment, std::string_view name) {
  const auto found = map.find({std::string(environment), std::string(name)});
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace

DatasetSettings QueryState::settings_of(std::string_view environment, std::string_view dataset) const {
  const DatasetSettings* const settings = find(settings_, environment, dataset);
  return settings == nullptr ? DatasetSettings() : *settings;
}

const StoredQuery* QueryState::find_query(std::string_view environment, std::string_view id) const {
  return find(queries_, environment, id);
}

const StoredResult* QueryState::find_result(std::string_view environment, std::string_view id) const {
  return find(results_, environment, id);
}

std::uint64_t QueryState::results_in_minute(std::string_view environment, std::int64_t moment_ns) const {
  const auto found = minutes_.find(environment);
  if (found == minutes_.end() || found->second.number != moment_ns / minute_ns) return 0;
  return found->second.results;
}

const ConfigObjects& QueryState::objects(std::string_view environment, std::string_view dataset,
                                         std::string_view resource) const {
  static const ConfigObjects none;
  const auto found = objects_.find({std::string(environment), std::string(dataset), std::string(resource)});
  return found == objects_.end() ? none : found->second;
}

void QueryState::apply(std::string_view environment_slug, const QueryEffect& effect, std::uint64_t ordinal,
                       std::int64_t moment_ns) {
  const std::string environment(environment_slug);
  const Key dataset{environment, effect.dataset()};
  if (effect.has_dataset_change()) {
    const DatasetChange& change = effect.dataset_change();
    settings_[dataset] = {change.description(), change.expand_json_depth(), !change.unprotected()};
  }
  if (effect.dataset_removed()) forget_dataset(environment, effect.dataset());
  if (effect.has_query()) {
    queries_[{environment, effect.query().id()}] = {effect.dataset(), effect.query().specification()};
  }
  if (effect.has_object()) {
    const ObjectChange& change = effect.object();
    ConfigObjects& objects = objects_[{environment, effect.dataset(), change.resource()}];
    if (change.json().empty()) {
      objects.erase(change.id());
    } else {
      objects[change.id()] = change.json();
    }
  }
  if (effect.has_result()) {
    const ResultMade& made = effect.result();
    results_[{environment, made.id()}] = {effect.dataset(),      made.query_id(),   ordinal,           moment_ns,
                                          made.without_series(), made.with_total(), made.with_other(), made.limit()};
    Minute& minute = minutes_[environment];
    if (minute.number != moment_ns / minute_ns) minute = {moment_ns / minute_ns, 0};
    ++minute.results;
  }
}

// Its queries and what else was made in it go with it.
void QueryState::forget_dataset(const std::string& environment, const std::string& dataset) {
  settings_.erase({environment, dataset});
  const auto is_of_it = [&](const auto& item) {
    return item.first.first == environment && item.second.dataset == dataset;
  };
  std::erase_if(queries_, is_of_it);
  std::erase_if(results_, is_of_it);
  std::erase_if(objects_, [&](const auto& item) {
    return std::get<0>(item.first) == environment && std::get<1>(item.first) == dataset;
  });
}

std::string QueryState::dump() const {
  std::string text;
  for (const auto& [key, settings] : settings_) {
    text += fmt::format("environment '{}' dataset '{}' settings: '{}' depth {} protected {}\n", key.first, key.second,
                        settings.description, settings.expand_json_depth, settings.delete_protected);
  }
  for (const auto& [key, query] : queries_) {
    text += fmt::format("environment '{}' query {} of '{}': {}\n", key.first, key.second, query.dataset,
                        query.specification);
  }
  for (const auto& [key, result] : results_) {
    text += fmt::format("environment '{}' result {} of '{}' query {} below {} at {}: {} {} {} {}\n", key.first,
                        key.second, result.dataset, result.query_id, result.ordinal, result.made_ns,
                        result.without_series, result.with_total, result.with_other, result.limit);
  }
  for (const auto& [where, objects] : objects_) {
    for (const auto& [id, json] : objects) {
      text += fmt::format("environment '{}' dataset '{}' {}: {}\n", std::get<0>(where), std::get<1>(where),
                          std::get<2>(where), json);
    }
  }
  for (const auto& [environment, minute] : minutes_) {
    text += fmt::format("environment '{}' results in minute {}: {}\n", environment, minute.number, minute.results);
  }
  return text;
}

}  // namespace understudy::honeycomb
