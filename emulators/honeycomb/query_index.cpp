#include "honeycomb/query_index.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "honeycomb/column_changes.h"
#include "honeycomb/effect.pb.h"
#include "honeycomb/events.h"
#include "honeycomb/query_call.h"
#include "honeycomb/state.h"

namespace understudy::honeycomb {

const query::Column* IndexedDataset::column_of(std::string_view id) const {
  for (const query::Column* column : table.columns()) {
    if (column_id(environment, name, column->name()) == id) return column;
  }
  return nullptr;
}

ShownColumn IndexedDataset::shown(const query::Column& column) const {
  const auto found = notes.find(column.name());
  const ColumnNotes note = found == notes.end() ? ColumnNotes() : found->second;
  return {column_id(environment, name, column.name()),
          column.name(),
          column.type(),
          note.description,
          note.hidden,
          column.written_ns(),
          column.created_ns(),
          std::max(note.updated_ns, column.created_ns())};
}

void QueryIndex::add(const recording::Entry& entry) {
  if (entry.effect.empty()) return changed(entry);
  Effect effect;
  if (!effect.ParseFromArray(entry.effect.data(), static_cast<int>(entry.effect.size()))) return;
  if (effect.has_query()) {
    apply(effect.environment(), effect.query());
  } else {
    add_events(entry, effect);
  }
}

void QueryIndex::add_events(const recording::Entry& entry, const Effect& effect) {
  // Those too of which no event is made: there may be calls about them.
  for (const Stored& stored : effect.stored()) at(effect.environment(), lower_case(stored.dataset()));
  std::string name;  // of the dataset of the event before: mostly this one's too
  IndexedDataset* dataset = nullptr;
  for_each_event(entry, [&](const Event& event) {
    if (dataset == nullptr || event.dataset != name) {
      name = event.dataset;
      dataset = &at(effect.environment(), lower_case(name));
      dataset->table.begin_entry(entry.ordinal, entry.moment.vendor_ns);
    }
    query::Table& table = dataset->table;
    table.begin_row(event.time_ns, event.sample_rate);
    for (const EventField& field : event.fields) table.set(field.name, field.value);
  });
}

void QueryIndex::apply(const std::string& environment, const QueryEffect& effect) {
  if (effect.dataset_removed()) datasets_.erase({environment, effect.dataset()});
  if (effect.has_dataset_change()) at(environment, effect.dataset());
}

namespace {

void write(IndexedDataset& dataset, const std::string& name, const WrittenColumn& written, std::int64_t moment_ns) {
  if (written.type) dataset.table.convert(name, *written.type);
  ColumnNotes& notes = dataset.notes[name];
  if (written.description) notes.description = *written.description;
  if (written.hidden) notes.hidden = *written.hidden;
  notes.updated_ns = moment_ns;
}

}  // namespace

// The path names a dataset, and the id says of which environment.
void QueryIndex::changed(const recording::Entry& entry) {
  const auto change = column_change_of(entry);
  if (!change) return;
  const std::int64_t moment_ns = entry.moment.vendor_ns;
  for (auto& [key, dataset] : datasets_) {
    if (dataset->name != change->dataset && slug_of(dataset->name) != change->dataset) continue;
    if (change->kind == ColumnChange::Kind::made) {
      const std::string& name = *change->written.name;
      const auto column = made_column(column_id(dataset->environment, dataset->name, name), change->written, moment_ns);
      if (!made_by(entry, column)) continue;
      dataset->table.begin_entry(entry.ordinal, moment_ns);
      dataset->table.declare(name, column.type);
      write(*dataset, name, change->written, moment_ns);
      return;
    }
    const query::Column* const column = dataset->column_of(change->id);
    if (column == nullptr) continue;
    const std::string name = column->name();
    if (change->kind == ColumnChange::Kind::changed) return write(*dataset, name, change->written, moment_ns);
    dataset->notes.erase(name);
    dataset->table.remove(name);
    return;
  }
}

IndexedDataset& QueryIndex::at(const std::string& environment, std::string_view dataset) {
  auto& found = datasets_[{environment, std::string(dataset)}];
  if (!found) found = std::make_unique<IndexedDataset>(texts_, environment, std::string(dataset));
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
