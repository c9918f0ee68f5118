// The group that a graph or a series is restricted to.
#pragma once

#include <cstdint>
#include <expected>

#include "xray/filter_expression.h"
#include "xray/members.h"
#include "xray/traces_request.h"

namespace understudy::xray {

struct GroupQuery {
  Filter filter;
  bool is_all = true;           // no group, or the one without an expression
  std::uint64_t since = 0;      // the entry that made or last changed it: traces count that came after [docs]
  std::int64_t changed_ns = 0;  // when its expression was changed; 0: never

  bool changed_within(const Window& window) const { return window.holds(static_cast<double>(changed_ns) / 1e9); }
};

// GroupName or GroupARN, or neither; or the refusal.
std::expected<GroupQuery, Answer> group_of(const XrayState& state, const Call& call, Members& members);

}  // namespace understudy::xray
