#include "cloudwatch_logs/events.h"

#include <algorithm>
#include <string>

#include "aws/body.h"
#include "base/json.h"
#include "cloudwatch_logs/ingested_events.h"
#include "cloudwatch_logs/ingestion.h"

namespace understudy::cloudwatch_logs {
namespace {

std::int64_t timestamp_of(simdjson::dom::element value) {
  if (value.is_int64()) return std::int64_t(value);
  if (value.is_double()) return static_cast<std::int64_t>(double(value));
  return INT64_MAX;
}

}  // namespace

void for_each_event(
    const recording::Request& request, std::uint32_t first, std::uint32_t end, std::int64_t ingestion_time_ms,
    const std::function<void(std::uint32_t index, std::int64_t timestamp_ms, std::string_view message)>& take) {
  std::string storage;
  const auto body = aws::plain_body(request, storage, largest_body);
  if (!body) return;
  if (is_ingestion(request)) {
    const auto read = read_ingested(ingestion_path(request.path())->form, request, *body, ingestion_time_ms);
    for (auto i = first; read && i < std::min<std::size_t>(end, read->events.size()); ++i) {
      take(i, read->events[i].timestamp_ms, read->events[i].message);
    }
    return;
  }
  thread_local JsonReader reader;
  const auto parsed = reader.read_padded(*body);
  if (!parsed || !parsed->is_object()) return;
  const auto list = last_member(*parsed, "logEvents");
  if (!list || !list->is_array()) return;
  std::uint32_t index = 0;
  for (const auto event : simdjson::dom::array(*list)) {
    if (index >= end) break;
    if (index >= first && event.is_object()) {
      const simdjson::dom::object object(event);
      const auto timestamp = last_member(object, "timestamp");
      const auto message = last_member(object, "message");
      if (timestamp && message && message->is_string()) {
        take(index, timestamp_of(*timestamp), std::string_view(*message));
      }
    }
    ++index;
  }
}

}  // namespace understudy::cloudwatch_logs
