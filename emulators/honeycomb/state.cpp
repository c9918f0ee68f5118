#include "honeycomb/state.h"

#include <fmt/format.h>

#include "base/ascii.h"
#include "honeycomb/effect.pb.h"

namespace understudy::honeycomb {

Counts& Counts::operator+=(const Counts& more) {
  spans += more.spans;
  span_events += more.span_events;
  span_links += more.span_links;
  log_records += more.log_records;
  data_points += more.data_points;
  events += more.events;
  return *this;
}

const Dataset* HoneycombState::find_dataset(std::string_view environment, std::string_view name) const {
  const auto datasets = environments_.find(environment);
  if (datasets == environments_.end()) return nullptr;
  const auto dataset = datasets->second.find(lower_case(name));
  return dataset == datasets->second.end() ? nullptr : &dataset->second;
}

std::optional<std::string> HoneycombState::other_environment_of(std::string_view environment,
                                                                std::string_view dataset) const {
  for (const auto& [slug, datasets] : environments_) {
    if (slug != environment && datasets.contains(lower_case(dataset))) return slug;
  }
  return std::nullopt;
}

std::vector<const Dataset*> HoneycombState::datasets(std::string_view environment) const {
  std::vector<const Dataset*> all;
  const auto datasets = environments_.find(environment);
  if (datasets == environments_.end()) return all;
  for (const auto& [lower, dataset] : datasets->second) all.push_back(&dataset);
  return all;
}

void HoneycombState::create_dataset(std::string_view environment, std::string_view dataset, std::int64_t moment_ns) {
  Dataset& created = environments_[std::string(environment)][lower_case(dataset)];
  if (!created.name.empty()) return;
  created.name = dataset;
  created.created_ns = moment_ns;
}

void HoneycombState::remove_dataset(std::string_view environment, std::string_view dataset) {
  const auto datasets = environments_.find(environment);
  if (datasets != environments_.end()) datasets->second.erase(lower_case(dataset));
}

void HoneycombState::store(std::string_view environment, std::string_view dataset, const Counts& counts,
                           std::int64_t moment_ns) {
  Dataset& stored = environments_[std::string(environment)][lower_case(dataset)];
  if (stored.created_ns == 0) {
    stored.name = dataset;
    stored.created_ns = moment_ns;
  }
  stored.written_ns = moment_ns;
  ++stored.requests;
  stored.counts += counts;
}

const Markers& HoneycombState::markers(std::string_view environment, std::string_view dataset) const {
  static const Markers none;
  const auto found = markers_.find({std::string(environment), lower_case(dataset)});
  return found == markers_.end() ? none : found->second;
}

void HoneycombState::set_marker(std::string_view environment, std::string_view dataset, const std::string& id,
                                std::string json) {
  Markers& markers = markers_[{std::string(environment), lower_case(dataset)}];
  if (json.empty()) {
    markers.erase(id);
  } else {
    markers[id] = std::move(json);
  }
}

std::string HoneycombState::dump() const {
  std::string text = accounts.dump() + settings.dump();
  for (const auto& [environment, datasets] : environments_) {
    for (const auto& [lower, dataset] : datasets) {
      const Counts& counts = dataset.counts;
      text += fmt::format(
          "environment '{}' dataset '{}': requests {} spans {} span_events {} span_links {} log_records {} "
          "data_points {} events {}\n",
          environment, dataset.name, dataset.requests, counts.spans, counts.span_events, counts.span_links,
          counts.log_records, counts.data_points, counts.events);
    }
  }
  for (const auto& [where, markers] : markers_) {
    for (const auto& [id, marker] : markers) {
      text += fmt::format("environment '{}' dataset '{}': marker {}\n", where.first, where.second, marker);
    }
  }
  return text + queries.dump();
}

std::string write_effect(std::string_view environment, Translator translator, const std::vector<Portion>& portions,
                         bool without_metric_events) {
  if (portions.empty()) return {};
  Effect effect;
  effect.set_environment(std::string(environment));
  effect.set_translator(static_cast<std::uint32_t>(translator));
  effect.set_without_metric_events(without_metric_events);
  for (const auto& [dataset, counts] : portions) {
    Stored& stored = *effect.add_stored();
    stored.set_dataset(std::string(dataset));
    stored.set_spans(counts.spans);
    stored.set_span_events(counts.span_events);
    stored.set_span_links(counts.span_links);
    stored.set_log_records(counts.log_records);
    stored.set_data_points(counts.data_points);
    stored.set_events(counts.events);
  }
  return effect.SerializeAsString();
}

namespace {

void apply_query(HoneycombState& state, const Effect& effect, const recording::Applied& applied) {
  const QueryEffect& query = effect.query();
  const std::int64_t moment_ns = applied.moment.vendor_ns;
  if (!query.dataset_change().name().empty()) {
    state.create_dataset(effect.environment(), query.dataset_change().name(), moment_ns);
  }
  if (query.dataset_removed()) state.remove_dataset(effect.environment(), query.dataset());
  state.queries.apply(effect.environment(), query, applied.ordinal, moment_ns);
}

}  // namespace

std::string write_query_effect(std::string_view environment, const QueryEffect& query) {
  Effect effect;
  effect.set_environment(std::string(environment));
  *effect.mutable_query() = query;
  return effect.SerializeAsString();
}

void apply_effect(HoneycombState& state, const recording::Applied& applied) {
  const std::string_view bytes = applied.effect;
  Effect effect;
  // The journal's checksum vouches for the bytes.
  if (!effect.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  if (effect.has_marker()) {
    const Marker& marker = effect.marker();
    state.set_marker(effect.environment(), marker.dataset(), marker.id(), marker.json());
  }
  for (const Stored& stored : effect.stored()) {
    state.store(effect.environment(), stored.dataset(),
                {.spans = stored.spans(),
                 .span_events = stored.span_events(),
                 .span_links = stored.span_links(),
                 .log_records = stored.log_records(),
                 .data_points = stored.data_points(),
                 .events = stored.events()},
                applied.moment.vendor_ns);
  }
  if (effect.has_query()) apply_query(state, effect, applied);
}

std::set<std::string, std::less<>> datasets_of(std::string_view bytes) {
  Effect effect;
  std::set<std::string, std::less<>> datasets;
  if (!effect.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return datasets;
  for (const Stored& stored : effect.stored()) datasets.insert(lower_case(stored.dataset()));
  return datasets;
}

Translator translator_of(std::string_view bytes) {
  Effect effect;
  const bool read = effect.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  return read && effect.translator() == static_cast<std::uint32_t>(Translator::classic) ? Translator::classic
                                                                                        : Translator::direct;
}

bool has_metric_events(std::string_view bytes) {
  Effect effect;
  return effect.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) && !effect.without_metric_events();
}

std::uint64_t otlp_items_of(std::string_view bytes) {
  Effect effect;
  if (!effect.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return 0;
  std::uint64_t items = 0;
  for (const Stored& stored : effect.stored()) items += stored.spans() + stored.log_records() + stored.data_points();
  return items;
}

std::string write_events_effect(std::string_view environment, const StoredEvents& events, std::uint64_t stored) {
  Effect effect;
  effect.set_environment(std::string(environment));
  Stored& portion = *effect.add_stored();
  portion.set_dataset(events.dataset);
  portion.set_events(stored);
  portion.set_expand_json_depth(events.expand_json_depth);
  for (const std::uint32_t index : events.refused) effect.add_refused(index);
  return effect.SerializeAsString();
}

StoredEvents stored_events_of(std::string_view bytes) {
  Effect effect;
  StoredEvents events;
  if (!effect.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return events;
  if (effect.stored_size() > 0) {
    events.dataset = effect.stored(0).dataset();
    events.expand_json_depth = effect.stored(0).expand_json_depth();
  }
  events.refused.assign(effect.refused().begin(), effect.refused().end());
  return events;
}

std::string write_marker_effect(std::string_view environment, std::string_view dataset, std::string_view id,
                                std::string_view json) {
  Effect effect;
  effect.set_environment(std::string(environment));
  Marker& marker = *effect.mutable_marker();
  marker.set_dataset(std::string(dataset));
  marker.set_id(std::string(id));
  marker.set_json(std::string(json));
  return effect.SerializeAsString();
}

}  // namespace understudy::honeycomb
