// Boards, triggers, derived columns and their like: objects of the API that are made, listed, read, changed and
// removed, and otherwise do nothing. One row of a table each. [docs: API]
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "honeycomb/query_call.h"
#include "honeycomb/worked_out.h"

namespace understudy::honeycomb {

struct ConfigKind;

// Null: the path's resource is none of these. "boards", "derived_columns".
const ConfigKind* find_config_kind(std::string_view resource);
// What a key must be allowed to do with it.
Permission needed_for(const ConfigKind& kind);
// The methods of a path with so many names behind the resource: "GET, POST"; empty: there is no such path.
std::string_view methods_of(const ConfigKind& kind, std::size_t names);
// `names`: how many the path has. The method is one of those.
recording::Decision decide_config(const ConfigKind& kind, const Call& call, std::size_t names);

// The derived columns that a query of the dataset may name (empty: of the environment): its own, then the
// environment's.
std::vector<CalculatedField> derived_columns_of(const HoneycombState& state, std::string_view environment,
                                                std::string_view dataset);
// The color that a dataset's settings give to markers of a type.
std::optional<std::string> marker_color(const HoneycombState& state, std::string_view environment,
                                        std::string_view dataset, std::string_view type);

}  // namespace understudy::honeycomb
