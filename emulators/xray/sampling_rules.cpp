// GetSamplingRules, CreateSamplingRule, UpdateSamplingRule, DeleteSamplingRule.
#include <fmt/format.h>

#include <limits>

#include "xray/members.h"
#include "xray/rules.h"
#include "xray/sampling.h"
#include "xray/scope.h"
#include "xray/tags.h"

namespace understudy::xray {
namespace {

constexpr std::int64_t any = std::numeric_limits<std::int32_t>::max();  // integers of the model have 32 bits
constexpr std::size_t most_rules = 25;                                  // of one's own in a region [guess]
constexpr std::size_t most_attributes = 5;                              // [code: API model]

// The texts are recorded but for the one of deletion, which follows that of update [guess].
constexpr std::string_view exists_text = "Sampling rule already exists";
constexpr std::string_view missing_text = "Sampling rule does not exist";
constexpr std::string_view default_update_text = "Invalid update request for default sampling rule";
constexpr std::string_view default_delete_text = "Invalid delete request for default sampling rule";

void set(std::string& member, std::optional<std::string>&& given) {
  if (given) member = std::move(*given);
}

// The matchers and numbers of a rule, held to the API model [code].
void read_matchers(Members& members, Need need, SamplingRule& rule) {
  set(rule.resource_arn, members.text("ResourceARN", 0, 500, need));
  set(rule.service_name, members.text("ServiceName", 0, 64, need));
  set(rule.service_type, members.text("ServiceType", 0, 64, need));
  set(rule.host, members.text("Host", 0, 64, need));
  set(rule.http_method, members.text("HTTPMethod", 0, 10, need));
  set(rule.url_path, members.text("URLPath", 0, 128, need));
  if (const auto rate = members.number("FixedRate", 0, 1, need)) rule.fixed_rate = *rate;
  if (const auto size = members.integer("ReservoirSize", 0, any, need)) rule.reservoir_size = *size;
  if (const auto priority = members.integer("Priority", 1, 9999, need)) rule.priority = *priority;
}

void read_attributes(Members& members, SamplingRule& rule) {
  const auto* given = members.object("Attributes", Need::optional);
  if (given == nullptr) return;
  if (given->size() > most_attributes) {
    members.violation("Attributes", given->dump(), aws::constraint::max_length(most_attributes));
  }
  rule.attributes.clear();
  auto attributes = members.within(*given, "Attributes");
  for (const auto& [key, value] : given->items()) {
    if (const auto text = attributes.text(key, 1, 32, Need::required)) rule.attributes.emplace(key, *text);
  }
}

void read_rate_boost(Members& members, SamplingRule& rule) {
  const auto* given = members.object("SamplingRateBoost", Need::optional);
  if (given == nullptr) return;
  auto boost = members.within(*given, "SamplingRateBoost");
  (void)boost.number("MaxRate", 0, 1, Need::required);
  (void)boost.integer("CooldownWindowMinutes", 0, any, Need::required);
  rule.rate_boost = given->dump();
}

// What clients will make of a rule that the service accepts.
void warn_of_clients(const SamplingRule& rule, Answer& answer) {
  if (!rule.attributes.empty() || rule.resource_arn != "*" || rule.version != 1) {
    answer.findings.push_back(found(id::rule_skipped_by_sdks, "SamplingRule",
                                    fmt::format("rule {}: {} attributes, ResourceARN {}, Version {}", rule.name,
                                                rule.attributes.size(), rule.resource_arn, rule.version)));
  }
  if (!rule.rate_boost.empty()) {
    answer.findings.push_back(found(id::rule_rate_boost, "SamplingRule.SamplingRateBoost", rule.name));
  }
}

Answer put(const XrayState& state, const Call& call, SamplingRule rule) {
  rule.modified_s = whole_seconds(call.context.moment.wall_ns);
  if (rule.created_s == 0) rule.created_s = rule.modified_s;
  Answer answer;
  answer.body = nlohmann::json{{"SamplingRuleRecord", record_to_json(rule, call.scope)}}.dump();
  answer.effect = scoped_effect("put_rule", call.scope, {{"rule", rule_to_json(rule, call.scope)}});
  warn_of_clients(rule, answer);
  warn_of_region(state, call, answer);
  return answer;
}

// Of RuleName and RuleARN, one must be given; the name is the ARN's last part.
std::optional<std::string> name_of_rule(Members& members) {
  if (auto name = members.text("RuleName", 1, 32, Need::optional)) return name;
  const auto arn = members.text("RuleARN", 0, 400, Need::optional);
  if (arn) return arn->substr(arn->rfind('/') + 1);
  (void)members.text("RuleName", 1, 32, Need::required);  // says that it is missing
  return std::nullopt;
}

Answer refuse_unknown_rule(std::string_view name) {
  return Answer::refusal(invalid_request(std::string(missing_text)), found(id::rule_unknown, "RuleName", name));
}

}  // namespace

// All rules in one answer: no SDK follows NextToken here [code].
Answer get_sampling_rules(const XrayState& state, const Call& call) {
  if (const auto body = object_of(call); !body) return body.error();
  auto records = nlohmann::json::array();
  for (const auto& rule : state.region(call.scope).rules) records.push_back(record_to_json(rule, call.scope));
  Answer answer;
  answer.body = nlohmann::json{{"NextToken", nullptr}, {"SamplingRuleRecords", std::move(records)}}.dump();
  answer.read = true;
  return answer;
}

Answer create_sampling_rule(const XrayState& state, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members request(*body, "");
  const auto* given = request.object("SamplingRule", Need::required);
  if (const auto refused = request.refusal()) return *refused;
  Members members(*given, "samplingRule");
  SamplingRule rule;
  set(rule.name, members.text("RuleName", 1, 32, Need::required));
  read_matchers(members, Need::required, rule);
  if (const auto version = members.integer("Version", 1, any, Need::required)) rule.version = *version;
  read_attributes(members, rule);
  read_rate_boost(members, rule);
  if (const auto refused = members.refusal()) return *refused;
  const auto tags = read_tags(request, Need::optional);
  if (const auto refused = request.refusal()) return *refused;

  const auto& region = state.region(call.scope);
  if (region.find_rule(rule.name) != nullptr) {
    return Answer::refusal(invalid_request(std::string(exists_text)),
                           found(id::rule_exists, "SamplingRule.RuleName", rule.name));
  }
  if (region.rules.size() > most_rules) {
    return Answer::refusal({"RuleLimitExceededException", "Sampling rule limit exceeded", 400, {}},
                           found(id::rule_limit, "SamplingRule.RuleName", rule.name));
  }
  const auto arn = arn_of_rule(call.scope, rule.name);
  if (auto refused = refuse_tags({}, tags, arn)) return *refused;
  auto answer = put(state, call, std::move(rule));
  answer.effect = with_tags(std::move(answer.effect), call.scope, arn, tags);
  return answer;
}

Answer update_sampling_rule(const XrayState& state, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members request(*body, "");
  const auto* given = request.object("SamplingRuleUpdate", Need::required);
  if (const auto refused = request.refusal()) return *refused;
  Members members(*given, "samplingRuleUpdate");
  const auto name = name_of_rule(members);
  if (const auto refused = members.refusal()) return *refused;
  const auto* known = state.region(call.scope).find_rule(*name);
  if (known == nullptr) return refuse_unknown_rule(*name);

  SamplingRule rule = *known;
  read_matchers(members, Need::optional, rule);
  read_attributes(members, rule);
  read_rate_boost(members, rule);
  if (const auto refused = members.refusal()) return *refused;
  if (rule.name == default_name) {
    SamplingRule allowed = *known;
    allowed.fixed_rate = rule.fixed_rate;
    allowed.reservoir_size = rule.reservoir_size;
    if (rule != allowed) {
      return Answer::refusal(invalid_request(std::string(default_update_text)),
                             found(id::rule_default_fixed, "SamplingRuleUpdate", given->dump()));
    }
  }
  return put(state, call, std::move(rule));
}

Answer delete_sampling_rule(const XrayState& state, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members members(*body, "");
  const auto name = name_of_rule(members);
  if (const auto refused = members.refusal()) return *refused;
  if (*name == default_name) {
    return Answer::refusal(invalid_request(std::string(default_delete_text)),
                           found(id::rule_default_fixed, "RuleName", *name));
  }
  const auto* known = state.region(call.scope).find_rule(*name);
  if (known == nullptr) return refuse_unknown_rule(*name);
  Answer answer;
  answer.body = nlohmann::json{{"SamplingRuleRecord", record_to_json(*known, call.scope)}}.dump();
  answer.effect = scoped_effect("delete_rule", call.scope, {{"name", *name}});
  warn_of_region(state, call, answer);
  return answer;
}

}  // namespace understudy::xray
