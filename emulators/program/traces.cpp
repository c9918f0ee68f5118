#include "program/traces.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "recording/filter.h"
#include "recording/moment.h"

namespace understudy::program {

using nlohmann::ordered_json;

namespace {

std::string text_at(const recording::Record& record, std::string_view path) {
  ordered_json own;
  const ordered_json* found = recording::find_field(record, path, own);
  return found != nullptr && found->is_string() ? found->get<std::string>() : "";
}

std::int64_t number_at(const recording::Record& record, std::string_view path) {
  ordered_json own;
  const ordered_json* found = recording::find_field(record, path, own);
  return found != nullptr && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

double duration_ms(const Trace& trace) { return static_cast<double>(trace.end_ns - trace.start_ns) / 1e6; }

}  // namespace

void Traces::add(const recording::Record& span) {
  const std::string id = text_at(span, "trace_id");
  const auto [at, is_new] = index_.try_emplace(id, traces_.size());
  if (is_new) traces_.emplace_back().id = id;
  Trace& trace = traces_[at->second];
  ++trace.spans;
  trace.start_ns = std::min(trace.start_ns, number_at(span, "start_time_unix_nano"));
  trace.end_ns = std::max(trace.end_ns, number_at(span, "end_time_unix_nano"));
  if (text_at(span, "status.code") == "ERROR") ++trace.errors;
  if (const std::string service = text_at(span, "resource.attributes.service.name"); !service.empty()) {
    trace.services.insert(service);
  }
  if (text_at(span, "parent_span_id").empty()) trace.root = text_at(span, "name");
}

Table table_of(const std::vector<Trace>& traces) {
  Table table({{"START"}, {"DURATION", true}, {"SPANS", true}, {"ERRORS", true}, {"SERVICES"}, {"TRACE"}, {"ROOT"}});
  for (const Trace& trace : traces) {
    table.add({human_time(recording::rfc3339(trace.start_ns)), human_duration(duration_ms(trace)),
               std::to_string(trace.spans), std::to_string(trace.errors),
               fmt::format("{}", fmt::join(trace.services, ",")), trace.id,
               trace.root.empty() ? "(no root span came)" : trace.root});
  }
  return table;
}

ordered_json to_json(const Trace& trace) {
  return {{"trace_id", trace.id},
          {"start", recording::rfc3339(trace.start_ns)},
          {"duration_ms", duration_ms(trace)},
          {"spans", trace.spans},
          {"errors", trace.errors},
          {"services", trace.services},
          {"root", trace.root.empty() ? ordered_json() : ordered_json(trace.root)}};
}

}  // namespace understudy::program
