#include "cloudwatch_logs/policies.h"

#include <fmt/format.h>

#include <algorithm>

#include "cloudwatch_logs/objects.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::json;

// Limits and texts [snapshot] where marked, the rest by their siblings [guess].
constexpr Resource resource_policy{"resource_policy",
                                   'p',
                                   "resourcePolicies",
                                   "policyName",
                                   "",
                                   "Policy with name [{}] does not exist.",
                                   10};  // [snapshot]
constexpr Resource account_policy{"account_policy", 'a', "accountPolicies",
                                  "policyName",     "",  "Policy with name [{}] does not exist."};
constexpr Resource data_protection{"data_protection_policy", 'D', "", "logGroupIdentifier", "", ""};
constexpr Resource index_policy{"index_policy",       'i', "indexPolicies",
                                "logGroupIdentifier", "",  "The specified index policy does not exist."};
constexpr Resource field_index{"field_index", 'f', "fieldIndexes", "logGroupIdentifiers", "", ""};

std::optional<recording::Decision> refuse_document(const Call& call, const Input& input) {
  const auto* document = input.json("policyDocument");
  if (document == nullptr || json::parse(document->get<std::string>(), nullptr, false).is_object()) return std::nullopt;
  return refuse(call, invalid_parameter("The policy document is not a valid JSON document."),  // [guess]
                finding("policy.document", "policyDocument", "no JSON object"));
}

// Policies of a resource are kept by its ARN, those of the account by their names.
recording::Decision put_resource_policy(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  if (const auto refused = refuse_document(call, input)) return *refused;
  const auto arn = input.text("resourceArn");
  const auto key = arn ? *arn : input.text("policyName").value_or("");
  const auto& all = objects_of_kind(call.objects, resource_policy.kind);
  const auto of_account = std::ranges::count_if(all, [](const auto& one) { return !one.first.starts_with("arn:"); });
  if (!arn && !all.contains(key) && of_account >= static_cast<std::ptrdiff_t>(resource_policy.most)) {
    return refuse_for_limit(call, "policyName", resource_policy.most);
  }
  json item = {{"lastUpdatedTime", call.now_ms()}, {"policyScope", arn ? "RESOURCE" : "ACCOUNT"}};
  copy_members(item, input, {"policyName", "policyDocument", "resourceArn"});
  json answer = {{"resourcePolicy", item}};
  if (arn) item["revisionId"] = answer["revisionId"] = call.context.entropy.text("revision", 32, "0123456789abcdef");
  return store(call, "", resource_policy, key, item, answer);
}

recording::Decision describe_resource_policies(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto scope = input.text("policyScope").value_or("ACCOUNT");
  const auto arn = input.text("resourceArn");
  Listed listed;
  for (auto& [key, item] : list_objects(call.objects, resource_policy.kind)) {
    if (arn ? key == *arn : item["policyScope"] == scope) listed.emplace_back(key, std::move(item));
  }
  return answer_page(call, input, resource_policy, listed);
}

recording::Decision delete_resource_policy(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto key = input.text("resourceArn").value_or(input.text("policyName").value_or(""));
  if (find_object(call.objects, resource_policy.kind, key) == nullptr)
    return refuse_missing(call, resource_policy, key);
  return remove(call, "", resource_policy, key);
}

std::string account_policy_key(Input& input) {
  return fmt::format("{}/{}", input.text("policyType").value_or(""), input.text("policyName").value_or(""));
}

recording::Decision put_account_policy(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  if (const auto refused = refuse_document(call, input)) return *refused;
  json item = {{"accountId", call.place.account},
               {"lastUpdatedTime", call.now_ms()},
               {"scope", input.text("scope").value_or("ALL")}};
  copy_members(item, input, {"policyName", "policyDocument", "policyType", "selectionCriteria"});
  return store(call, "", account_policy, account_policy_key(input), item, {{"accountPolicy", item}});
}

recording::Decision describe_account_policies(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto name = input.text("policyName");
  Listed listed;
  for (auto& [key, item] : list_objects(call.objects, account_policy.kind)) {
    if (item["policyType"] != input.text("policyType").value_or("")) continue;
    if (!name || item["policyName"] == *name) listed.emplace_back(key, std::move(item));
  }
  if (name && listed.empty()) return refuse_missing(call, account_policy, *name);
  return answer_page(call, input, account_policy, listed);
}

recording::Decision delete_account_policy(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto key = account_policy_key(input);
  if (find_object(call.objects, account_policy.kind, key) == nullptr) {
    return refuse_missing(call, account_policy, input.text("policyName").value_or(""));
  }
  return remove(call, "", account_policy, key);
}

recording::Decision put_data_protection_policy(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  if (const auto refused = refuse_document(call, input)) return *refused;
  const auto found = group_of(call, input);
  if (!found) return found.error();
  json item = {{"lastUpdatedTime", call.now_ms()}};
  copy_members(item, input, {"logGroupIdentifier", "policyDocument"});
  auto decision = store(call, found->name, data_protection, "", item, item);
  decision.findings.push_back(
      finding("input.ignored", "policyDocument", "the policy is stored; sensitive data in events is not masked here"));
  return decision;
}

recording::Decision get_data_protection_policy(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto found = group_of(call, input);
  if (!found) return found.error();
  const auto* policy = find_object(found->group->objects, data_protection.kind, "");
  if (policy != nullptr) return answer(call, *policy);
  json none;
  copy_members(none, input, {"logGroupIdentifier"});
  return answer(call, none.dump());
}

recording::Decision delete_data_protection_policy(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto found = group_of(call, input);
  if (!found) return found.error();
  return remove(call, found->name, data_protection, "");
}

recording::Decision put_index_policy(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  if (const auto refused = refuse_document(call, input)) return *refused;
  const auto found = group_of(call, input);
  if (!found) return found.error();
  json item = {
      {"lastUpdateTime", call.now_ms()}, {"logGroupIdentifier", group_arn(call, found->name)}, {"source", "LOG_GROUP"}};
  copy_members(item, input, {"policyDocument"});
  return store(call, found->name, index_policy, "", item, {{"indexPolicy", item}});
}

// The policies in force for the groups that logGroupIdentifiers names: a group's own goes before the account's.
std::expected<Listed, recording::Decision> index_policies(const Call& call, const Input& input) {
  Listed listed;
  for (const auto& identifier : *input.json("logGroupIdentifiers")) {
    const auto name = group_name_of(call, identifier.get<std::string>());
    const auto* group = find_group(call.groups, name);
    if (group == nullptr) return std::unexpected(refuse_missing_group(call, name));
    if (const auto* own = find_object(group->objects, index_policy.kind, "")) {
      listed.emplace_back(name, json::parse(*own));
      continue;
    }
    for (const auto& [key, policy] : list_objects(call.objects, account_policy.kind)) {
      if (policy["policyType"] != "FIELD_INDEX_POLICY") continue;
      listed.emplace_back(name, json{{"lastUpdateTime", policy["lastUpdatedTime"]},
                                     {"logGroupIdentifier", group_arn(call, name)},
                                     {"policyDocument", policy["policyDocument"]},
                                     {"policyName", policy["policyName"]},
                                     {"source", "ACCOUNT"}});
    }
  }
  std::ranges::sort(listed, {}, &Listed::value_type::first);
  return listed;
}

recording::Decision describe_index_policies(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto listed = index_policies(call, input);
  return listed ? answer_page(call, input, index_policy, *listed) : listed.error();
}

recording::Decision delete_index_policy(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto found = group_of(call, input);
  if (!found) return found.error();
  if (find_object(found->group->objects, index_policy.kind, "") == nullptr) {
    return refuse_missing(call, index_policy, found->name);
  }
  return remove(call, found->name, index_policy, "", json::object());
}

recording::Decision describe_field_indexes(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto policies = index_policies(call, input);
  if (!policies) return policies.error();
  Listed listed;
  for (const auto& [group, policy] : *policies) {
    const auto document = json::parse(policy["policyDocument"].get<std::string>(), nullptr, false);
    const auto fields = document.is_object() ? document.value("Fields", json::array()) : json::array();
    for (const auto& field : fields) {
      if (!field.is_string()) continue;
      listed.emplace_back(fmt::format("{}\n{}", group, field.get<std::string>()),
                          json{{"fieldIndexName", field},
                               {"lastScanTime", policy["lastUpdateTime"]},
                               {"logGroupIdentifier", policy["logGroupIdentifier"]},
                               {"type", "FIELD_INDEX"}});
    }
  }
  std::ranges::sort(listed, {}, &Listed::value_type::first);
  return answer_page(call, input, field_index, listed, 100);
}

constexpr NamedOperation operations[] = {{"PutResourcePolicy", put_resource_policy},
                                         {"DescribeResourcePolicies", describe_resource_policies},
                                         {"DeleteResourcePolicy", delete_resource_policy},
                                         {"PutAccountPolicy", put_account_policy},
                                         {"DescribeAccountPolicies", describe_account_policies},
                                         {"DeleteAccountPolicy", delete_account_policy},
                                         {"PutDataProtectionPolicy", put_data_protection_policy},
                                         {"GetDataProtectionPolicy", get_data_protection_policy},
                                         {"DeleteDataProtectionPolicy", delete_data_protection_policy},
                                         {"PutIndexPolicy", put_index_policy},
                                         {"DescribeIndexPolicies", describe_index_policies},
                                         {"DeleteIndexPolicy", delete_index_policy},
                                         {"DescribeFieldIndexes", describe_field_indexes}};

}  // namespace

std::span<const NamedOperation> policy_operations() { return operations; }

}  // namespace understudy::cloudwatch_logs
