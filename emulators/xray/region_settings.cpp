// What is set for a whole region: encryption, the rule of span indexing, where segments go.
#include <fmt/format.h>

#include "aws/arn.h"
#include "xray/members.h"
#include "xray/rules.h"
#include "xray/sampling.h"
#include "xray/scope.h"

namespace understudy::xray {
namespace {

Answer read_answer(const nlohmann::json& body) {
  Answer answer;
  answer.body = body.dump();
  answer.read = true;
  return answer;
}

nlohmann::json to_json(const Encryption& encryption, bool is_settled) {
  nlohmann::json json = {{"Status", is_settled ? "ACTIVE" : "UPDATING"}, {"Type", encryption.type}};
  if (!encryption.key_id.empty()) json["KeyId"] = encryption.key_id;
  return json;
}

nlohmann::json to_json(const Destination& destination, bool is_settled) {
  return {{"Destination", destination.name}, {"Status", is_settled ? "ACTIVE" : "PENDING"}};
}

nlohmann::json to_json(const IndexingRule& rule) {
  return {{"ModifiedAt", static_cast<double>(rule.modified_s)},
          {"Name", default_name},
          {"Rule",
           {{"Probabilistic",
             {{"ActualSamplingPercentage", rule.percentage}, {"DesiredSamplingPercentage", rule.percentage}}}}}};
}

// A key as the service answers with it: whole ARNs stay, aliases and ids become one of this account [guess].
std::string key_arn(const Scope& scope, const std::string& key) {
  if (key.starts_with("arn:")) return key;
  return aws::arn("kms", scope.region, scope.account, key.starts_with("alias/") ? key : "key/" + key);
}

}  // namespace

Answer get_encryption_config(const XrayState& state, const Call& call) {
  const auto& encryption = state.region(call.scope).resources.encryption;
  return read_answer(
      {{"EncryptionConfig", to_json(encryption, is_settled(encryption.changed_ns, call.context.moment))}});
}

Answer put_encryption_config(const XrayState&, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members members(*body, "");
  Encryption wanted;
  wanted.type = members.choice("Type", {"NONE", "KMS"}, Need::required).value_or("");
  const auto key = members.text("KeyId", 1, 3000, Need::optional);
  if (auto refused = members.refusal()) return *refused;
  if (key.has_value() != (wanted.type == "KMS")) {  // "omit this when Type is NONE" [docs]; the text is a [guess]
    return Answer::refusal(
        invalid_request(key ? "KeyId must be omitted when Type is NONE" : "KeyId is required when Type is KMS"),
        found(id::request_constraint, "KeyId", wanted.type));
  }
  if (key) wanted.key_id = key_arn(call.scope, *key);
  Answer answer;
  answer.body = nlohmann::json{{"EncryptionConfig", to_json(wanted, false)}}.dump();
  answer.effect = scoped_effect("encryption", call.scope, {{"type", wanted.type}, {"key", wanted.key_id}});
  return answer;
}

Answer get_trace_segment_destination(const XrayState& state, const Call& call) {
  const auto& destination = state.region(call.scope).resources.destination;
  return read_answer(to_json(destination, is_settled(destination.changed_ns, call.context.moment)));
}

Answer update_trace_segment_destination(const XrayState& state, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members members(*body, "");
  auto wanted = state.region(call.scope).resources.destination;
  if (auto name = members.choice("Destination", {"XRay", "CloudWatchLogs"}, Need::optional)) wanted.name = *name;
  if (auto refused = members.refusal()) return *refused;
  Answer answer;
  answer.body = to_json(wanted, false).dump();
  answer.effect = scoped_effect("destination", call.scope, {{"name", wanted.name}});
  return answer;
}

Answer get_indexing_rules(const XrayState& state, const Call& call) {
  return read_answer({{"IndexingRules", nlohmann::json::array({to_json(state.region(call.scope).resources.indexing)})},
                      {"NextToken", nullptr}});
}

Answer update_indexing_rule(const XrayState& state, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members members(*body, "");
  const auto name = members.text("Name", 0, std::string::npos, Need::required).value_or("");
  auto rule = state.region(call.scope).resources.indexing;
  if (const auto* given = members.object("Rule", Need::required)) {
    auto inner = members.within(*given, "Rule");
    if (const auto* probabilistic = inner.object("Probabilistic", Need::required)) {
      auto innermost = inner.within(*probabilistic, "Probabilistic");
      // A percentage; the model has no bounds, so these are a [guess].
      rule.percentage = innermost.number("DesiredSamplingPercentage", 0, 100, Need::required).value_or(0);
    }
  }
  if (auto refused = members.refusal()) return *refused;
  if (name != default_name) {  // text [guess]
    return Answer::refusal({"ResourceNotFoundException", fmt::format("Indexing rule {} does not exist", name), 404, {}},
                           found(id::resource_unknown, "Name", name));
  }
  rule.modified_s = whole_seconds(call.context.moment.wall_ns);
  Answer answer;
  answer.body = nlohmann::json{{"IndexingRule", to_json(rule)}}.dump();
  answer.effect = scoped_effect("indexing", call.scope, {{"percentage", rule.percentage}});
  return answer;
}

}  // namespace understudy::xray
