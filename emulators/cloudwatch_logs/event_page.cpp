#include "cloudwatch_logs/event_page.h"

#include <algorithm>
#include <vector>

#include "cloudwatch_logs/events.h"

namespace understudy::cloudwatch_logs {

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

void Page::add(std::string_view stream_name, const Stream& stream, EventIndex& index,
               const recording::EntrySource& entries) {
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
    const auto events = index.events_of(*batch, entries);
    for (std::uint32_t i = 0; i < events->size(); ++i) {
      const EventId id(events->timestamp_ms(i), batch->entry, batch->first + i);
      if (!wants(id) || events->timestamp_ms(i) < shown_since_ms_) continue;
      const auto message = events->message(i);
      if (passes_ && !passes_(message)) continue;
      offer(id, {stream_name, events->timestamp_ms(i), batch->ingestion_time_ms, std::string(message)});
    }
  }
}

}  // namespace understudy::cloudwatch_logs
