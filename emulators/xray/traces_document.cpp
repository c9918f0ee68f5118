#include "xray/traces_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "xray/names.h"
#include "xray/traces_source.h"

namespace understudy::xray {
namespace {

using nlohmann::ordered_json;

// The order of recorded documents; members that were not seen in one stand after those that were [snapshot].
constexpr std::string_view kept_members[] = {"id",        "name",        "start_time", "trace_id",      "end_time",
                                             "parent_id", "in_progress", "inferred",   "http",          "aws",
                                             "service",   "user",        "origin",     "resource_arn",  "error",
                                             "fault",     "throttle",    "cause",      "type",          "namespace",
                                             "sql",       "annotations", "metadata",   "precursor_ids", "links"};
// What an embedded subsegment knows from where it stands.
constexpr std::string_view outer_members[] = {"trace_id", "parent_id", "type"};

// Subsegments deeper than this stand beside the segments, so that every client's reader can follow.
constexpr int deepest = 200;

bool is_kept(std::string_view key, const ordered_json& value) {
  const bool is_scalar = value.is_number() || value.is_boolean() || value.is_string();
  return is_annotation_key(key) && is_scalar;
}

// Without what X-Ray drops silently.
void clean(ordered_json& document) {
  if (const auto given = document.find("annotations"); given != document.end()) {
    auto kept = ordered_json::object();
    if (given->is_object()) {
      for (auto& [key, value] : given->items()) {
        if (is_kept(key, value)) kept[key] = std::move(value);
      }
    }
    *given = std::move(kept);
    if (given->empty()) document.erase("annotations");
  }
  if (const auto given = document.find("namespace"); given != document.end()) {
    if (*given != "aws" && *given != "remote") document.erase("namespace");
  }
}

// The members in order, without those that X-Ray does not know.
ordered_json rebuilt(ordered_json&& from, bool is_embedded) {
  auto made = ordered_json::object();
  for (const auto name : kept_members) {
    if (is_embedded && std::ranges::find(outer_members, name) != std::end(outer_members)) continue;
    if (const auto member = from.find(name); member != from.end()) made[std::string(name)] = std::move(*member);
  }
  clean(made);
  return made;
}

class TraceWriter {
 public:
  TraceWriter(const Trace& trace, TraceIndex& index)
      : trace_(trace), index_(index), assembled_(index.assembled(trace)), own_(trace.entities.size()) {}

  void read(const recording::EntrySource& entries);
  nlohmann::json segments();

 private:
  using Number = std::uint32_t;

  void take(const Document& document, ordered_json&& json);
  void take_entity(Number& next, Number end, ordered_json&& json);
  void find_children();
  ordered_json composed(Number number, int depth);
  ordered_json inferred(const Segment& segment);
  void add(nlohmann::json& into, const ordered_json& document);

  const Trace& trace_;
  TraceIndex& index_;
  const Assembled& assembled_;
  std::vector<ordered_json> own_;  // by entity: its members without subsegments; null: replaced, unreadable, or written
  std::vector<std::vector<Number>> children_;
};

void TraceWriter::read(const recording::EntrySource& entries) {
  JsonReader reader;
  for (std::size_t i = 0; i < assembled_.documents.size();) {
    const auto ordinal = trace_.documents[assembled_.documents[i]].place.entry;
    const auto first = i;
    while (i < assembled_.documents.size() && trace_.documents[assembled_.documents[i]].place.entry == ordinal) ++i;
    const auto entry = entries.read(ordinal);
    if (!entry) continue;
    documents_in(*entry, [&](const TakenDocument& taken) {
      for (auto at = first; at < i; ++at) {
        const auto& document = trace_.documents[assembled_.documents[at]];
        if (document.place.document != taken.number) continue;
        const auto json = reader.read(taken.text);
        if (!json) continue;
        auto made = to_ordered_json(*json);
        if (made.is_array() && document.place.item < made.size()) made = ordered_json(made[document.place.item]);
        take(document, std::move(made));
      }
    });
  }
  find_children();
}

void TraceWriter::take(const Document& document, ordered_json&& json) {
  auto next = document.first;
  take_entity(next, document.first + document.count, std::move(json));
}

// In the order in which the index read them.
void TraceWriter::take_entity(Number& next, Number end, ordered_json&& json) {
  if (!json.is_object() || next >= end) return;
  const auto number = next++;
  if (const auto embedded = json.find("subsegments"); embedded != json.end() && embedded->is_array()) {
    for (auto& one : *embedded) take_entity(next, end, std::move(one));
  }
  json.erase("subsegments");
  own_[number] = std::move(json);
}

void TraceWriter::find_children() {
  children_.resize(trace_.entities.size());
  for (Number i = 0; i < trace_.entities.size(); ++i) {
    const auto parent = assembled_.parent_of[i];
    if (parent != nowhere && trace_.entities[i].has(is_subsegment)) children_[parent].push_back(i);
  }
}

ordered_json TraceWriter::composed(Number number, int depth) {
  auto made = rebuilt(std::move(own_[number]), depth > 0);
  own_[number] = nullptr;
  auto embedded = ordered_json::array();
  for (const auto child : children_[number]) {
    if (depth < deepest && own_[child].is_object()) embedded.push_back(composed(child, depth + 1));
  }
  if (!embedded.empty()) made["subsegments"] = std::move(embedded);
  return made;
}

// As the subsegment that called, with an id of its own [docs]: one that does not change from read to read.
ordered_json TraceWriter::inferred(const Segment& segment) {
  const auto& called = own_[segment.entity];
  auto made = ordered_json::object();
  std::uint64_t id = 14695981039346656037U;  // FNV-1a
  for (const char c : fmt::format("{}/{:016x}", trace_.id, trace_.entities[segment.entity].id)) {
    id = (id ^ static_cast<unsigned char>(c)) * 1099511628211U;
  }
  made["id"] = fmt::format("{:016x}", id);
  for (const auto* name : {"name", "start_time", "end_time"}) {
    if (called.contains(name)) made[name] = called[name];
  }
  made["parent_id"] = called.value("id", ordered_json());
  made["inferred"] = true;
  for (const auto* name : {"http", "aws", "error", "fault", "throttle"}) {
    if (called.contains(name)) made[name] = called[name];
  }
  made["trace_id"] = std::string(trace_.id);
  const auto type = index_.text(index_.service(segment.service).type);
  if (type.starts_with("AWS::")) made["origin"] = std::string(type);
  return made;
}

void TraceWriter::add(nlohmann::json& into, const ordered_json& document) {
  auto text = document.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  into.push_back({{"Id", document.value("id", "")}, {"Document", std::move(text)}});
}

nlohmann::json TraceWriter::segments() {
  std::vector<ordered_json> inferred_documents;
  for (const auto& segment : assembled_.segments) {
    const bool is_made_here = trace_.entities[segment.entity].has(is_subsegment);
    if (is_made_here && own_[segment.entity].is_object()) inferred_documents.push_back(inferred(segment));
  }
  auto all = nlohmann::json::array();
  for (const auto& segment : assembled_.segments) {
    if (trace_.entities[segment.entity].has(is_subsegment)) break;  // inferred ones stand last
    if (own_[segment.entity].is_object()) add(all, composed(segment.entity, 0));
  }
  for (const auto& document : inferred_documents) add(all, document);
  for (Number i = 0; i < own_.size(); ++i) {
    if (assembled_.is_live[i] != 0 && own_[i].is_object()) add(all, composed(i, 0));
  }
  return all;
}

}  // namespace

double rounded_to_milliseconds(double seconds) { return std::round(seconds * 1000) / 1000; }

nlohmann::json to_json(const Trace& trace, TraceIndex& index, const recording::EntrySource& entries) {
  const auto& assembled = index.assembled(trace);
  TraceWriter writer(trace, index);
  writer.read(entries);
  return {{"Duration", rounded_to_milliseconds(assembled.end_s - assembled.start_s)},
          {"Id", std::string(trace.id)},
          {"LimitExceeded", trace.limit_exceeded},
          {"Segments", writer.segments()}};
}

}  // namespace understudy::xray
