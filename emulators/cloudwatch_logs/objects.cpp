#include "cloudwatch_logs/objects.h"

#include <fmt/format.h>

#include "aws/arn.h"
#include "cloudwatch_logs/page_token.h"

namespace understudy::cloudwatch_logs {

using nlohmann::json;

namespace {

std::string text_of(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

recording::Decision change(const Call& call, const effect::Effect& effect, const json& answer) {
  auto decision = done(call, effect);
  if (!answer.is_null()) decision.reply = aws::json_reply(text_of(answer), call.context.entropy);
  return decision;
}

}  // namespace

std::string arn_of(const Call& call, std::string_view kind, std::string_view name) {
  return aws::arn("logs", call.place.region, call.place.account, fmt::format("{}:{}", kind, name));
}

std::string group_arn(const Call& call, std::string_view group) { return arn_of(call, "log-group", group); }

std::string group_name_of(const Call& call, std::string_view identifier) {
  const auto own = group_arn(call, "");
  return std::string(identifier.starts_with(own) ? identifier.substr(own.size()) : identifier);
}

std::expected<FoundGroup, recording::Decision> group_of(const Call& call, const Input& input) {
  const auto* given = input.json("logGroupName");
  if (given == nullptr) given = input.json("logGroupIdentifier");
  const auto name = given == nullptr ? "" : group_name_of(call, given->get<std::string>());
  const auto* group = find_group(call.groups, name);
  if (group == nullptr) return std::unexpected(refuse_missing_group(call, name));
  return FoundGroup{name, group};
}

json without_nulls(const json& value) {
  if (!value.is_structured()) return value;
  auto kept = value.is_array() ? json::array() : json::object();
  for (const auto& [name, one] : value.items()) {
    if (one.is_null()) continue;
    if (value.is_array()) {
      kept.push_back(without_nulls(one));
    } else {
      kept[name] = without_nulls(one);
    }
  }
  return kept;
}

void copy_members(json& into, const Input& input, std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    if (const auto* value = input.json(name)) into[name] = without_nulls(*value);
  }
}

recording::Decision store(const Call& call, std::string_view group, const Resource& resource, std::string_view key,
                          const json& item, const json& answer) {
  auto effect = effect_on(call, group);
  auto& put = *effect.mutable_put_object();
  put.set_kind(std::string(resource.kind));
  put.set_key(std::string(key));
  put.set_json(text_of(item));
  return change(call, effect, answer);
}

recording::Decision remove(const Call& call, std::string_view group, const Resource& resource, std::string_view key,
                           const json& answer) {
  auto effect = effect_on(call, group);
  effect.mutable_delete_object()->set_kind(std::string(resource.kind));
  effect.mutable_delete_object()->set_key(std::string(key));
  return change(call, effect, answer);
}

recording::Decision refuse_missing(const Call& call, const Resource& resource, std::string_view key) {
  return refuse(call, not_found(fmt::format(fmt::runtime(resource.missing), key)),
                finding("resource.missing", std::string(resource.key), std::string(key)));
}

Listed list_objects(const Objects& objects, std::string_view kind) {
  Listed all;
  for (const auto& [key, text] : objects_of_kind(objects, kind))
    all.emplace_back(key, json::parse(text, nullptr, false));
  return all;
}

recording::Decision answer_page(const Call& call, const Input& input, const Resource& resource, const Listed& all,
                                std::size_t otherwise) {
  const auto* limit = input.json("limit") != nullptr ? input.json("limit") : input.json("maxResults");
  const auto most = limit == nullptr ? otherwise : limit->get<std::size_t>();
  std::optional<std::string> after;
  if (const auto* token = input.json("nextToken")) {
    after = read_page_token(resource.page, token->get<std::string>());
    if (!after) return refuse_next_token(call);
  }
  json page = json::array();
  json body;
  std::string last;
  for (const auto& [key, item] : all) {
    if (after && key <= *after) continue;
    if (page.size() == most) {
      body["nextToken"] = make_page_token(resource.page, last);
      break;
    }
    page.push_back(item);
    last = key;
  }
  body[resource.list] = std::move(page);
  return answer(call, text_of(body));
}

recording::Decision describe_all(const Call& call, const Resource& resource) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto* prefix = resource.prefix.empty() ? nullptr : input.json(resource.prefix);
  Listed listed;
  for (auto& named : list_objects(call.objects, resource.kind)) {
    if (prefix == nullptr || named.first.starts_with(prefix->get_ref<const std::string&>())) {
      listed.push_back(std::move(named));
    }
  }
  return answer_page(call, input, resource, listed);
}

recording::Decision show_one(const Call& call, const Resource& resource, std::string_view member) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto key = input.text(resource.key).value_or("");
  const auto* found = find_object(call.objects, resource.kind, key);
  if (found == nullptr) return refuse_missing(call, resource, key);
  return answer(call, fmt::format(R"({{"{}":{}}})", member, *found));
}

recording::Decision delete_one(const Call& call, const Resource& resource) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto key = input.text(resource.key).value_or("");
  if (find_object(call.objects, resource.kind, key) == nullptr) return refuse_missing(call, resource, key);
  return remove(call, "", resource, key);
}

}  // namespace understudy::cloudwatch_logs
