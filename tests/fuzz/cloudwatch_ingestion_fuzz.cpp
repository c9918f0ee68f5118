// Bodies of the HTTP ingestion paths, and messages that may hold embedded metrics. First byte: the path; the rest: the
// body. Whatever comes, events are in order, and reading again gives the same.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "cloudwatch_logs/embedded_metrics.h"
#include "cloudwatch_logs/ingested_events.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace understudy::cloudwatch_logs;
  if (size < 1) return 0;
  constexpr std::string_view paths[] = {"/v1/logs", "/services/collector/event", "/ingest/bulk", "/ingest/json"};
  const auto form = ingestion_path(paths[data[0] % 4])->form;
  understudy::recording::Request request;
  if (data[0] < 128) request.headers.push_back({"content-type", "application/json"});
  std::string padded(reinterpret_cast<const char*>(data) + 1, size - 1);
  padded.append(64, '\0');
  const auto body = std::string_view(padded).substr(0, size - 1);
  const auto read = read_ingested(form, request, body, 1'795'222'519'000);
  if (read) {
    require(std::ranges::is_sorted(read->events, {}, &IngestedEvent::timestamp_ms));
    const auto again = read_ingested(form, request, body, 1'795'222'519'000);
    require(again && again->events.size() == read->events.size());
  } else {
    require(!read.error().empty());
  }
  if (const auto metrics = read_embedded_metrics(body)) {
    require(mentions_embedded_metrics(body));
    for (const auto& metric : metrics->metrics) require(!metric.name.empty() && !metric.values.empty());
  }
  return 0;
}
