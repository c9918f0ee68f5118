#include "cloudwatch_logs/events.h"

#include <algorithm>

#include "aws/body.h"
#include "base/json.h"

namespace understudy::cloudwatch_logs {
namespace {

std::int64_t timestamp_of(simdjson::dom::element value) {
  if (value.is_int64()) return std::int64_t(value);
  if (value.is_double()) return static_cast<std::int64_t>(double(value));
  return INT64_MAX;
}

}  // namespace

void for_each_event(
    const recording::Request& request, std::uint32_t first, std::uint32_t end,
    const std::function<void(std::uint32_t index, std::int64_t timestamp_ms, std::string_view message)>& take) {
  std::string storage;
  const auto body = aws::plain_body(request, storage, largest_body);
  if (!body) return;
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

Page::Page(bool forward, EventId after, EventId before, std::size_t limit)
    : forward_(forward), after_(after), before_(before), limit_(limit) {}

bool Page::wants(const EventId& id) const {
  if (id <= after_ || id >= before_) return false;
  return !cut_ || (forward_ ? id < *cut_ : id > *cut_);
}

void Page::drop_farthest() {
  const auto farthest = forward_ ? std::prev(events_.end()) : events_.begin();
  cut_ = farthest->first;
  bytes_ -= farthest->second.message.size() + event_overhead;
  events_.erase(farthest);
}

void Page::offer(const EventId& id, const Event& event) {
  if (!wants(id)) return;
  bytes_ += event.message.size() + event_overhead;
  events_.emplace(id, event);
  while (events_.size() > limit_ || (bytes_ > largest_bytes && events_.size() > 1)) drop_farthest();
}

void Page::add(std::string_view stream_name, const Stream& stream, const recording::EntrySource& entries) {
  // Nearest first: the page fills, and far batches are passed over unread.
  std::vector<const Batch*> batches;
  for (const auto& batch : stream.batches) batches.push_back(&batch);
  if (forward_) {
    std::ranges::sort(batches, {}, &Batch::first_timestamp_ms);
  } else {
    std::ranges::sort(batches, std::greater{}, &Batch::last_timestamp_ms);
  }
  for (const auto* batch : batches) {
    const EventId lowest(batch->first_timestamp_ms, batch->entry, batch->first);
    const EventId highest(batch->last_timestamp_ms, batch->entry, batch->end - 1);
    if (highest <= after_ || lowest >= before_) continue;
    if (cut_ && (forward_ ? lowest >= *cut_ : highest <= *cut_)) continue;
    const auto entry = entries.read(batch->entry);
    if (!entry) continue;
    for_each_event(entry->request(), batch->first, batch->end,
                   [&](std::uint32_t index, std::int64_t timestamp_ms, std::string_view message) {
                     const EventId id(timestamp_ms, batch->entry, index);
                     if (!wants(id) || (passes_ && !passes_(message))) return;
                     offer(id, {stream_name, timestamp_ms, batch->ingestion_time_ms, std::string(message)});
                   });
  }
}

}  // namespace understudy::cloudwatch_logs
