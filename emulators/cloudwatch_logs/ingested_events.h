// The events in the bodies of the HTTP ingestion paths [docs: log ingestion through HTTP endpoints].
//
//   /v1/logs                   OTLP logs, protobuf or JSON: each record becomes one event, a JSON object
//   /services/collector/event  objects as Splunk's collector takes them, one after the other or in an array: `event`,
//   and
//                              `time` in seconds
//   /ingest/bulk               JSON a line; arrays count for their elements; `timestamp` in milliseconds
//   /ingest/json               an object or an array of objects; `timestamp` in milliseconds
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "recording/request.h"

namespace understudy::cloudwatch_logs {

enum class IngestionForm { otlp, collector, bulk, json };

struct IngestionPath {
  std::string_view path;
  IngestionForm form;
};
// Null if the path is none of them.
const IngestionPath* ingestion_path(std::string_view path);

struct IngestedEvent {
  std::int64_t timestamp_ms;
  std::string message;
};

struct IngestedEvents {
  std::vector<IngestedEvent> events;  // in chronological order; equal times in order of arrival
  std::uint32_t skipped = 0;          // parts of the body that are no events: invalid lines, objects without `event`
};

// `body` is without content coding. What tells no time is of the time of its arrival. The error says what is wrong.
std::expected<IngestedEvents, std::string> read_ingested(IngestionForm form, const recording::Request& request,
                                                         std::string_view body, std::int64_t arrived_ms);

// Whether an OTLP body is JSON; nothing if the content type is of neither form.
bool is_json(const recording::Request& request);

}  // namespace understudy::cloudwatch_logs
