#include "honeycomb/event_sent.h"

#include <algorithm>
#include <string>
#include <vector>

#include "honeycomb/state.h"

namespace understudy::honeycomb {

// Which events were refused stands in the effect: what was decided is not decided again.
void for_each_sent_event(const recording::Entry& entry, EventsForm form, const SeeEvent& see) {
  const StoredEvents stored = stored_events_of(entry.effect);
  Event event;
  event.kind = EventKind::event;
  event.dataset = stored.dataset;
  (void)read_sent_events(entry.request(), form, stored.expand_json_depth,
                         [&](std::size_t index, const SentEvent& sent) {
                           if (std::ranges::binary_search(stored.refused, static_cast<std::uint32_t>(index))) return;
                           event.origin = static_cast<std::uint32_t>(index);
                           event.time_ns = sent.time_ns.value_or(entry.moment.vendor_ns);
                           event.sample_rate = sent.sample_rate;
                           event.fields = sent.fields;
                           see(event);
                         });
}

}  // namespace understudy::honeycomb
