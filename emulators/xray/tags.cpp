#include "xray/tags.h"

#include <fmt/format.h>

#include "xray/groups.h"
#include "xray/rules.h"
#include "xray/scope.h"

namespace understudy::xray {
namespace {

constexpr std::size_t most_items = 200;  // of a request [code: API model]
constexpr std::size_t most_tags = 50;    // of a resource [docs]

// The text is not recorded [guess]; status, type and ResourceName are the model's [code].
Answer refuse_unknown(const std::string& arn) {
  std::string quoted;
  aws::append_json_string(quoted, arn);
  return Answer::refusal({"ResourceNotFoundException",
                          fmt::format("Resource {} does not exist", arn),
                          404,
                          {{"ResourceName", std::move(quoted)}}},
                         found(id::resource_unknown, "ResourceARN", arn));
}

void hold_length(Members& members, std::string_view name, const nlohmann::json& items) {
  if (items.size() <= most_items) return;
  members.violation(name, fmt::format("{} items", items.size()), aws::constraint::max_length(most_items));
}

// The ARN that a call is about; the refusal if it is of no group or rule here.
std::expected<std::string, Answer> taggable(const XrayState& state, const Call& call, Members& members) {
  auto arn = members.text("ResourceARN", 1, 1011, Need::required).value_or("");
  if (auto refused = members.refusal()) return std::unexpected(std::move(*refused));
  for (const auto& rule : state.region(call.scope).rules) {
    if (arn == arn_of_rule(call.scope, rule.name)) return arn;
  }
  for (const auto& group : groups_of(state, call.scope)) {
    if (arn == group.arn) return arn;
  }
  return std::unexpected(refuse_unknown(arn));
}

const Tags& tags_of(const XrayState& state, const Call& call, std::string_view arn) {
  static const Tags none;
  const auto& all = state.region(call.scope).resources.tags;
  const auto known = all.find(arn);
  return known == all.end() ? none : known->second;
}

}  // namespace

Tags read_tags(Members& members, Need need) {
  Tags tags;
  const auto* items = members.array("Tags", need);
  if (items == nullptr) return tags;
  hold_length(members, "Tags", *items);
  std::size_t index = 0;
  for (const auto& item : *items) {
    auto tag = members.within(item, fmt::format("tags.{}.member", ++index));
    const auto key = tag.text("Key", 1, 128, Need::required);
    const auto value = tag.text("Value", 0, 256, Need::required);
    if (key && value) tags.insert_or_assign(*key, *value);
  }
  return tags;
}

std::optional<Answer> refuse_tags(const Tags& already, const Tags& more, std::string_view arn) {
  auto together = already;
  for (const auto& [key, value] : more) {
    if (key.starts_with("aws:")) {
      return Answer::refusal(invalid_request(fmt::format("Tag key {} is reserved", key)),  // text [guess]
                             found(id::tag_reserved, "Tags", key));
    }
    together.insert_or_assign(key, value);
  }
  if (together.size() <= most_tags) return std::nullopt;
  std::string quoted;
  aws::append_json_string(quoted, arn);
  return Answer::refusal({"TooManyTagsException",
                          fmt::format("A resource can have at most {} tags", most_tags),  // text [guess]
                          400,
                          {{"ResourceName", std::move(quoted)}}},
                         found(id::tag_limit, "Tags", fmt::format("{} tags", together.size())));
}

std::string with_tags(std::string effect, const Scope& scope, const std::string& arn, const Tags& tags) {
  if (tags.empty()) return effect;
  auto both = nlohmann::json::parse(effect);
  both.update(nlohmann::json::parse(scoped_effect("tag", scope, {{"arn", arn}, {"tags", tags}})));
  return both.dump();
}

Answer tag_resource(const XrayState& state, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members members(*body, "");
  const auto tags = read_tags(members, Need::required);
  const auto arn = taggable(state, call, members);
  if (!arn) return arn.error();
  if (auto refused = refuse_tags(tags_of(state, call, *arn), tags, *arn)) return *refused;
  Answer answer;
  if (!tags.empty()) answer.effect = scoped_effect("tag", call.scope, {{"arn", *arn}, {"tags", tags}});
  return answer;
}

Answer untag_resource(const XrayState& state, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members members(*body, "");
  auto keys = nlohmann::json::array();
  if (const auto* given = members.array("TagKeys", Need::required)) {
    hold_length(members, "TagKeys", *given);
    for (const auto& key : *given) {
      if (!key.is_string()) return unreadable("TagKeys", "not a string");
      keys.push_back(key);
    }
  }
  const auto arn = taggable(state, call, members);
  if (!arn) return arn.error();
  Answer answer;
  answer.effect = scoped_effect("untag", call.scope, {{"arn", *arn}, {"keys", std::move(keys)}});
  return answer;
}

Answer list_tags_for_resource(const XrayState& state, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members members(*body, "");
  const auto arn = taggable(state, call, members);
  if (!arn) return arn.error();
  auto tags = nlohmann::json::array();
  for (const auto& [key, value] : tags_of(state, call, *arn)) tags.push_back({{"Key", key}, {"Value", value}});
  Answer answer;
  answer.body = nlohmann::json{{"NextToken", nullptr}, {"Tags", std::move(tags)}}.dump();
  answer.read = true;
  return answer;
}

}  // namespace understudy::xray
