// What was stored of an exchange of the events API, as Honeycomb's events.
#pragma once

#include "honeycomb/events.h"
#include "honeycomb/sent_events.h"

namespace understudy::honeycomb {

void for_each_sent_event(const recording::Entry& entry, EventsForm form, const SeeEvent& see);

}  // namespace understudy::honeycomb
