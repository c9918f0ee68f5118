#include "cloudwatch_logs/groups.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "aws/arn.h"
#include "cloudwatch_logs/filters.h"
#include "cloudwatch_logs/input.h"
#include "cloudwatch_logs/page_token.h"

namespace understudy::cloudwatch_logs {
namespace {

constexpr char page_kind = 'g';
constexpr std::int64_t largest_page = 50;

// Days; what PutRetentionPolicy takes [code: botocore service-2.json].
constexpr int retentions[] = {1,   3,   5,   7,   14,   30,   60,   90,   120,  150,  180,
                              365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653};

// One group as DescribeLogGroups lists it. What is not set is left out, never null. The search by pattern has another
// back end at AWS, whose items lack two members [snapshot].
std::string described(const Call& call, const std::string& name, const Group& group, bool by_pattern) {
  const auto arn = aws::arn("logs", call.place.region, call.place.account, "log-group:" + name);
  auto json = fmt::format(R"({{"arn":"{}:*")", arn);
  if (group.bearer_token_authentication) {
    json += fmt::format(R"(,"bearerTokenAuthenticationEnabled":{})", *group.bearer_token_authentication);
  }
  json += fmt::format(R"(,"creationTime":{})", group.creation_time_ms);
  if (group.objects.contains("data_protection_policy")) json += R"(,"dataProtectionStatus":"ACTIVATED")";
  if (!by_pattern) json += fmt::format(R"(,"deletionProtectionEnabled":{})", group.deletion_protection);
  if (!group.kms_key_id.empty()) {
    json += R"(,"kmsKeyId":)";
    aws::append_json_string(json, group.kms_key_id);
  }
  json += fmt::format(R"(,"logGroupArn":"{}","logGroupClass":"{}","logGroupName":"{}","metricFilterCount":{})", arn,
                      group.log_group_class, name, objects_of_kind(group.objects, metric_filter_kind).size());
  if (group.retention_days) json += fmt::format(R"(,"retentionInDays":{})", *group.retention_days);
  if (!by_pattern) json += R"(,"storedBytes":0)";
  return json + '}';
}

struct Listing {
  std::optional<std::string> prefix;
  std::optional<std::string> pattern;
  std::optional<std::string> group_class;
  std::optional<std::vector<std::string>> identifiers;

  bool takes(const Call& call, const std::string& name, const Group& group) const {
    if (prefix && !name.starts_with(*prefix)) return false;
    if (pattern && !name.contains(*pattern)) return false;
    if (group_class && group.log_group_class != *group_class) return false;
    if (!identifiers) return true;
    const auto arn = aws::arn("logs", call.place.region, call.place.account, "log-group:" + name);
    return std::ranges::any_of(*identifiers, [&](const auto& wanted) { return wanted == name || wanted == arn; });
  }
};

std::string page_of(const Call& call, const Listing& listing, const std::string& after, std::int64_t limit) {
  std::string json = R"({"logGroups":[)";
  std::string last;
  std::string next;
  std::int64_t count = 0;
  for (auto at = after.empty() ? call.groups.begin() : call.groups.upper_bound(after); at != call.groups.end(); ++at) {
    const auto& [name, group] = *at;
    if (!listing.takes(call, name, group)) continue;
    if (count == limit) {
      next = make_page_token(page_kind, last);
      break;
    }
    if (count++ != 0) json += ',';
    json += described(call, name, group, listing.pattern.has_value());
    last = name;
  }
  json += ']';
  // A search by pattern does not know that it has come to the end: one more page follows, and it is empty [snapshot].
  if (listing.pattern && next.empty() && count > 0) next = make_page_token(page_kind, last);
  if (!next.empty()) json += fmt::format(R"(,"nextToken":"{}")", next);
  return json + '}';
}

recording::Decision refuse_retention(const Call& call, std::int64_t days) {
  std::vector<int> nearest(std::begin(retentions), std::end(retentions));
  const auto wanted = std::clamp<std::int64_t>(days, -10'000, 10'000);
  std::ranges::sort(nearest, {}, [&](int allowed) { return std::pair(std::abs(allowed - wanted), allowed); });
  return refuse(
      call,
      invalid_parameter(fmt::format("Invalid retention value. Valid values are: [{}]", fmt::join(retentions, ", "))),
      finding("group.retention-value", "retentionInDays",
              fmt::format("{} days; nearest allowed: {}", days, fmt::join(nearest, ", "))));
}

}  // namespace

recording::Decision create_log_group(const Call& call) {
  Input input(call);
  const auto name = input.required_text("logGroupName", group_name);
  const auto key = input.text("kmsKeyId", kms_key_id);
  const auto tags = input.tags("tags", false);
  const auto group_class = input.one_of("logGroupClass", log_group_classes);
  const bool is_protected = input.flag("deletionProtectionEnabled", false);
  if (const auto refused = input.refusal()) return *refused;
  if (name.starts_with("aws/")) {
    // Documented, with no recording of the text [guess].
    return refuse(call, invalid_parameter("Log groups starting with AWS/ are reserved for AWS."),
                  finding("group.reserved-name", "logGroupName", name));
  }
  if (find_group(call.groups, name) != nullptr) {
    return refuse(call, {"ResourceAlreadyExistsException", "The specified log group already exists", 400, {}},
                  finding("group.already-exists", "logGroupName", name));
  }
  auto effect = effect_on(call, name);
  auto& created = *effect.mutable_create_log_group();
  created.set_kms_key_id(key.value_or(""));
  created.set_log_group_class(group_class.value_or(""));
  created.set_deletion_protection(is_protected);
  for (const auto& [tag, value] : tags.value_or(Tags{})) {
    auto& added = *created.add_tags();
    added.set_key(tag);
    added.set_value(value);
  }
  return done(call, effect);
}

recording::Decision delete_log_group(const Call& call) {
  Input input(call);
  const auto name = input.required_text("logGroupName", group_name);
  if (const auto refused = input.refusal()) return *refused;
  const auto* group = find_group(call.groups, name);
  if (group == nullptr) return refuse_missing_group(call, name);
  if (group->deletion_protection) {
    return refuse(call, {"ValidationException", "The specified log group has deletion protection enabled.", 400, {}},
                  finding("group.protected", "logGroupName", name));
  }
  auto effect = effect_on(call, name);
  effect.mutable_delete_log_group();
  return done(call, effect);
}

recording::Decision describe_log_groups(const Call& call) {
  Input input(call);
  input.texts("accountIdentifiers", 0, 20, {});
  Listing listing;
  listing.prefix = input.text("logGroupNamePrefix", {1, group_name.max, group_name.pattern, is_group_name, true, true});
  listing.pattern = input.text("logGroupNamePattern", group_name_part);
  const auto token = input.text("nextToken", page_token);
  const auto limit = input.number("limit", 1, largest_page);
  const bool linked = input.flag("includeLinkedAccounts", false);
  listing.group_class = input.one_of("logGroupClass", log_group_classes);
  listing.identifiers = input.texts("logGroupIdentifiers", 1, 50, group_identifier);
  if (const auto refused = input.refusal()) return *refused;
  if (listing.prefix && listing.pattern) {
    return refuse(
        call, invalid_parameter("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters."),
        finding("input.exclusive", "logGroupNamePattern", "logGroupNamePrefix is given too"));
  }
  std::string after;
  if (token) {
    const auto position = read_page_token(page_kind, *token);
    if (!position) return refuse_next_token(call);
    after = *position;
  }
  auto decision = answer(call, page_of(call, listing, after, limit.value_or(largest_page)));
  if (linked || input.given("accountIdentifiers")) {
    const auto* which = linked ? "includeLinkedAccounts" : "accountIdentifiers";
    decision.findings.push_back(finding("input.ignored", which, "only the caller's own groups are listed"));
  }
  return decision;
}

recording::Decision put_retention_policy(const Call& call) {
  Input input(call);
  const auto name = input.required_text("logGroupName", group_name);
  const auto days = input.required_number("retentionInDays");
  if (const auto refused = input.refusal()) return *refused;
  if (std::ranges::find(retentions, days) == std::end(retentions)) return refuse_retention(call, days);
  if (find_group(call.groups, name) == nullptr) return refuse_missing_group(call, name);
  auto effect = effect_on(call, name);
  effect.mutable_set_retention()->set_days(static_cast<int>(days));
  return done(call, effect);
}

recording::Decision delete_retention_policy(const Call& call) {
  Input input(call);
  const auto name = input.required_text("logGroupName", group_name);
  if (const auto refused = input.refusal()) return *refused;
  if (find_group(call.groups, name) == nullptr) return refuse_missing_group(call, name);
  auto effect = effect_on(call, name);
  effect.mutable_set_retention()->set_days(0);
  return done(call, effect);
}

}  // namespace understudy::cloudwatch_logs
