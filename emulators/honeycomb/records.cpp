#include "honeycomb/records.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "honeycomb/body.h"
#include "honeycomb/caller.h"
#include "honeycomb/content_types.h"
#include "honeycomb/datasets.h"
#include "honeycomb/doors.h"
#include "honeycomb/event_levels.h"
#include "honeycomb/event_records.h"
#include "honeycomb/keys.h"
#include "honeycomb/state.h"
#include "otlp/decode.h"
#include "otlp/walker.h"
#include "recording/record.h"

namespace understudy::honeycomb {
namespace {

using nlohmann::ordered_json;
using otlp::Signal;

std::string_view kind_of(Signal signal) {
  switch (signal) {
    case Signal::traces:
      return "span";
    case Signal::logs:
      return "log_record";
    case Signal::metrics:
      return "metric";
  }
  return {};
}

std::int64_t nanoseconds(const ordered_json& fields, const char* name) {
  const auto found = fields.find(name);
  if (found == fields.end() || !found->is_number_unsigned()) return 0;
  return static_cast<std::int64_t>(std::min<std::uint64_t>(found->get<std::uint64_t>(), INT64_MAX));
}

// A log record without a time of its own stands where the SDK saw it.
std::int64_t time_of(Signal signal, const ordered_json& fields) {
  if (signal == Signal::traces) return nanoseconds(fields, "start_time_unix_nano");
  const std::int64_t time = nanoseconds(fields, "time_unix_nano");
  return time == 0 ? nanoseconds(fields, "observed_time_unix_nano") : time;
}

std::optional<std::string_view> service_name_of(const ordered_json& fields) {
  const auto& attributes = fields["resource"]["attributes"];
  const auto found = attributes.find("service.name");
  if (found == attributes.end() || !found->is_string()) return std::nullopt;
  return found->get_ref<const std::string&>();
}

// The keys that stand twice in one list of an item: its own attributes, its scope's or its resource's. By item, and
// only where there are some.
std::map<std::size_t, ordered_json> duplicates_of(Signal signal, std::string_view protobuf) {
  constexpr std::uint32_t span_attributes = 9, log_attributes = 6, scope_attributes = 3, resource_attributes = 1;
  std::map<std::size_t, ordered_json> duplicates;
  if (signal == Signal::metrics) return duplicates;
  std::size_t index = 0;
  std::vector<std::string_view> keys;
  otlp::for_each_item(protobuf, [&](const otlp::ItemView& item) {
    const std::pair<std::string_view, std::uint32_t> lists[] = {
        {item.item, signal == Signal::traces ? span_attributes : log_attributes},
        {item.scope, scope_attributes},
        {item.resource, resource_attributes}};
    for (const auto& [message, number] : lists) {
      keys.clear();
      for_each_attribute(message, number, [&](std::string_view key, const AnyValue&) { keys.push_back(key); });
      std::ranges::sort(keys);
      const auto twice = std::ranges::adjacent_find(keys);
      if (twice != keys.end()) duplicates[index].push_back(*twice);
    }
    ++index;
  });
  return duplicates;
}

}  // namespace

void records(const recording::Entry& entry, const recording::RecordSink& sink) {
  if (entry.effect.empty()) return;  // refused, or nothing in it
  const recording::Request request = entry.request();
  const Route asked = route(request);
  // What came as events has no other form.
  if (asked.operation != Operation::export_otlp) return event_records(entry, sink);
  const Signal signal = asked.signal;
  const auto speech = speech_of(request);
  if (!speech) return;
  Body body(translator_of(entry.effect));
  const auto protobuf =
      body.read(request, *speech, signal, max_decompressed_bytes);  // it was accepted, so it can be read
  if (!protobuf) return;
  const Address address = address_of(request, translator_of(entry.effect));
  const std::set<std::string, std::less<>> stored = datasets_of(entry.effect);
  const std::string masked_key = masked(key_of(request).key);
  const auto duplicates = duplicates_of(signal, *protobuf);
  (void)otlp::decode(signal, *protobuf, [&](std::size_t index, ordered_json fields) {
    const std::string dataset(choose_dataset(signal, address, service_name_of(fields)).dataset);
    if (!stored.contains(lower_case(dataset))) return;
    recording::Record record;
    record.kind = kind_of(signal);
    record.time_ns = time_of(signal, fields);
    fields["dataset"] = dataset;
    fields["key"] = masked_key;
    if (const auto found = duplicates.find(index); found != duplicates.end()) {
      fields["duplicate_attributes"] = found->second;
    }
    record.fields = std::move(fields);
    sink(std::move(record));
  });
}

}  // namespace understudy::honeycomb
