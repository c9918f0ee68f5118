// What metric and subscription filters share.
#pragma once

#include <optional>
#include <string_view>

#include "cloudwatch_logs/objects.h"

namespace understudy::cloudwatch_logs {

inline constexpr std::string_view metric_filter_kind = "metric_filter";
inline constexpr std::string_view subscription_filter_kind = "subscription_filter";

// The refusal of a pattern that cannot be read.
std::optional<recording::Decision> refuse_pattern(const Call& call, std::string_view pattern);
// The whole operation, of a resource of a group.
recording::Decision delete_filter_of(const Call& call, const Resource& resource);

}  // namespace understudy::cloudwatch_logs
