// The events of the last exchange, as JSON that a test can compare.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <unordered_set>
#include <variant>
#include <vector>

#include "honeycomb/events.h"
#include "tests/honeycomb/exports.h"
#include "tests/honeycomb/room.h"

namespace understudy::honeycomb {

struct StoredEvent {
  std::string dataset;
  std::string kind;
  std::int64_t time_ns;
  std::int64_t sample_rate;
  std::uint32_t origin;
  nlohmann::ordered_json fields;
};

inline std::vector<StoredEvent> events_of(const recording::Entry& entry) {
  std::vector<StoredEvent> events;
  for_each_event(entry, [&](const Event& event) {
    nlohmann::ordered_json fields = nlohmann::ordered_json::object();
    auto& members = fields.get_ref<nlohmann::ordered_json::object_t&>();
    std::unordered_set<std::string_view> names;
    for (const EventField& field : event.fields) {
      EXPECT_TRUE(names.insert(field.name).second) << field.name;
      // Not by operator[], which looks for the name among all: some events have 10,000.
      std::visit([&](const auto& value) { members.push_back({std::string(field.name), value}); }, field.value);
    }
    events.push_back({std::string(event.dataset), std::string(name_of(event.kind)), event.time_ns, event.sample_rate,
                      event.origin, std::move(fields)});
  });
  return events;
}

class EventsRoom : public Room {
 protected:
  using Span = opentelemetry::proto::trace::v1::Span;

  std::vector<StoredEvent> stored_of_last() { return events_of(last_entry()); }

  // Sends one span that `edit` was given, and returns what is stored of it.
  template <typename Edit>
  std::vector<StoredEvent> store_span(Edit&& edit, std::string_view service = "backend-flask") {
    TraceRequest request;
    auto& group = add_spans(request, service);
    auto& scope = *group.mutable_scope_spans(0);
    if constexpr (std::is_invocable_v<Edit, Span&>) {
      edit(*scope.mutable_spans(0));
    } else {
      edit(*scope.mutable_spans(0), *scope.mutable_scope(), group);
    }
    EXPECT_EQ(send(protobuf(request.SerializeAsString())).status, 200);
    return stored_of_last();
  }
};

template <typename Owner>
opentelemetry::proto::common::v1::AnyValue& attribute(Owner& owner, std::string_view key) {
  auto& added = *owner.add_attributes();
  added.set_key(std::string(key));
  return *added.mutable_value();
}

}  // namespace understudy::honeycomb
