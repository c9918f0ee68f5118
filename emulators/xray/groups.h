// Groups and what their filter expressions name.
#pragma once

#include <string_view>
#include <vector>

#include "xray/state.h"

namespace understudy::xray {

// A service("...") of a filter expression.
struct FilterService {
  std::string_view name;  // empty: service() asks for any
  bool quoted = true;
};

// Default first, then in order of creation.
std::vector<Group> groups_of(const XrayState& state, const Scope& scope);

// In order; for hints only: whether the whole expression is one that X-Ray can read is not asked.
std::vector<FilterService> services_of_filter(std::string_view filter);

}  // namespace understudy::xray
