#include "cloudwatch_logs/filters.h"

#include "cloudwatch_logs/filter_pattern.h"

namespace understudy::cloudwatch_logs {

std::optional<recording::Decision> refuse_pattern(const Call& call, std::string_view pattern) {
  const auto parsed = FilterPattern::parse(pattern);
  if (parsed) return std::nullopt;
  return refuse_filter_pattern(call, parsed.error());
}

recording::Decision delete_filter_of(const Call& call, const Resource& resource) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto found = group_of(call, input);
  if (!found) return found.error();
  const auto name = input.text("filterName").value_or("");
  if (find_object(found->group->objects, resource.kind, name) == nullptr) return refuse_missing(call, resource, name);
  return remove(call, found->name, resource, name);
}

}  // namespace understudy::cloudwatch_logs
