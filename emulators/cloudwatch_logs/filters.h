// What metric and subscription filters share.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "cloudwatch_logs/objects.h"

namespace understudy::cloudwatch_logs {

inline constexpr std::string_view metric_filter_kind = "metric_filter";
inline constexpr std::string_view subscription_filter_kind = "subscription_filter";

inline constexpr std::size_t most_regex_patterns = 5;  // of a group [docs: filter pattern syntax]

// The refusal of a pattern that cannot be read.
std::optional<recording::Decision> refuse_pattern(const Call& call, std::string_view pattern);
// The refusal of one more pattern with a regular expression than a group takes, for a filter of that name.
std::optional<recording::Decision> refuse_regex_patterns(const Call& call, const Group& group, const Resource& resource,
                                                         std::string_view name, std::string_view pattern);
// The whole operation, of a resource of a group.
recording::Decision delete_filter_of(const Call& call, const Resource& resource);

}  // namespace understudy::cloudwatch_logs
