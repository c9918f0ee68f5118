#include "cloudwatch_logs/tags.h"

#include <fmt/format.h>

#include "aws/arn.h"
#include "cloudwatch_logs/input.h"

namespace understudy::cloudwatch_logs {
namespace {

constexpr std::size_t most_tags = 50;
constexpr TextRule tag_key{1, 128, "^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+)$", is_tag_key, false, true};

struct Target {
  std::string name;
  std::string arn;
};

Target by_name(const Call& call, Input& input) {
  const auto name = input.required_text("logGroupName", group_name);
  return {name, aws::arn("logs", call.place.region, call.place.account, "log-group:" + name)};
}

// Only groups are known here by ARN: of anything else the name stays one that no group has.
Target by_arn(const Call& call, Input& input) {
  const auto arn = input.required_text("resourceArn", resource_arn);
  const auto own = aws::arn("logs", call.place.region, call.place.account, "log-group:");
  return {arn.starts_with(own) ? arn.substr(own.size()) : arn, arn};
}

recording::Decision set_tags(const Call& call, const Input& input, const Target& target, const Tags& tags) {
  if (const auto refused = input.refusal()) return *refused;
  const auto* group = find_group(call.groups, target.name);
  if (group == nullptr) return refuse_missing_group(call, target.name);
  auto all = group->tags;
  for (const auto& [key, value] : tags) all[key] = value;
  if (all.size() > most_tags) {
    aws::Error error{"TooManyTagsException", "The maximum number of tags allowed for a resource is 50.", 400, {}};
    error.members.emplace_back("resourceName", fmt::format("\"{}\"", target.arn));
    return refuse(call, error, finding("group.too-many-tags", "tags", fmt::format("{} tags", all.size())));
  }
  auto effect = effect_on(call, target.name);
  auto& change = *effect.mutable_set_tags();
  for (const auto& [key, value] : tags) {
    auto& tag = *change.add_tags();
    tag.set_key(key);
    tag.set_value(value);
  }
  return done(call, effect);
}

recording::Decision remove_tags(const Call& call, const Input& input, const Target& target,
                                const std::vector<std::string>& keys) {
  if (const auto refused = input.refusal()) return *refused;
  if (find_group(call.groups, target.name) == nullptr) return refuse_missing_group(call, target.name);
  auto effect = effect_on(call, target.name);
  auto& change = *effect.mutable_remove_tags();
  for (const auto& key : keys) change.add_keys(key);
  return done(call, effect);
}

recording::Decision list_tags(const Call& call, const Input& input, const Target& target) {
  if (const auto refused = input.refusal()) return *refused;
  const auto* group = find_group(call.groups, target.name);
  if (group == nullptr) return refuse_missing_group(call, target.name);
  std::string json = R"({"tags":{)";
  for (const auto& [key, value] : group->tags) {
    if (!json.ends_with('{')) json += ',';
    aws::append_json_string(json, key);
    json += ':';
    aws::append_json_string(json, value);
  }
  return answer(call, json + "}}");
}

}  // namespace

recording::Decision tag_log_group(const Call& call) {
  Input input(call);
  const auto target = by_name(call, input);
  const auto tags = input.tags("tags", true);
  return set_tags(call, input, target, tags.value_or(Tags{}));
}

recording::Decision untag_log_group(const Call& call) {
  Input input(call);
  const auto target = by_name(call, input);
  const auto keys = input.texts("tags", 1, most_tags, tag_key, true);
  return remove_tags(call, input, target, keys.value_or(std::vector<std::string>{}));
}

recording::Decision list_tags_log_group(const Call& call) {
  Input input(call);
  return list_tags(call, input, by_name(call, input));
}

recording::Decision tag_resource(const Call& call) {
  Input input(call);
  const auto target = by_arn(call, input);
  const auto tags = input.tags("tags", true);
  return set_tags(call, input, target, tags.value_or(Tags{}));
}

recording::Decision untag_resource(const Call& call) {
  Input input(call);
  const auto target = by_arn(call, input);
  const auto keys = input.texts("tagKeys", 0, most_tags, tag_key, true);
  return remove_tags(call, input, target, keys.value_or(std::vector<std::string>{}));
}

recording::Decision list_tags_for_resource(const Call& call) {
  Input input(call);
  const auto target = by_arn(call, input);
  return list_tags(call, input, target);
}

}  // namespace understudy::cloudwatch_logs
