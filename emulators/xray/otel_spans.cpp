#include "xray/otel_spans.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "base/json.h"
#include "xray/otlp_traces.h"
#include "xray/traces_source.h"

namespace understudy::xray {
namespace {

using nlohmann::ordered_json;

std::string text_of(const ordered_json& from, std::string_view name) {
  const auto member = from.find(name);
  return member != from.end() && member->is_string() ? member->get<std::string>() : std::string();
}

bool is_true(const ordered_json& from, std::string_view name) {
  const auto member = from.find(name);
  return member != from.end() && *member == true;
}

// "1-6b00ebe8-c090..." without what is not hexadecimal, as W3C writes it.
std::string w3c_id(std::string_view trace_id) {
  return trace_id.size() == 35 ? fmt::format("{}{}", trace_id.substr(2, 8), trace_id.substr(11))
                               : std::string(trace_id);
}

// Doubles hold microseconds of an epoch time; what they add behind is cut.
std::int64_t nanoseconds(const ordered_json& from, std::string_view name) {
  const auto member = from.find(name);
  if (member == from.end() || !member->is_number()) return 0;
  const auto microseconds = std::round(member->get<double>() * 1e6);
  return microseconds > 0 && microseconds < 9e15 ? static_cast<std::int64_t>(microseconds) * 1000 : 0;
}

class Spans {
 public:
  explicit Spans(const Trace& trace) : trace_id_(trace.id), w3c_(w3c_id(trace.id)) {}

  void add(const ordered_json& span) {
    spans_.push_back({{"Document", span.dump(-1, ' ', false, ordered_json::error_handler_t::replace)},
                      {"Id", text_of(span, "spanId")}});
  }
  void exported(const ordered_json& fields);
  void document(const ordered_json& entity, const std::string& parent, const std::string& service);
  nlohmann::json take() { return std::move(spans_); }

  const std::string& trace_id() const { return trace_id_; }

 private:
  std::string trace_id_;
  std::string w3c_;
  nlohmann::json spans_ = nlohmann::json::array();
};

// A span of otlp/decode.h under the names of OTLP's JSON.
void Spans::exported(const ordered_json& fields) {
  if (text_of(fields, "trace_id") != w3c_) return;
  static constexpr std::pair<std::string_view, std::string_view> names[] = {
      {"resource", "resource"},
      {"scope", "scope"},
      {"trace_id", "traceId"},
      {"span_id", "spanId"},
      {"parent_span_id", "parentSpanId"},
      {"trace_state", "traceState"},
      {"flags", "flags"},
      {"name", "name"},
      {"kind", "kind"},
      {"start_time_unix_nano", "startTimeUnixNano"},
      {"end_time_unix_nano", "endTimeUnixNano"},
      {"attributes", "attributes"},
      {"events", "events"},
      {"links", "links"},
      {"status", "status"}};
  auto span = ordered_json::object();
  for (const auto& [ours, theirs] : names) {
    if (const auto member = fields.find(ours); member != fields.end()) span[std::string(theirs)] = *member;
  }
  add(span);
}

// Attributes of HTTP by their stable names; annotations under their own.
ordered_json attributes_of(const ordered_json& entity) {
  static constexpr std::pair<std::string_view, std::string_view> requested[] = {{"method", "http.request.method"},
                                                                                {"url", "url.full"},
                                                                                {"user_agent", "user_agent.original"},
                                                                                {"client_ip", "client.address"}};
  auto made = ordered_json::object();
  const auto none = ordered_json::object();
  const auto within = [&](const ordered_json& from, std::string_view name) -> const ordered_json& {
    const auto member = from.find(name);
    return member != from.end() && member->is_object() ? *member : none;
  };
  const auto& http = within(entity, "http");
  for (const auto& [member, name] : requested) {
    if (const auto text = text_of(within(http, "request"), member); !text.empty()) made[std::string(name)] = text;
  }
  const auto& response = within(http, "response");
  if (const auto status = response.find("status"); status != response.end()) {
    made["http.response.status_code"] = *status;
  }
  for (const auto& [key, value] : within(entity, "annotations").items()) made[key] = value;
  return made;
}

void Spans::document(const ordered_json& entity, const std::string& parent, const std::string& service) {
  if (!entity.is_object()) return;
  const auto id = text_of(entity, "id");
  const auto own_parent = parent.empty() ? text_of(entity, "parent_id") : parent;
  const bool is_part = !parent.empty() || text_of(entity, "type") == "subsegment";
  const auto name = text_of(entity, "name");
  const auto& of = is_part && !service.empty() ? service : name;
  const auto space = text_of(entity, "namespace");
  const bool is_call = space == "aws" || space == "remote";
  const auto start = nanoseconds(entity, "start_time");
  const auto end = std::max(start, nanoseconds(entity, "end_time"));
  ordered_json span = {{"resource", {{"attributes", {{"service.name", of}}}}}, {"traceId", w3c_}, {"spanId", id}};
  if (!own_parent.empty()) span["parentSpanId"] = own_parent;
  span["flags"] = 1;
  span["name"] = name;
  span["kind"] = !is_part ? "SERVER" : is_call ? "CLIENT" : "INTERNAL";
  span["startTimeUnixNano"] = start;
  span["endTimeUnixNano"] = end;
  span["durationNano"] = end - start;
  span["attributes"] = attributes_of(entity);
  span["status"] = {{"code", is_true(entity, "fault") || is_true(entity, "error") ? "ERROR" : "UNSET"}};
  add(span);
  const auto embedded = entity.find("subsegments");
  if (embedded == entity.end() || !embedded->is_array()) return;
  for (const auto& one : *embedded) document(one, id, of);
}

bool came_by_otlp(const recording::Entry& entry) {
  bool is_otlp = false;
  otlp_items(entry, [&](std::string_view, ordered_json&&) { is_otlp = true; });
  return is_otlp;
}

}  // namespace

nlohmann::json spans_of(const Trace& trace, TraceIndex& index, const recording::EntrySource& entries) {
  Spans spans(trace);
  std::set<std::pair<std::uint64_t, std::uint32_t>> wanted;  // entry, number of the document
  std::set<std::uint64_t> ordinals;
  for (const auto number : index.assembled(trace).documents) {
    const auto& place = trace.documents[number].place;
    wanted.emplace(place.entry, place.document);
    ordinals.insert(place.entry);
  }
  JsonReader reader;
  for (const auto ordinal : ordinals) {
    const auto entry = entries.read(ordinal);
    if (!entry) continue;
    if (came_by_otlp(*entry)) {
      otlp_items(*entry, [&](std::string_view, ordered_json&& fields) { spans.exported(fields); });
      continue;
    }
    documents_in(*entry, [&](const TakenDocument& taken) {
      if (!wanted.contains({ordinal, taken.number})) return;
      const auto json = reader.read(taken.text);
      if (!json) return;
      const auto made = to_ordered_json(*json);
      if (!made.is_array()) return spans.document(made, "", "");
      for (const auto& one : made) spans.document(one, "", "");
    });
  }
  return spans.take();
}

}  // namespace understudy::xray
