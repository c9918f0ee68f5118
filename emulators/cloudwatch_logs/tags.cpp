#include "cloudwatch_logs/tags.h"

#include <fmt/format.h>

#include "cloudwatch_logs/input.h"
#include "cloudwatch_logs/objects.h"

namespace understudy::cloudwatch_logs {
namespace {

constexpr std::size_t most_tags = 50;
constexpr TextRule tag_key{1, 128, "^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+)$", is_tag_key, false, true};

// Tags of what is no group stand beside it, as an object of the account.
constexpr Resource object_tags{"tags", ' ', "", "resourceArn", "", "The specified resource does not exist."};

// What has tags: a group, or a destination, delivery, delivery source or delivery destination.
struct Target {
  std::string name;  // of the group
  std::string arn;
  bool exists = false;
  bool is_group = true;
  Tags tags;
};

Target group_target(const Call& call, std::string name, std::string arn) {
  const auto* group = find_group(call.groups, name);
  return {std::move(name), std::move(arn), group != nullptr, true, group == nullptr ? Tags{} : group->tags};
}

Target by_name(const Call& call, Input& input) {
  const auto name = input.required_text("logGroupName", group_name);
  return group_target(call, name, group_arn(call, name));
}

Target by_arn(const Call& call, Input& input) {
  const auto arn = input.required_text("resourceArn", resource_arn);
  for (const auto* kind : {"destination", "delivery-source", "delivery-destination", "delivery"}) {
    const auto own = arn_of(call, kind, "");
    if (!arn.starts_with(own)) continue;
    Target target{"", arn, find_object(call.objects, kind, arn.substr(own.size())) != nullptr, false, {}};
    if (const auto* stored = find_object(call.objects, object_tags.kind, arn)) {
      target.tags = nlohmann::json::parse(*stored).get<Tags>();
    }
    return target;
  }
  const auto name = group_name_of(call, arn);
  return group_target(call, name, arn);
}

recording::Decision refuse_target(const Call& call, const Target& target) {
  return target.is_group ? refuse_missing_group(call, target.name) : refuse_missing(call, object_tags, target.arn);
}

recording::Decision set_tags(const Call& call, const Input& input, const Target& target, const Tags& tags) {
  if (const auto refused = input.refusal()) return *refused;
  if (!target.exists) return refuse_target(call, target);
  auto all = target.tags;
  for (const auto& [key, value] : tags) all[key] = value;
  if (all.size() > most_tags) {
    aws::Error error{"TooManyTagsException", "The maximum number of tags allowed for a resource is 50.", 400, {}};
    error.members.emplace_back("resourceName", fmt::format("\"{}\"", target.arn));
    return refuse(call, error, finding("group.too-many-tags", "tags", fmt::format("{} tags", all.size())));
  }
  if (!target.is_group) return store(call, "", object_tags, target.arn, all);
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
  if (!target.exists) return refuse_target(call, target);
  if (!target.is_group) {
    auto left = target.tags;
    for (const auto& key : keys) left.erase(key);
    return store(call, "", object_tags, target.arn, left);
  }
  auto effect = effect_on(call, target.name);
  auto& change = *effect.mutable_remove_tags();
  for (const auto& key : keys) change.add_keys(key);
  return done(call, effect);
}

recording::Decision list_tags(const Call& call, const Input& input, const Target& target) {
  if (const auto refused = input.refusal()) return *refused;
  if (!target.exists) return refuse_target(call, target);
  std::string json = R"({"tags":{)";
  for (const auto& [key, value] : target.tags) {
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
