// The table of what this vendor's findings mean. Ids are stable.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "recording/finding.h"

namespace understudy::cloudwatch_logs {

inline constexpr std::string_view vendor_name = "cloudwatch_logs";

// Those of signatures (aws/authentication.h) included.
std::span<const recording::FindingRule> finding_rules();

// `what` is the id without the vendor's name: "events.too-old".
recording::Finding finding(std::string_view what, std::string place, std::string detail, std::uint64_t offset = 0,
                           std::uint64_t length = 0);

}  // namespace understudy::cloudwatch_logs
