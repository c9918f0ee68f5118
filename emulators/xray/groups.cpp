#include "xray/groups.h"

#include <fmt/format.h>

#include "aws/arn.h"
#include "base/bytes.h"
#include "xray/members.h"
#include "xray/rules.h"
#include "xray/scope.h"
#include "xray/tags.h"
#include "xray/traces_filter.h"

namespace understudy::xray {
namespace {

constexpr std::size_t most_groups = 25;  // of one's own in a region [guess]

// [code: terraform-provider-aws internal/service/xray/group.go]
constexpr std::string_view missing_text = "Group not found";
// The real sentence is not known; that the name is reserved is [snapshot].
constexpr std::string_view reserved_text = "Default is a reserved group name";

// RFC 4648 without padding. 32 bytes give the 52 characters of a group's ARN, the last of them A or Q [snapshot].
std::string base32(std::string_view bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string text;
  unsigned buffer = 0;
  int bits = 0;
  for (const char byte : bytes) {
    buffer = (buffer << 8) | static_cast<unsigned char>(byte);
    for (bits += 8; bits >= 5; bits -= 5) text += alphabet[(buffer >> (bits - 5)) & 31U];
    buffer &= (1U << bits) - 1;
  }
  if (bits > 0) text += alphabet[(buffer << (5 - bits)) & 31U];
  return text;
}

std::string arn_of_group(const Scope& scope, std::string_view name, const recording::Entropy& entropy) {
  const auto label = fmt::format("group {}/{}/{}", scope.account, scope.region, name);
  return aws::arn("xray", scope.region, scope.account,
                  fmt::format("group/{}/{}", name, base32(entropy.bytes(label, 32))));
}

// The group that every region has; without a filter expression [guess]. Its ARN never changes.
Group default_group(const Scope& scope) {
  const recording::Entropy unchanging(0, "xray", 0);
  return {std::string(default_name), arn_of_group(scope, default_name, unchanging), "", false, false};
}

nlohmann::json to_json(const Group& group) {
  nlohmann::json json = {
      {"GroupARN", group.arn},
      {"GroupName", group.name},
      {"InsightsConfiguration", {{"InsightsEnabled", group.insights}, {"NotificationsEnabled", group.notifications}}}};
  if (!group.filter.empty()) json["FilterExpression"] = group.filter;
  return json;
}

void read_settings(Members& members, Group& group) {
  if (auto filter = members.text("FilterExpression", 0, 2000, Need::optional)) group.filter = std::move(*filter);
  const auto* given = members.object("InsightsConfiguration", Need::optional);
  if (given == nullptr) return;
  auto insights = members.within(*given, "InsightsConfiguration");
  if (const auto enabled = insights.boolean("InsightsEnabled")) group.insights = *enabled;
  if (const auto enabled = insights.boolean("NotificationsEnabled")) group.notifications = *enabled;
}

void warn_of_filter(const Group& group, Answer& answer) {
  for (const auto& service : services_of_filter(group.filter)) {
    const bool is_odd =
        !service.quoted || service.name.starts_with('-') || service.name.contains("://") || service.name.contains('$');
    if (is_odd) answer.findings.push_back(found(id::group_filter_shell, "FilterExpression", group.filter));
  }
}

Answer put(const XrayState& state, const Call& call, const Group& group) {
  Answer answer;
  answer.body = nlohmann::json{{"Group", to_json(group)}}.dump();
  answer.effect = scoped_effect("put_group", call.scope,
                                {{"name", group.name},
                                 {"arn", group.arn},
                                 {"filter", group.filter},
                                 {"insights", group.insights},
                                 {"notifications", group.notifications}});
  warn_of_filter(group, answer);
  warn_of_region(state, call, answer);
  return answer;
}

bool is_default(std::string_view name) { return equals_ignoring_case(name, default_name); }

Answer refuse_reserved(std::string_view name) {
  return Answer::refusal(invalid_request(std::string(reserved_text)), found(id::group_reserved, "GroupName", name));
}

}  // namespace

std::expected<Group, Answer> named_group(const XrayState& state, const Call& call, Members& members) {
  const auto name = members.text("GroupName", 1, 32, Need::optional);
  const auto arn = members.text("GroupARN", 1, 400, Need::optional);
  if (!name && !arn) (void)members.text("GroupName", 1, 32, Need::required);  // says that it is missing
  if (auto refused = members.refusal()) return std::unexpected(std::move(*refused));
  const auto is_meant = [&](const Group& group) { return name ? group.name == *name : group.arn == *arn; };
  for (auto& group : groups_of(state, call.scope)) {
    if (is_meant(group)) return std::move(group);
  }
  return std::unexpected(
      Answer::refusal(invalid_request(std::string(missing_text)),
                      found(id::group_unknown, name ? "GroupName" : "GroupARN", name ? *name : *arn)));
}

std::vector<FilterService> services_of_filter(std::string_view filter) {
  constexpr std::string_view keyword = "service(";
  std::vector<FilterService> services;
  for (auto at = filter.find(keyword); at != std::string_view::npos; at = filter.find(keyword)) {
    filter.remove_prefix(at + keyword.size());
    auto argument = trim(filter.substr(0, filter.find(')')));
    if (argument.starts_with("id(")) continue;  // asks for more than a name
    const bool quoted = argument.empty() || (argument.size() > 1 && argument.front() == '"' && argument.back() == '"');
    if (quoted && !argument.empty()) argument = argument.substr(1, argument.size() - 2);
    services.push_back({argument, quoted});
  }
  return services;
}

std::vector<Group> groups_of(const XrayState& state, const Scope& scope) {
  std::vector<Group> groups{default_group(scope)};
  std::ranges::copy(state.region(scope).groups, std::back_inserter(groups));
  return groups;
}

Answer get_groups(const XrayState& state, const Call& call) {
  if (const auto body = object_of(call); !body) return body.error();
  auto groups = nlohmann::json::array();
  for (const auto& group : groups_of(state, call.scope)) groups.push_back(to_json(group));
  Answer answer;
  answer.body = nlohmann::json{{"Groups", std::move(groups)}, {"NextToken", nullptr}}.dump();
  answer.read = true;
  return answer;
}

Answer get_group(const XrayState& state, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members members(*body, "");
  const auto group = named_group(state, call, members);
  if (!group) return group.error();
  Answer answer;
  answer.body = nlohmann::json{{"Group", to_json(*group)}}.dump();
  answer.read = true;
  return answer;
}

Answer create_group(const XrayState& state, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members members(*body, "");
  Group group;
  group.name = members.text("GroupName", 1, 32, Need::required).value_or("");
  read_settings(members, group);
  const auto tags = read_tags(members, Need::optional);
  if (const auto refused = members.refusal()) return *refused;
  if (is_default(group.name)) return refuse_reserved(group.name);
  const auto& region = state.region(call.scope);
  if (region.find_group(group.name) != nullptr) {
    // The sentence ends so [code: aws-cloudformation-resource-providers-xray]; its beginning is a [guess].
    return Answer::refusal(invalid_request(fmt::format("Group {} already exists", group.name)),
                           found(id::group_exists, "GroupName", group.name));
  }
  group.arn = arn_of_group(call.scope, group.name, call.context.entropy);
  if (auto refused = refuse_tags({}, tags, group.arn)) return *refused;
  if (const auto filter = filter_of(state, call.scope, group.filter); !filter) return filter.error();
  auto answer = put(state, call, group);
  answer.effect = with_tags(std::move(answer.effect), call.scope, group.arn, tags);
  if (region.groups.size() >= most_groups) answer.findings.push_back(found(id::group_limit, "GroupName", group.name));
  return answer;
}

Answer update_group(const XrayState& state, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members members(*body, "");
  auto group = named_group(state, call, members);
  if (!group) return group.error();
  if (is_default(group->name)) return refuse_reserved(group->name);
  read_settings(members, *group);
  if (const auto refused = members.refusal()) return *refused;
  if (const auto filter = filter_of(state, call.scope, group->filter); !filter) return filter.error();
  return put(state, call, *group);
}

Answer delete_group(const XrayState& state, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members members(*body, "");
  const auto group = named_group(state, call, members);
  if (!group) return group.error();
  if (is_default(group->name)) return refuse_reserved(group->name);
  Answer answer;
  answer.effect = scoped_effect("delete_group", call.scope, {{"name", group->name}});
  return answer;
}

}  // namespace understudy::xray
