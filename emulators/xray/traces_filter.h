// The filter expressions and pages that calls ask for.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "xray/filter_expression.h"
#include "xray/operations.h"
#include "xray/state.h"

namespace understudy::xray {

// With the expressions of the groups that it names; or the refusal.
std::expected<Filter, Answer> filter_of(const XrayState& state, const Scope& scope, std::string_view expression,
                                        std::string_view member = "FilterExpression");

// A NextToken that no page gave.
Answer refuse_token(std::string_view token);

}  // namespace understudy::xray
