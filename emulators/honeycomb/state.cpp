#include "honeycomb/state.h"

#include <fmt/format.h>

#include "honeycomb/effect.pb.h"

namespace understudy::honeycomb {
std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return lower;
}

Counts& Counts::operator+=(const Counts& more) {
  spans += more.spans;
  span_events += more.span_events;
  span_links += more.span_links;
  log_records += more.log_records;
  data_points += more.data_points;
  return *this;
}

const Dataset* HoneycombState::find_dataset(std::string_view environment, std::string_view name) const {
  const auto datasets = environments_.find(environment);
  if (datasets == environments_.end()) return nullptr;
  const auto dataset = datasets->second.find(lower_case(name));
  return dataset == datasets->second.end() ? nullptr : &dataset->second;
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

std::string HoneycombState::dump() const {
  std::string text = accounts.dump() + settings.dump();
  for (const auto& [environment, datasets] : environments_) {
    for (const auto& [lower, dataset] : datasets) {
      const Counts& counts = dataset.counts;
      text += fmt::format(
          "environment '{}' dataset '{}': requests {} spans {} span_events {} span_links {} log_records {} "
          "data_points {}\n",
          environment, dataset.name, dataset.requests, counts.spans, counts.span_events, counts.span_links,
          counts.log_records, counts.data_points);
    }
  }
  return text + queries.dump();
}

std::string write_effect(std::string_view environment, Translator translator, const std::vector<Portion>& portions) {
  if (portions.empty()) return {};
  Effect effect;
  effect.set_environment(std::string(environment));
  effect.set_translator(static_cast<std::uint32_t>(translator));
  for (const auto& [dataset, counts] : portions) {
    Stored& stored = *effect.add_stored();
    stored.set_dataset(std::string(dataset));
    stored.set_spans(counts.spans);
    stored.set_span_events(counts.span_events);
    stored.set_span_links(counts.span_links);
    stored.set_log_records(counts.log_records);
    stored.set_data_points(counts.data_points);
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
  for (const Stored& stored : effect.stored()) {
    state.store(effect.environment(), stored.dataset(),
                {.spans = stored.spans(),
                 .span_events = stored.span_events(),
                 .span_links = stored.span_links(),
                 .log_records = stored.log_records(),
                 .data_points = stored.data_points()},
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

}  // namespace understudy::honeycomb
