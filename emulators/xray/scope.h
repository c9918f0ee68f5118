// What the operations share that change an account's region.
#pragma once

#include <expected>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "xray/operations.h"

namespace understudy::xray {

// {"<change>":{"account":...,"region":...,<members>}}; see effect.h.
std::string scoped_effect(std::string_view change, const Scope& scope, nlohmann::json members);

// The group that a call names by GroupName or GroupARN, or the refusal: groups.cpp.
class Members;
std::expected<Group, Answer> named_group(const XrayState& state, const Call& call, Members& members);

// SDKs ask the daemon, and the daemon asks its own region: a rule made elsewhere never reaches them.
void warn_of_region(const XrayState& state, const Call& call, Answer& answer);

}  // namespace understudy::xray
