#include "cloudwatch_logs/filters.h"

#include "cloudwatch_logs/filter_pattern.h"

namespace understudy::cloudwatch_logs {

std::optional<recording::Decision> refuse_pattern(const Call& call, std::string_view pattern) {
  const auto parsed = FilterPattern::parse(pattern);
  if (parsed) return std::nullopt;
  return refuse_filter_pattern(call, parsed.error());
}

std::optional<recording::Decision> refuse_regex_patterns(const Call& call, const Group& group, const Resource& resource,
                                                         std::string_view name, std::string_view pattern) {
  const auto has_regex = [](std::string_view text) {
    const auto parsed = FilterPattern::parse(text);
    return parsed && parsed->has_regex();
  };
  if (!has_regex(pattern)) return std::nullopt;
  std::size_t others = 0;
  for (const auto kind : {metric_filter_kind, subscription_filter_kind}) {
    for (const auto& [key, item] : list_objects(group.objects, kind)) {
      if (kind == resource.kind && key == name) continue;
      others += has_regex(item.value("filterPattern", "")) ? 1 : 0;
    }
  }
  if (others < most_regex_patterns) return std::nullopt;
  return refuse_for_limit(call, "filterPattern", most_regex_patterns);
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
