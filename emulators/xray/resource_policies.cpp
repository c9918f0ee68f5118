// PutResourcePolicy, DeleteResourcePolicy, ListResourcePolicies.
#include <fmt/format.h>

#include "base/ascii.h"
#include "base/json.h"
#include "xray/members.h"
#include "xray/rules.h"
#include "xray/sampling.h"
#include "xray/scope.h"

namespace understudy::xray {
namespace {

constexpr std::size_t most_policies = 5;                   // of an account [docs]
constexpr std::size_t largest_policy = 5 * 1024;           // [docs]
constexpr std::string_view name_pattern = "[\\w+=,.@-]+";  // [code: API model]

bool is_name_character(char c) { return is_alphanumeric(c) || std::string_view("_+=,.@-").contains(c); }

std::string policy_name(Members& members) {
  auto name = members.text("PolicyName", 1, 128, Need::required).value_or("");
  if (!std::ranges::all_of(name, is_name_character)) {
    members.violation("PolicyName", name, aws::constraint::pattern(name_pattern));
  }
  return name;
}

// Types and statuses are the model's [code]; the texts are not recorded [guess].
Answer refuse(std::string_view type, std::string message, std::string_view member) {
  auto finding = found(id::policy_refused, std::string(member), fmt::format("{}: {}", type, message));
  return Answer::refusal({std::string(type), std::move(message), 400, {}}, std::move(finding));
}

bool names(const nlohmann::json& statement, std::string_view member, std::initializer_list<std::string_view> wanted) {
  const auto value = statement.find(member);
  if (value == statement.end()) return false;
  const auto is_wanted = [&](const nlohmann::json& one) {
    return one.is_string() && std::ranges::find(wanted, one.get_ref<const std::string&>()) != wanted.end();
  };
  return value->is_array() ? std::ranges::any_of(*value, is_wanted) : is_wanted(*value);
}

// Denies everyone to change it again: what PutResourcePolicy protects its caller from [docs].
bool locks_out(const nlohmann::json& policy) {
  const auto statements = policy.find("Statement");
  if (statements == policy.end()) return false;
  const auto denies = [](const nlohmann::json& statement) {
    if (!statement.is_object() || !names(statement, "Effect", {"Deny"})) return false;
    const auto principal = statement.find("Principal");
    const bool everyone = principal != statement.end() &&
                          (*principal == "*" || (principal->is_object() && names(*principal, "AWS", {"*"})));
    return everyone && names(statement, "Action", {"*", "xray:*", "xray:PutResourcePolicy"});
  };
  return statements->is_array() ? std::ranges::any_of(*statements, denies) : denies(*statements);
}

std::optional<Answer> refuse_document(const std::string& document, bool bypasses_lockout) {
  JsonReader reader;
  const auto json = reader.read(document);
  if (!json || !json->is_object()) {
    return refuse("MalformedPolicyDocumentException", json ? "not a JSON object" : json.error().text(),
                  "PolicyDocument");
  }
  if (document.size() > largest_policy) {
    return refuse("PolicySizeLimitExceededException", fmt::format("{} of {} bytes", document.size(), largest_policy),
                  "PolicyDocument");
  }
  if (!bypasses_lockout && locks_out(nlohmann::json(to_ordered_json(*json)))) {
    return refuse("LockoutPreventionException", "The policy would keep its owner from changing it", "PolicyDocument");
  }
  return std::nullopt;
}

// 0 asks that the policy is new; any other id must be the latest [docs].
std::optional<Answer> refuse_revision(const ResourcePolicy* known, const std::optional<std::string>& given) {
  if (!given) return std::nullopt;
  const auto latest = known == nullptr ? "0" : fmt::format("{}", known->revision);
  if (*given == latest) return std::nullopt;
  return refuse("InvalidPolicyRevisionIdException",
                fmt::format("Policy revision id {} is not the latest, {}", *given, latest), "PolicyRevisionId");
}

nlohmann::json to_json(const ResourcePolicy& policy) {
  return {{"LastUpdatedTime", static_cast<double>(policy.updated_s)},
          {"PolicyDocument", policy.document},
          {"PolicyName", policy.name},
          {"PolicyRevisionId", fmt::format("{}", policy.revision)}};
}

}  // namespace

Answer put_resource_policy(const XrayState& state, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members members(*body, "");
  ResourcePolicy policy;
  policy.name = policy_name(members);
  policy.document = members.text("PolicyDocument", 0, std::string::npos, Need::required).value_or("");
  const auto revision = members.text("PolicyRevisionId", 0, std::string::npos, Need::optional);
  const bool bypasses_lockout = members.boolean("BypassPolicyLockoutCheck").value_or(false);
  if (auto refused = members.refusal()) return *refused;
  if (auto refused = refuse_document(policy.document, bypasses_lockout)) return *refused;
  const auto& resources = state.region(call.scope).resources;
  const auto* known = resources.find_policy(policy.name);
  if (auto refused = refuse_revision(known, revision)) return *refused;
  if (known == nullptr && resources.policies.size() >= most_policies) {
    return refuse("PolicyCountLimitExceededException", fmt::format("The account has {} policies", most_policies),
                  "PolicyName");
  }
  policy.revision = known == nullptr ? 1 : known->revision + 1;
  policy.updated_s = whole_seconds(call.context.moment.wall_ns);
  Answer answer;
  answer.body = nlohmann::json{{"ResourcePolicy", to_json(policy)}}.dump();
  answer.effect = scoped_effect("put_policy", call.scope,
                                {{"name", policy.name}, {"document", policy.document}, {"revision", policy.revision}});
  return answer;
}

Answer delete_resource_policy(const XrayState& state, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members members(*body, "");
  const auto name = policy_name(members);
  const auto revision = members.text("PolicyRevisionId", 0, std::string::npos, Need::optional);
  if (auto refused = members.refusal()) return *refused;
  const auto* known = state.region(call.scope).resources.find_policy(name);
  if (known == nullptr) {  // how the sentence starts is in a third party's emulator only
    return Answer::refusal(invalid_request(fmt::format("Resource policy does not exist: {}", name)),
                           found(id::policy_unknown, "PolicyName", name));
  }
  if (auto refused = refuse_revision(known, revision)) return *refused;
  Answer answer;
  answer.effect = scoped_effect("delete_policy", call.scope, {{"name", name}});
  return answer;
}

Answer list_resource_policies(const XrayState& state, const Call& call) {
  if (const auto body = object_of(call); !body) return body.error();
  auto policies = nlohmann::json::array();
  for (const auto& policy : state.region(call.scope).resources.policies) policies.push_back(to_json(policy));
  Answer answer;
  answer.body = nlohmann::json{{"NextToken", nullptr}, {"ResourcePolicies", std::move(policies)}}.dump();
  answer.read = true;
  return answer;
}

}  // namespace understudy::xray
