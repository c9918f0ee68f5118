// What the filters of a group make of the events that it takes in: deliveries to subscribers and metric data.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "cloudwatch_logs/effect.pb.h"
#include "cloudwatch_logs/state.h"

namespace understudy::cloudwatch_logs {

// Whether any filter looks at the events of the group: without one, nothing is to be done per event.
bool has_filters(const Group& group, const Objects& account);

// Adds to the effect what the filters select of the accepted messages; the first of them has index `first`.
void add_filter_matches(effect::PutLogEvents& put, std::string_view of_group, const Group& group,
                        const Objects& account, std::uint32_t first, std::span<const std::string_view> messages);

}  // namespace understudy::cloudwatch_logs
