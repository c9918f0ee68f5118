#include "program/views.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "recording/filter.h"
#include "recording/moment.h"

namespace understudy::program {

using nlohmann::ordered_json;
using recording::Record;

namespace {

const std::vector<View>& all_views() {
  static const std::vector<View> views = {
      {"spans",
       {"span"},
       {{"TIME", "record.time", Cell::time},
        {"DURATION", "duration_ms", Cell::duration_ms, true},
        {"STATUS", "status.code"},
        {"KIND", "kind"},
        {"SERVICE", "resource.attributes.service.name"},
        {"TRACE", "trace_id"},
        {"ID", "record.id"},
        {"NAME", "name"}}},
      {"segments",
       {"segment", "subsegment"},
       {{"TIME", "record.time", Cell::time},
        {"DURATION", "start_time", Cell::duration_s, true},
        {"KIND", "record.kind"},
        {"STATUS", "http.response.status"},
        {"TRACE", "trace_id"},
        {"ID", "record.id"},
        {"NAME", "name"},
        {"URL", "http.request.url"}}},
      {"log-events",
       {"log_event"},
       {{"TIME", "timestamp record.time", Cell::unix_ms},
        {"GROUP", "log_group"},
        {"STREAM", "log_stream"},
        {"ID", "record.id"},
        {"MESSAGE", "message"}}},
      {"items",
       {"item"},
       {{"TIME", "record.time", Cell::time},
        {"LEVEL", "level"},
        {"ENVIRONMENT", "environment"},
        {"ID", "record.id"},
        {"TITLE",
         "title body.trace.exception.message body.trace_chain.0.exception.message body.message.body "
         "body.crash_report.raw"}}},
      {"deploys",
       {"deploy"},
       {{"TIME", "record.time", Cell::time},
        {"ENVIRONMENT", "environment"},
        {"STATUS", "status"},
        {"REVISION", "revision"},
        {"BY", "local_username rollbar_username"},
        {"ID", "record.id"},
        {"COMMENT", "comment"}}},
      {"metrics",
       {"metric"},
       {{"TIME", "record.time", Cell::time},
        {"TYPE", "type"},
        {"VALUE", "value sum count", Cell::text, true},
        {"UNIT", "unit"},
        {"SERVICE", "resource.attributes.service.name"},
        {"ID", "record.id"},
        {"NAME", "name"},
        {"ATTRIBUTES", "attributes"}}},
      {"log-records",
       {"log_record"},
       {{"TIME", "record.time", Cell::time},
        {"SEVERITY", "severity_text severity_number"},
        {"SERVICE", "resource.attributes.service.name"},
        {"TRACE", "trace_id"},
        {"ID", "record.id"},
        {"BODY", "body"}}},
      {"log-calls",
       {"log_call"},
       {{"TIME", "record.time", Cell::time},
        {"OPERATION", "operation"},
        {"STATUS", "status", Cell::text, true},
        {"ERROR", "error"},
        {"GROUP", "log_group"},
        {"STREAM", "log_stream"},
        {"EVENTS", "events", Cell::text, true},
        {"BYTES", "bytes", Cell::text, true},
        {"ID", "record.id"},
        {"CLIENT", "user_agent"}}},
      {"honeycomb-events",
       {"honeycomb_event"},
       {{"TIME", "record.time", Cell::time},
        {"DATASET", "dataset"},
        {"TYPE", "type"},
        {"RATE", "samplerate", Cell::text, true},
        {"DURATION", "data.duration_ms", Cell::duration_ms, true},
        {"TRACE", "data.trace.trace_id"},
        {"ID", "record.id"},
        {"NAME", "data.name data.body"},
        {"FIELDS", "data"}}},
      {"sampling",
       {"sampling_statistics", "sampling_rule", "group"},
       {{"TIME", "record.time", Cell::time},
        {"KIND", "record.kind"},
        {"RULE", "RuleName GroupName"},
        {"REQUESTS", "RequestCount", Cell::text, true},
        {"SAMPLED", "SampledCount", Cell::text, true},
        {"BORROWED", "BorrowCount", Cell::text, true},
        {"RATE", "FixedRate", Cell::text, true},
        {"RESERVOIR", "ReservoirSize", Cell::text, true},
        {"ID", "record.id"},
        {"CLIENT", "ClientID FilterExpression"}}},
  };
  return views;
}

const ordered_json* first_of(const Record& record, std::string_view paths, ordered_json& own) {
  while (!paths.empty()) {
    const std::string_view path = paths.substr(0, paths.find(' '));
    const ordered_json* found = recording::find_field(record, path, own);
    if (found != nullptr && !found->is_null()) return found;
    paths.remove_prefix(std::min(path.size() + 1, paths.size()));
  }
  return nullptr;
}

std::string text_of(const ordered_json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_object() && value.empty()) return "";
  return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

// From start_time to end_time, both seconds with a fraction; still under way without the second.
std::string duration_of(const Record& record, const ordered_json& start) {
  ordered_json own;
  const ordered_json* end = recording::find_field(record, "end_time", own);
  if (!start.is_number() || end == nullptr || !end->is_number()) return "open";
  return human_duration((end->get<double>() - start.get<double>()) * 1000);
}

std::string cell_of(const ViewColumn& column, const Record& record) {
  ordered_json own;
  const ordered_json* value = first_of(record, column.fields, own);
  if (value == nullptr) return "";
  switch (column.cell) {
    case Cell::duration_ms:
      return value->is_number() ? human_duration(value->get<double>()) : text_of(*value);
    case Cell::duration_s:
      return duration_of(record, *value);
    case Cell::time:
      return human_time(text_of(*value));
    case Cell::unix_ms:
      return human_time(value->is_number_integer() ? recording::rfc3339(value->get<std::int64_t>() * 1'000'000)
                                                   : text_of(*value));
    case Cell::text:
      break;
  }
  return text_of(*value);
}

}  // namespace

std::span<const View> record_views() { return all_views(); }

const View* find_view(std::string_view name) {
  const auto found = std::ranges::find(all_views(), name, &View::name);
  return found == all_views().end() ? nullptr : &*found;
}

const View* view_of_kind(std::string_view kind) {
  for (const View& view : all_views()) {
    if (std::ranges::find(view.kinds, kind) != view.kinds.end()) return &view;
  }
  return nullptr;
}

Table table_of(const View& view) {
  std::vector<TableColumn> columns;
  for (const ViewColumn& column : view.columns) columns.push_back({column.title, column.right});
  return Table(std::move(columns));
}

std::vector<std::string> row_of(const View& view, const Record& record) {
  std::vector<std::string> row;
  for (const ViewColumn& column : view.columns) row.push_back(cell_of(column, record));
  return row;
}

std::string line_of(const Record& record) {
  std::string line = fmt::format("{}  {:<15}  {:<10}  {:<14}", human_time(recording::rfc3339(record.time_ns)),
                                 record.vendor, record.kind, recording::record_id(record));
  const View* view = view_of_kind(record.kind);
  if (view == nullptr) return line + "  " + one_line(text_of(record.fields));
  for (const ViewColumn& column : view->columns) {
    if (column.title == "TIME" || column.title == "ID" || column.fields == "record.kind") continue;
    const std::string cell = one_line(cell_of(column, record));
    if (!cell.empty()) line += "  " + cell;
  }
  return line;
}

}  // namespace understudy::program
