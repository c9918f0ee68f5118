#include "cloudwatch_logs/ingested_events.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/bytes.h"
#include "base/json.h"
#include "otlp/decode.h"
#include "otlp/json.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::ordered_json;

constexpr IngestionPath paths[] = {{"/v1/logs", IngestionForm::otlp},
                                   {"/services/collector/event", IngestionForm::collector},
                                   {"/ingest/bulk", IngestionForm::bulk},
                                   {"/ingest/json", IngestionForm::json}};

std::string text_of(const ordered_json& value) {
  return value.is_string() ? value.get<std::string>()
                           : value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::optional<ordered_json> parse(std::string_view text) {
  thread_local JsonReader reader;
  const auto parsed = reader.read(text);
  if (!parsed) return std::nullopt;
  return to_ordered_json(*parsed);
}

// The JSON texts that stand one after the other: each from an opening bracket to the one that closes it.
std::vector<std::string_view> split_documents(std::string_view text) {
  std::vector<std::string_view> documents;
  std::size_t depth = 0;
  std::size_t start = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (depth == 0) start = i;
      ++depth;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
      if (depth == 0) documents.push_back(text.substr(start, i + 1 - start));
    }
  }
  if (depth > 0) documents.push_back(text.substr(start));
  return documents;
}

// A number, or a text that is one.
std::optional<double> number_of(const ordered_json& value) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return std::nullopt;
  const auto parsed = parse(value.get_ref<const std::string&>());
  return parsed && parsed->is_number() ? std::optional(parsed->get<double>()) : std::nullopt;
}

class Collector {
 public:
  explicit Collector(std::int64_t arrived_ms) : arrived_ms_(arrived_ms) {}

  void add(std::int64_t timestamp_ms, std::string message) {
    found.events.push_back({timestamp_ms, std::move(message)});
  }

  // One object of Splunk's form.
  void add_collected(const ordered_json& object) {
    if (!object.is_object() || !object.contains("event") || object["event"].is_null()) {
      ++found.skipped;
      return;
    }
    const auto seconds = object.contains("time") ? number_of(object["time"]) : std::nullopt;
    const bool sound = seconds && *seconds > 0 && *seconds < 9e12;
    add(sound ? std::llround(*seconds * 1000.0) : arrived_ms_, text_of(object["event"]));
  }

  void add_plain(const ordered_json& value, bool objects_only) {
    if (value.is_array()) {
      for (const auto& one : value) add_plain(one, objects_only);
      return;
    }
    if (value.is_null() || (objects_only && !value.is_object())) {
      ++found.skipped;
      return;
    }
    const bool timed = value.is_object() && value.contains("timestamp") && value["timestamp"].is_number();
    const auto number = timed ? value["timestamp"].get<double>() : 0;
    add(number > 0 && number < 9e15 ? static_cast<std::int64_t>(number) : arrived_ms_, text_of(value));
  }

  // A log record as it is stored: one JSON object with its resource and scope.
  void add_record(const ordered_json& record) {
    static constexpr std::pair<const char*, const char*> names[] = {{"resource", "resource"},
                                                                    {"scope", "scope"},
                                                                    {"time_unix_nano", "timeUnixNano"},
                                                                    {"observed_time_unix_nano", "observedTimeUnixNano"},
                                                                    {"severity_number", "severityNumber"},
                                                                    {"severity_text", "severityText"},
                                                                    {"body", "body"},
                                                                    {"attributes", "attributes"},
                                                                    {"flags", "flags"},
                                                                    {"trace_id", "traceId"},
                                                                    {"span_id", "spanId"}};
    ordered_json message;
    for (const auto& [from, to] : names) {
      if (record.contains(from)) message[to] = record[from];
    }
    auto nanoseconds = record.value("time_unix_nano", std::uint64_t{0});
    if (nanoseconds == 0) nanoseconds = record.value("observed_time_unix_nano", std::uint64_t{0});
    add(nanoseconds == 0 ? arrived_ms_ : static_cast<std::int64_t>(nanoseconds / 1'000'000), text_of(message));
  }

  IngestedEvents found;

 private:
  std::int64_t arrived_ms_;
};

std::optional<std::string> read_otlp(const recording::Request& request, std::string_view body, Collector& into) {
  std::string converted;
  if (is_json(request)) {
    auto protobuf = otlp::json_to_protobuf(otlp::Signal::logs, body);
    if (!protobuf) return otlp::describe(protobuf.error());
    converted = std::move(*protobuf);
    body = converted;
  }
  const auto summary =
      otlp::decode(otlp::Signal::logs, body, [&](std::size_t, const ordered_json& record) { into.add_record(record); });
  if (!summary) return otlp::describe(summary.error());
  return std::nullopt;
}

void read_lines(std::string_view body, Collector& into) {
  while (!body.empty()) {
    const auto end = std::min(body.find('\n'), body.size());
    const auto line = trim(body.substr(0, end));
    body.remove_prefix(std::min(end + 1, body.size()));
    if (line.empty()) continue;
    if (const auto value = parse(line)) {
      into.add_plain(*value, false);
    } else {
      ++into.found.skipped;
    }
  }
}

}  // namespace

const IngestionPath* ingestion_path(std::string_view path) {
  const auto* found = std::ranges::find(paths, path, &IngestionPath::path);
  return found == std::end(paths) ? nullptr : found;
}

bool is_json(const recording::Request& request) {
  return request.header("content-type").value_or("").starts_with("application/json");
}

std::expected<IngestedEvents, std::string> read_ingested(IngestionForm form, const recording::Request& request,
                                                         std::string_view body, std::int64_t arrived_ms) {
  Collector collector(arrived_ms);
  const auto documents = form == IngestionForm::collector || form == IngestionForm::json
                             ? split_documents(body)
                             : std::vector<std::string_view>{};
  switch (form) {
    case IngestionForm::otlp:
      if (const auto wrong = read_otlp(request, body, collector)) return std::unexpected(*wrong);
      break;
    case IngestionForm::bulk:
      read_lines(body, collector);
      break;
    case IngestionForm::collector:
      for (const auto document : documents) {
        const auto value = parse(document);
        if (!value) return std::unexpected("the body is no JSON");
        if (!value->is_array()) collector.add_collected(*value);
        for (const auto& one : value->is_array() ? *value : ordered_json::array()) collector.add_collected(one);
      }
      break;
    case IngestionForm::json: {
      // Of several texts the first alone counts.
      const auto value = documents.empty() ? std::nullopt : parse(documents.front());
      if (!value) return std::unexpected("the body is no JSON object and no array");
      collector.add_plain(*value, true);
      break;
    }
  }
  std::ranges::stable_sort(collector.found.events, {}, &IngestedEvent::timestamp_ms);
  return std::move(collector.found);
}

}  // namespace understudy::cloudwatch_logs
