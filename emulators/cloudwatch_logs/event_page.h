// Pages of events, as GetLogEvents and FilterLogEvents return them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "cloudwatch_logs/event_id.h"
#include "cloudwatch_logs/event_index.h"

namespace understudy::cloudwatch_logs {

// A page under construction: the first (or last) events of a stretch of time, whatever order they are offered in.
// Memory is bounded by the page's own limits.
class Page {
 public:
  struct Event {
    std::string_view stream;
    std::int64_t timestamp_ms;
    std::int64_t ingestion_time_ms;
    std::string message;
  };

  // Events above `after` and below `before`; of these the first `limit` if `forward`, else the last.
  Page(bool forward, EventId after, EventId before, std::size_t limit);

  // Only events from that time on.
  void hide_before(std::int64_t timestamp_ms) { shown_since_ms_ = timestamp_ms; }
  // Only events whose message passes.
  void keep(std::function<bool(std::string_view message)> passes) { passes_ = std::move(passes); }

  // Reads the batches of a stream that may be on this page.
  void add(std::string_view stream_name, const Stream& stream, EventIndex& index,
           const recording::EntrySource& entries);

  // Whether more events wait beyond this page, in its direction.
  bool more() const { return cut_.has_value(); }
  // In the order of the ids, whatever the direction.
  const std::map<EventId, Event>& events() const { return events_; }

 private:
  bool wants(const EventId& id) const;
  void offer(const EventId& id, const Event& event);
  void drop_farthest();

  static constexpr std::size_t largest_bytes = 1024 * 1024;

  bool forward_;
  EventId after_;
  std::int64_t shown_since_ms_ = 0;
  EventId before_;
  std::size_t limit_;
  std::function<bool(std::string_view)> passes_;
  std::size_t bytes_ = 0;
  std::map<EventId, Event> events_;
  std::optional<EventId> cut_;  // the nearest event that found no room: nothing beyond it may come onto the page
};

}  // namespace understudy::cloudwatch_logs
