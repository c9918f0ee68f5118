#include "honeycomb/query_index.h"

#include <fmt/format.h>

#include "honeycomb/effect.pb.h"
#include "honeycomb/events.h"
#include "honeycomb/state.h"

namespace understudy::honeycomb {

void QueryIndex::add(const recording::Entry& entry) {
  if (entry.effect.empty()) return;
  Effect effect;
  if (!effect.ParseFromArray(entry.effect.data(), static_cast<int>(entry.effect.size()))) return;
  if (effect.has_query()) {
    apply(entry, effect.environment(), effect.query());
  } else {
    add_events(entry, effect.environment());
  }
}

void QueryIndex::add_events(const recording::Entry& entry, const std::string& environment) {
  std::string name;  // of the dataset of the event before: mostly this one's too
  IndexedDataset* dataset = nullptr;
  for_each_event(entry, [&](const Event& event) {
    if (dataset == nullptr || event.dataset != name) {
      name = event.dataset;
      dataset = &at(environment, lower_case(name));
      dataset->table.begin_entry(entry.ordinal, entry.moment.vendor_ns);
    }
    query::Table& table = dataset->table;
    table.begin_row(event.time_ns, event.sample_rate);
    for (const EventField& field : event.fields) table.set(field.name, field.value);
  });
}

void QueryIndex::apply(const recording::Entry& entry, const std::string& environment, const QueryEffect& effect) {
  if (effect.dataset_removed()) datasets_.erase({environment, effect.dataset()});
  if (effect.has_column()) {
    const ColumnChange& change = effect.column();
    IndexedDataset& dataset = at(environment, effect.dataset());
    dataset.table.begin_entry(entry.ordinal, entry.moment.vendor_ns);
    const auto type = change.type() == 0 ? query::Type::string : static_cast<query::Type>(change.type() - 1);
    dataset.table.declare(change.name(), type);
    if (change.type() != 0) dataset.table.convert(change.name(), type);
    dataset.notes[change.name()] = {change.description(), change.hidden(), entry.moment.vendor_ns};
  }
  if (!effect.column_removed().empty()) {
    IndexedDataset& dataset = at(environment, effect.dataset());
    for (const query::Column* column : dataset.table.columns()) {
      if (column_id(environment, effect.dataset(), column->name()) != effect.column_removed()) continue;
      const std::string name = column->name();
      dataset.notes.erase(name);
      dataset.table.remove(name);
      break;
    }
  }
}

IndexedDataset& QueryIndex::at(const std::string& environment, std::string_view dataset) {
  auto& found = datasets_[{environment, std::string(dataset)}];
  if (!found) found = std::make_unique<IndexedDataset>(texts_);
  return *found;
}

const IndexedDataset* QueryIndex::find(std::string_view environment, std::string_view dataset) const {
  const auto found = datasets_.find({std::string(environment), std::string(dataset)});
  return found == datasets_.end() ? nullptr : found->second.get();
}

std::vector<const IndexedDataset*> QueryIndex::all_of(std::string_view environment) const {
  std::vector<const IndexedDataset*> all;
  for (const auto& [key, dataset] : datasets_) {
    if (key.first == environment) all.push_back(dataset.get());
  }
  return all;
}

std::string column_id(std::string_view environment, std::string_view dataset, std::string_view name) {
  const recording::Entropy same(0, "honeycomb", 0);
  return same.text(fmt::format("column {}/{}/{}", environment, dataset, name), 12, base58);
}

}  // namespace understudy::honeycomb
