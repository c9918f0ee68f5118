#include "cloudwatch_logs/metric_filters.h"

#include <fmt/format.h>

#include <algorithm>

#include "cloudwatch_logs/filter_pattern.h"
#include "cloudwatch_logs/filters.h"
#include "cloudwatch_logs/objects.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::json;

// 100 a group [docs: quotas]. The text about a missing filter: by its sibling of subscription filters [guess].
constexpr Resource metric_filter{metric_filter_kind,
                                 'm',
                                 "metricFilters",
                                 "filterName",
                                 "filterNamePrefix",
                                 "The specified metric filter does not exist.",
                                 100};

// defaultValue is listed as a double, and only if it was set [snapshot].
json transformations_of(const Input& input) {
  auto list = without_nulls(*input.json("metricTransformations"));
  for (auto& one : list) {
    if (one.contains("defaultValue")) one["defaultValue"] = one["defaultValue"].get<double>();
  }
  return list;
}

recording::Decision put(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto pattern = input.text("filterPattern").value_or("");
  if (const auto refused = refuse_pattern(call, pattern)) return *refused;
  const auto transformations = transformations_of(input);
  for (const auto& one : transformations) {
    const auto dimensions = one.find("dimensions");
    if (one.contains("defaultValue") && dimensions != one.end() && !dimensions->empty()) {
      // Documented, with no recording of the text [guess].
      return refuse(call,
                    invalid_parameter("Invalid metric transformation: dimensions and default value are mutually "
                                      "exclusive properties."),
                    finding("input.exclusive", "metricTransformations", "defaultValue and dimensions"));
    }
  }
  const auto found = group_of(call, input);
  if (!found) return found.error();
  const auto name = input.text("filterName").value_or("");
  const auto& others = objects_of_kind(found->group->objects, metric_filter.kind);
  if (!others.contains(name) && others.size() >= metric_filter.most) {
    return refuse_for_limit(call, "filterName", metric_filter.most);
  }
  if (const auto refused = refuse_regex_patterns(call, *found->group, metric_filter, name, pattern)) return *refused;
  json item = {{"applyOnTransformedLogs", input.flag("applyOnTransformedLogs", false)},
               {"creationTime", call.now_ms()},
               {"filterName", name},
               {"filterPattern", pattern},
               {"logGroupName", found->name},
               {"metricTransformations", transformations}};
  copy_members(item, input, {"fieldSelectionCriteria", "emitSystemFieldDimensions"});
  return store(call, found->name, metric_filter, name, item);
}

bool is_of_metric(const json& item, const Input& input) {
  const auto* name = input.json("metricName");
  const auto* space = input.json("metricNamespace");
  return std::ranges::any_of(item["metricTransformations"], [&](const json& one) {
    return (name == nullptr || one["metricName"] == *name) && (space == nullptr || one["metricNamespace"] == *space);
  });
}

recording::Decision describe(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto prefix = input.text("filterNamePrefix").value_or("");
  const bool one_group = input.given("logGroupName");
  if (one_group) {
    const auto found = group_of(call, input);
    if (!found) return found.error();
  }
  Listed listed;
  for (const auto& [name, group] : call.groups) {
    if (one_group && name != input.text("logGroupName")) continue;
    for (auto& [key, item] : list_objects(group.objects, metric_filter.kind)) {
      if (key.starts_with(prefix) && is_of_metric(item, input)) listed.emplace_back(key + '\n' + name, std::move(item));
    }
  }
  std::ranges::sort(listed, {}, &Listed::value_type::first);
  return answer_page(call, input, metric_filter, listed);
}

recording::Decision delete_filter(const Call& call) { return delete_filter_of(call, metric_filter); }

recording::Decision test(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto text = input.text("filterPattern").value_or("");
  const auto pattern = FilterPattern::parse(text);
  if (!pattern) return refuse_filter_pattern(call, pattern.error());
  json matches = json::array();
  const auto& messages = *input.json("logEventMessages");
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const auto extracted = pattern->extract(messages[i].get<std::string>());
    if (!extracted) continue;
    json values = json::object();
    for (const auto& [name, value] : *extracted) values[name] = value;
    matches.push_back({{"eventNumber", i + 1}, {"eventMessage", messages[i]}, {"extractedValues", values}});
  }
  return answer(call, json{{"matches", matches}}.dump());
}

constexpr NamedOperation operations[] = {{"PutMetricFilter", put},
                                         {"DescribeMetricFilters", describe},
                                         {"DeleteMetricFilter", delete_filter},
                                         {"TestMetricFilter", test}};

}  // namespace

std::span<const NamedOperation> metric_filter_operations() { return operations; }

}  // namespace understudy::cloudwatch_logs
