#include "contract/traces.h"

#include <utility>

namespace understudy::contract {

using nlohmann::ordered_json;
using recording::Record;

namespace {

std::string text_of(const ordered_json& fields, const char* name) {
  const auto found = fields.find(name);
  return found != fields.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string key_of(const std::string& trace, const std::string& id) { return trace + ' ' + id; }

}  // namespace

TracePlace place_in_trace(const Record& record) {
  if (!record.fields.is_object()) return {};
  // OTLP and X-Ray call them differently.
  if (record.kind == "span") {
    return {text_of(record.fields, "trace_id"), text_of(record.fields, "span_id"),
            text_of(record.fields, "parent_span_id")};
  }
  if (record.kind == "segment" || record.kind == "subsegment") {
    return {text_of(record.fields, "trace_id"), text_of(record.fields, "id"), text_of(record.fields, "parent_id")};
  }
  return {};
}

std::vector<Record> subsegments_of(const Record& record) {
  std::vector<Record> found;
  if (record.kind != "segment" && record.kind != "subsegment") return found;
  const auto within = record.fields.find("subsegments");
  if (within == record.fields.end() || !within->is_array()) return found;
  for (const ordered_json& fields : *within) {
    if (!fields.is_object()) continue;
    Record& one = found.emplace_back(record);
    one.kind = "subsegment";
    one.fields = fields;
    const TracePlace place = place_in_trace(record);
    if (!fields.contains("trace_id")) one.fields["trace_id"] = place.trace;
    if (!fields.contains("parent_id")) one.fields["parent_id"] = place.id;
  }
  return found;
}

void Traces::add(const Held& record) {
  const TracePlace place = place_in_trace(*record);
  if (place.id.empty()) return;
  nodes_.insert_or_assign(key_of(place.trace, place.id), record);
  if (!place.parent.empty()) children_[key_of(place.trace, place.parent)].push_back(record);
  for (Record& inner : subsegments_of(*record)) add(std::make_shared<const Record>(std::move(inner)));
}

const Record* Traces::find(const std::string& trace, const std::string& id) const {
  const auto found = nodes_.find(key_of(trace, id));
  return found == nodes_.end() ? nullptr : found->second.get();
}

Traces::Held Traces::parent_of(const Record& record) const {
  const TracePlace place = place_in_trace(record);
  if (place.parent.empty()) return nullptr;
  const auto found = nodes_.find(key_of(place.trace, place.parent));
  return found == nodes_.end() ? nullptr : found->second;
}

std::vector<Traces::Held> Traces::children_of(const Record& record) const {
  const TracePlace place = place_in_trace(record);
  const auto found = children_.find(key_of(place.trace, place.id));
  return found == children_.end() ? std::vector<Held>() : found->second;
}

}  // namespace understudy::contract
