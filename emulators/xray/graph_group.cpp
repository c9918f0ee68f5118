#include "xray/graph_group.h"

#include "xray/scope.h"
#include "xray/traces_filter.h"

namespace understudy::xray {

std::expected<GroupQuery, Answer> group_of(const XrayState& state, const Call& call, Members& members) {
  GroupQuery query;
  const auto name = members.text("GroupName", 1, 32, Need::optional);
  const auto arn = members.text("GroupARN", 1, 400, Need::optional);
  if (auto refused = members.refusal()) return std::unexpected(std::move(*refused));
  if (!name && !arn) return query;
  const auto group = named_group(state, call, members);
  if (!group) return std::unexpected(group.error());
  auto filter = filter_of(state, call.scope, group->filter, "GroupName");
  if (!filter) return std::unexpected(std::move(filter.error()));
  query.filter = std::move(*filter);
  query.is_all = query.filter.kind == FilterKind::everything;
  query.since = group->since_entry;
  query.changed_ns = group->changed_ns;
  return query;
}

}  // namespace understudy::xray
