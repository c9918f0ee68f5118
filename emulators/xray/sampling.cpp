#include "xray/sampling.h"

#include <algorithm>

namespace understudy::xray {

std::int64_t whole_seconds(std::int64_t ns) { return ns / 1'000'000'000; }

nlohmann::json rule_to_json(const SamplingRule& rule, const Scope& scope) {
  nlohmann::json json = {
      {"Attributes", rule.attributes},
      {"FixedRate", rule.fixed_rate},
      {"HTTPMethod", rule.http_method},
      {"Host", rule.host},
      {"Priority", rule.priority},
      {"ReservoirSize", rule.reservoir_size},
      {"ResourceARN", rule.resource_arn},
      {"RuleARN", arn_of_rule(scope, rule.name)},
      {"RuleName", rule.name},
      {"ServiceName", rule.service_name},
      {"ServiceType", rule.service_type},
      {"URLPath", rule.url_path},
      {"Version", rule.version},
  };
  // Only where a rule was made with it: samplers that do not know the member lose the rule [code].
  if (!rule.rate_boost.empty()) json["SamplingRateBoost"] = nlohmann::json::parse(rule.rate_boost, nullptr, false);
  return json;
}

nlohmann::json record_to_json(const SamplingRule& rule, const Scope& scope) {
  return {{"CreatedAt", static_cast<double>(rule.created_s)},
          {"ModifiedAt", static_cast<double>(rule.modified_s)},
          {"SamplingRule", rule_to_json(rule, scope)}};
}

SamplingRule rule_from_json(const nlohmann::json& json) {
  SamplingRule rule;
  json.at("Attributes").get_to(rule.attributes);
  json.at("FixedRate").get_to(rule.fixed_rate);
  json.at("HTTPMethod").get_to(rule.http_method);
  json.at("Host").get_to(rule.host);
  json.at("Priority").get_to(rule.priority);
  json.at("ReservoirSize").get_to(rule.reservoir_size);
  json.at("ResourceARN").get_to(rule.resource_arn);
  json.at("RuleName").get_to(rule.name);
  json.at("ServiceName").get_to(rule.service_name);
  json.at("ServiceType").get_to(rule.service_type);
  json.at("URLPath").get_to(rule.url_path);
  json.at("Version").get_to(rule.version);
  if (json.contains("SamplingRateBoost")) rule.rate_boost = json["SamplingRateBoost"].dump();
  return rule;
}

// Equal shares, at least one; the real allocation follows the clients' recent traffic and is not known [guess].
std::int64_t quota_of(const SamplingRule& rule, std::size_t clients) {
  if (rule.reservoir_size == 0) return 0;
  return std::max<std::int64_t>(1, rule.reservoir_size / static_cast<std::int64_t>(std::max<std::size_t>(1, clients)));
}

}  // namespace understudy::xray
