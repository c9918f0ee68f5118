#include "cloudwatch_logs/group_settings.h"

#include <fmt/format.h>

#include "cloudwatch_logs/filters.h"
#include "cloudwatch_logs/objects.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::json;

constexpr Resource groups_listed{"", 'L', "logGroups", "", "", ""};

recording::Decision set_protection(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto found = group_of(call, input);
  if (!found) return found.error();
  auto effect = effect_on(call, found->name);
  effect.mutable_set_group()->set_deletion_protection(input.flag("deletionProtectionEnabled", false));
  return done(call, effect);
}

recording::Decision set_bearer_tokens(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto found = group_of(call, input);
  if (!found) return found.error();
  auto effect = effect_on(call, found->name);
  effect.mutable_set_group()->set_bearer_token_authentication(input.flag("bearerTokenAuthenticationEnabled", false));
  return done(call, effect);
}

// By logGroupName, or by a resourceIdentifier: the ARN of a group, or of the account's query results
// ("arn:aws:logs:R:A:query-result:*").
recording::Decision set_key(const Call& call, Input& input, const std::string& key) {
  const auto resource = input.text("resourceIdentifier").value_or("");
  const auto given = input.text("logGroupName");
  if (given && !resource.empty()) {
    return refuse(
        call,
        invalid_parameter("logGroupName and resourceIdentifier are mutually exclusive parameters."),  // [guess]
        finding("input.exclusive", "resourceIdentifier", "logGroupName is given too"));
  }
  if (!given && resource.contains(":query-result:")) {
    static constexpr Resource query_results{"query_results_key", ' ', "", "", "", ""};
    return store(call, "", query_results, "", {{"kmsKeyId", key}});
  }
  auto name = given ? *given : group_name_of(call, resource);
  if (!given && name.ends_with(":*")) name.resize(name.size() - 2);
  if (find_group(call.groups, name) == nullptr) return refuse_missing_group(call, name);
  auto effect = effect_on(call, name);
  effect.mutable_set_group()->set_kms_key_id(key);
  return done(call, effect);
}

recording::Decision associate_key(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  return set_key(call, input, input.text("kmsKeyId").value_or(""));
}

recording::Decision disassociate_key(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  return set_key(call, input, "");
}

// Up to five words, "^" for the beginning: "^/aws/lambda|cruddur".
bool takes(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return true;
  for (std::size_t from = 0; from <= pattern.size();) {
    const auto bar = std::min(pattern.find('|', from), pattern.size());
    const auto word = pattern.substr(from, bar - from);
    if (word.starts_with('^') ? name.starts_with(word.substr(1)) : name.contains(word)) return true;
    from = bar + 1;
  }
  return false;
}

// The items of the real service hold more than the SDKs know of [snapshot].
recording::Decision list_groups(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto pattern = input.text("logGroupNamePattern").value_or("");
  const auto group_class = input.text("logGroupClass");
  Listed listed;
  for (const auto& [name, group] : call.groups) {
    if (!takes(pattern, name) || (group_class && group.log_group_class != *group_class)) continue;
    const auto arn = group_arn(call, name);
    listed.emplace_back(name, json{{"arn", arn + ":*"},
                                   {"creationTime", group.creation_time_ms},
                                   {"logGroupArn", arn},
                                   {"logGroupClass", group.log_group_class},
                                   {"logGroupName", name},
                                   {"metricFilterCount", objects_of_kind(group.objects, metric_filter_kind).size()}});
  }
  auto decision = answer_page(call, input, groups_listed, listed);
  for (const auto* member :
       {"includeLinkedAccounts", "accountIdentifiers", "dataSources", "fieldIndexNames", "logGroupTags"}) {
    const auto* given = input.json(member);
    if (given == nullptr || *given == false) continue;
    decision.findings.push_back(finding("input.ignored", member, "groups are listed by name and class alone"));
  }
  return decision;
}

constexpr NamedOperation operations[] = {{"PutLogGroupDeletionProtection", set_protection},
                                         {"PutBearerTokenAuthentication", set_bearer_tokens},
                                         {"AssociateKmsKey", associate_key},
                                         {"DisassociateKmsKey", disassociate_key},
                                         {"ListLogGroups", list_groups}};

}  // namespace

std::span<const NamedOperation> group_setting_operations() { return operations; }

}  // namespace understudy::cloudwatch_logs
