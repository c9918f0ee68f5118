#include "cloudwatch_logs/event_index.h"

#include "cloudwatch_logs/effect.pb.h"
#include "cloudwatch_logs/events.h"
#include "cloudwatch_logs/query_definition.h"
#include "recording/entry.h"

namespace understudy::cloudwatch_logs {

BatchEvents::BatchEvents(const Batch& batch, const recording::EntrySource& entries) {
  const auto count = batch.end - batch.first;
  timestamps_.reserve(count);
  starts_.reserve(count + 1);
  starts_.push_back(0);
  const auto push = [&](std::int64_t timestamp_ms, std::string_view message) {
    timestamps_.push_back(timestamp_ms);
    text_ += message;
    starts_.push_back(static_cast<std::uint32_t>(text_.size()));
  };
  if (const auto entry = entries.read(batch.entry)) {
    for_each_event(entry->request(), batch.first, batch.end, batch.ingestion_time_ms,
                   [&](std::uint32_t index, std::int64_t timestamp_ms, std::string_view message) {
                     while (timestamps_.size() < index - batch.first) push(batch.first_timestamp_ms, "");
                     push(timestamp_ms, message);
                   });
  }
  while (timestamps_.size() < count) push(batch.last_timestamp_ms, "");
  text_.shrink_to_fit();
}

std::size_t BatchEvents::bytes() const {
  constexpr std::size_t around = 200;  // the object, its places in map and queue
  return text_.capacity() + timestamps_.capacity() * 8 + starts_.capacity() * 4 + around;
}

void EventIndex::add(const recording::Entry& entry) {
  if (entry.effect.empty()) return;
  effect::Effect effect;
  if (!effect.ParseFromString(entry.effect)) return;
  state_.apply(effect, entry.ordinal);
  if (effect.has_put_object() && effect.put_object().kind() == query_kind) start_query(effect, entry.moment);
}

// A later change of the same query (it was stopped) starts nothing.
void EventIndex::start_query(const effect::Effect& effect, const recording::Moment& moment) {
  const Place place{effect.account(), effect.region()};
  const auto [found, is_new] = queries_.try_emplace({place, effect.put_object().key()});
  auto& query = found->second;
  query.definition = effect.put_object().json();
  if (!is_new) return;
  const auto definition = QueryDefinition::parse(query.definition);
  for (const auto& name : definition.groups) {
    const auto* group = find_group(state_.groups_of(place), name);
    if (group == nullptr) continue;
    for (const auto& [stream_name, stream] : group->streams) {
      StartedQuery::Part part{name, stream_name, shown_since_ms(*group, moment), {}};
      for (const auto& batch : stream.batches) {
        if (batch.last_timestamp_ms < definition.first_ms || batch.first_timestamp_ms > definition.last_ms) continue;
        part.batches.push_back(batch);
      }
      if (!part.batches.empty()) query.parts.push_back(std::move(part));
    }
  }
}

StartedQuery* EventIndex::find_query(const Place& place, std::string_view id) {
  const auto found = queries_.find({place, std::string(id)});
  return found == queries_.end() ? nullptr : &found->second;
}

std::shared_ptr<const BatchEvents> EventIndex::events_of(const Batch& batch, const recording::EntrySource& entries) {
  const auto found = decoded_.find(batch.entry);
  if (found != decoded_.end()) return found->second;
  auto events = std::make_shared<const BatchEvents>(batch, entries);
  bytes_ += events->bytes();
  while (bytes_ > kept_bytes && !order_.empty()) {
    const auto oldest = decoded_.find(order_.front());
    bytes_ -= oldest->second->bytes();
    decoded_.erase(oldest);
    order_.pop_front();
  }
  order_.push_back(batch.entry);
  decoded_.emplace(batch.entry, events);
  return events;
}

std::int64_t shown_since_ms(const Group& group, const recording::Moment& moment) {
  constexpr std::int64_t day_ms = 86'400'000;
  if (!group.retention_days) return 0;
  return moment.vendor_ns / 1'000'000 - *group.retention_days * day_ms;
}

}  // namespace understudy::cloudwatch_logs
