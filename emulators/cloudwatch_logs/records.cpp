#include "cloudwatch_logs/records.h"

#include <algorithm>
#include <map>

#include "cloudwatch_logs/effect.pb.h"
#include "cloudwatch_logs/embedded_metrics.h"
#include "cloudwatch_logs/event_id.h"
#include "cloudwatch_logs/events.h"
#include "cloudwatch_logs/filters.h"
#include "recording/record.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::ordered_json;
using recording::Entry;
using recording::Record;
using recording::RecordSink;

ordered_json dimensions_of(const auto& pairs, auto key, auto value) {
  auto dimensions = ordered_json::object();
  for (const auto& one : pairs) dimensions[key(one)] = value(one);
  return dimensions;
}

// One accepted batch. Events come first, then what was made of them.
class BatchRecords {
 public:
  BatchRecords(const Entry& entry, const effect::Effect& effect, const RecordSink& sink)
      : entry_(entry), effect_(effect), put_(effect.put_log_events()), sink_(sink) {
    for (const auto& delivery : put_.deliveries()) {
      for (const auto index : delivery.events()) wanted_[index];
    }
    for (const auto& datum : put_.metric_data()) wanted_[datum.event()];
  }

  void write() {
    for_each_event(entry_.request(), put_.first(), put_.end(), put_.ingestion_time_ms(),
                   [&](std::uint32_t index, std::int64_t timestamp_ms, std::string_view message) {
                     add_event(index, timestamp_ms, message);
                   });
    for (auto& metric : embedded_) sink_(std::move(metric));
    for (const auto& datum : put_.metric_data()) add_datum(datum);
    for (const auto& delivery : put_.deliveries()) add_delivery(delivery);
  }

 private:
  struct Kept {
    std::int64_t timestamp_ms = 0;
    std::string message;
  };

  Record record(std::string kind, std::int64_t time_ms) const {
    Record made;
    made.kind = std::move(kind);
    made.time_ns = time_ms * 1'000'000;
    return made;
  }

  void add_event(std::uint32_t index, std::int64_t timestamp_ms, std::string_view message) {
    auto made = record("log_event", timestamp_ms);
    made.fields = {{"log_group", effect_.log_group()},
                   {"log_stream", effect_.log_stream()},
                   {"timestamp", timestamp_ms},
                   {"message", message},
                   {"ingestion_time", put_.ingestion_time_ms()},
                   {"account", effect_.account()},
                   {"region", effect_.region()}};
    if (const auto kept = wanted_.find(index); kept != wanted_.end())
      kept->second = {timestamp_ms, std::string(message)};
    if (const auto metrics = read_embedded_metrics(message)) {
      for (const auto& metric : metrics->metrics) add_embedded(metric);
    }
    sink_(std::move(made));
  }

  void add_embedded(const EmbeddedMetric& metric) {
    auto made = record("metric_datum", metric.timestamp_ms);
    made.fields = {{"source", "embedded_metric_format"},
                   {"namespace", metric.metric_namespace},
                   {"name", metric.name},
                   {"values", metric.values},
                   {"unit", metric.unit},
                   {"dimensions", dimensions_of(
                                      metric.dimensions, [](const auto& one) { return one.first; },
                                      [](const auto& one) { return one.second; })},
                   {"storage_resolution", metric.storage_resolution},
                   {"timestamp", metric.timestamp_ms}};
    place(made);
    embedded_.push_back(std::move(made));
  }

  void add_datum(const effect::MetricDatum& datum) {
    const auto timestamp_ms = wanted_[datum.event()].timestamp_ms;
    auto made = record("metric_datum", timestamp_ms);
    made.fields = {{"source", "metric_filter"},
                   {"filter_name", datum.filter_name()},
                   {"namespace", datum.metric_namespace()},
                   {"name", datum.metric_name()},
                   {"values", {datum.value()}},
                   {"unit", datum.unit().empty() ? "None" : datum.unit()},
                   {"dimensions", dimensions_of(
                                      datum.dimensions(), [](const auto& one) { return one.key(); },
                                      [](const auto& one) { return one.value(); })},
                   {"timestamp", timestamp_ms}};
    place(made);
    sink_(std::move(made));
  }

  void add_delivery(const effect::SubscriptionDelivery& delivery) {
    auto events = ordered_json::array();
    for (const auto index : delivery.events()) {
      const auto& event = wanted_[index];
      events.push_back({{"id", EventId(event.timestamp_ms, entry_.ordinal, index).text()},
                        {"timestamp", event.timestamp_ms},
                        {"message", event.message}});
    }
    auto made = record("subscription_delivery", put_.ingestion_time_ms());
    made.fields = {{"filter_name", delivery.filter_name()},
                   {"destination_arn", delivery.destination_arn()},
                   {"payload",
                    {{"messageType", "DATA_MESSAGE"},
                     {"owner", effect_.account()},
                     {"logGroup", effect_.log_group()},
                     {"logStream", effect_.log_stream()},
                     {"subscriptionFilters", {delivery.filter_name()}},
                     {"logEvents", std::move(events)}}}};
    place(made);
    sink_(std::move(made));
  }

  void place(Record& made) const {
    made.fields["log_group"] = effect_.log_group();
    made.fields["log_stream"] = effect_.log_stream();
    made.fields["account"] = effect_.account();
    made.fields["region"] = effect_.region();
  }

  const Entry& entry_;
  const effect::Effect& effect_;
  const effect::PutLogEvents& put_;
  const RecordSink& sink_;
  std::map<std::uint32_t, Kept> wanted_;  // events that filters have selected
  std::vector<Record> embedded_;
};

// Kinesis and Firehose get a test message when a filter is put [docs: subscription filters].
void write_test_message(const effect::Effect& effect, const RecordSink& sink) {
  const auto filter = nlohmann::json::parse(effect.put_object().json(), nullptr, false);
  const auto destination = filter.value("destinationArn", "");
  const bool kinesis = destination.contains(":kinesis:");
  if (!kinesis && !destination.contains(":firehose:")) return;
  Record made;
  made.kind = "subscription_delivery";
  made.time_ns = effect.time_ms() * 1'000'000;
  const ordered_json event = {
      {"id", ""},
      {"timestamp", effect.time_ms()},
      {"message", kinesis ? "CWL CONTROL MESSAGE: Checking health of destination Kinesis stream."
                          : "CWL CONTROL MESSAGE: Checking health of destination Firehose."}};
  made.fields = {{"filter_name", effect.put_object().key()},
                 {"destination_arn", destination},
                 {"payload",
                  {{"messageType", "CONTROL_MESSAGE"},
                   {"owner", "CloudwatchLogs"},
                   {"logGroup", ""},
                   {"logStream", ""},
                   {"subscriptionFilters", ordered_json::array()},
                   {"logEvents", {event}}}},
                 {"log_group", effect.log_group()},
                 {"account", effect.account()},
                 {"region", effect.region()}};
  sink(std::move(made));
}

}  // namespace

void records_of(const Entry& entry, const RecordSink& sink) {
  if (entry.effect.empty()) return;
  effect::Effect effect;
  if (!effect.ParseFromString(entry.effect)) return;
  if (effect.has_put_log_events()) BatchRecords(entry, effect, sink).write();
  if (effect.has_put_object() && effect.put_object().kind() == subscription_filter_kind) {
    write_test_message(effect, sink);
  }
}

}  // namespace understudy::cloudwatch_logs
