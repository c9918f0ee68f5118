#include "honeycomb/event_records.h"

#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <variant>

#include "base/utf8.h"
#include "honeycomb/events.h"
#include "honeycomb/state.h"
#include "recording/record.h"

namespace understudy::honeycomb {
namespace {

using nlohmann::ordered_json;

// Of a text storage keeps so many bytes, whole characters. [docs: Honeycomb docs, limits; whole characters: guess]
std::string_view stored_text(std::string_view text) { return whole_characters(text, 65535); }

ordered_json to_json(const FieldValue& value) {
  return std::visit(
      [](const auto& alternative) -> ordered_json {
        if constexpr (std::is_same_v<std::decay_t<decltype(alternative)>, std::string_view>) {
          return stored_text(alternative);
        }
        if constexpr (std::is_same_v<std::decay_t<decltype(alternative)>, double>) {
          if (std::isnan(alternative)) return "NaN";
          if (std::isinf(alternative)) return alternative > 0 ? "Infinity" : "-Infinity";
        }
        return alternative;
      },
      value);
}

// Names are unique already; a stranger chooses how many there are, so nothing is searched.
ordered_json data_of(const Event& event) {
  ordered_json data = ordered_json::object();
  auto& members = data.get_ref<ordered_json::object_t&>();
  members.reserve(event.fields.size());
  for (const EventField& field : event.fields) members.push_back({std::string(field.name), to_json(field.value)});
  return data;
}

}  // namespace

std::span<const std::string_view> kinds_on_request() { return {&event_record_kind, 1}; }

void event_records(const recording::Entry& entry, const recording::RecordSink& sink) {
  auto index = static_cast<std::uint32_t>(otlp_items_of(entry.effect));
  for_each_event(entry, [&](const Event& event) {
    recording::Record record;
    record.kind = event_record_kind;
    record.time_ns = event.time_ns;
    record.index = index++;
    record.fields = {{"dataset", event.dataset},
                     {"type", name_of(event.kind)},
                     {"samplerate", event.sample_rate},
                     {"origin", {{"entry", entry.ordinal}, {"index", event.origin}}},
                     {"data", data_of(event)}};
    sink(std::move(record));
  });
}

}  // namespace understudy::honeycomb
