// Findings about what never became a request: the same for every vendor.
#pragma once

#include <span>

#include "recording/finding.h"
#include "recording/vendor.h"

namespace understudy::session {

std::span<const recording::FindingRule> refusal_rules();
// There is no HTTP to answer in.
bool has_no_reply(recording::Refusal::Reason reason);
recording::Finding finding_of(const recording::Refusal& refusal);

// The rule of that id among the vendors' tables and these; null if there is none.
const recording::FindingRule* find_rule(const std::vector<const recording::Vendor*>& vendors, std::string_view id);

}  // namespace understudy::session
