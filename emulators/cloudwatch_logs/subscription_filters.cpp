#include "cloudwatch_logs/subscription_filters.h"

#include <fmt/format.h>

#include "cloudwatch_logs/filters.h"
#include "cloudwatch_logs/objects.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::json;

// 2 a group; texts [snapshot].
constexpr Resource subscription_filter{subscription_filter_kind,
                                       'u',
                                       "subscriptionFilters",
                                       "filterName",
                                       "filterNamePrefix",
                                       "The specified subscription filter does not exist.",
                                       2};
constexpr Resource destination{"destination",           'd',
                               "destinations",          "destinationName",
                               "DestinationNamePrefix", "The specified destination does not exist."};

// "arn:aws:lambda:us-east-1:000000000000:function:f" in its parts.
struct Arn {
  std::string service;
  std::string account;
  std::string resource;
};

Arn split_arn(const std::string& text) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (int i = 0; i < 5; ++i) {
    const auto colon = text.find(':', from);
    if (colon == std::string::npos) return {};
    parts.push_back(text.substr(from, colon - from));
    from = colon + 1;
  }
  return {parts[2], parts[4], text.substr(from)};
}

// What AWS says of a destination before it looks for the group [snapshot].
std::optional<recording::Decision> refuse_destination(const Call& call, Input& input) {
  const auto given = input.text("destinationArn").value_or("");
  const auto arn = split_arn(given);
  const auto refused = [&](const aws::Error& error) {
    return refuse(call, error, finding("subscription.destination", "destinationArn", given));
  };
  if (arn.service.empty()) {
    return refused(invalid_parameter("destinationArn is not a valid ARN"));  // [guess]
  }
  if (arn.service == "lambda" && arn.account != call.place.account) {
    return refused({"AccessDeniedException",
                    "Cross-account lambda invocation passing is not allowed. You must use DestinationPolicies to "
                    "create cross account lambda triggers.",
                    400,
                    {}});
  }
  if ((arn.service == "kinesis" || arn.service == "firehose") && !input.given("roleArn")) {
    return refused(
        invalid_parameter(fmt::format("destinationArn for vendor {} cannot be used without roleArn", arn.service)));
  }
  if (arn.service == "logs" && arn.account == call.place.account && arn.resource.starts_with("destination:") &&
      find_object(call.objects, destination.kind, arn.resource.substr(12)) == nullptr) {
    return refused(not_found(std::string(destination.missing)));  // [guess]
  }
  return std::nullopt;
}

recording::Decision put(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  if (const auto refused = refuse_destination(call, input)) return *refused;
  const auto pattern = input.text("filterPattern").value_or("");
  if (const auto refused = refuse_pattern(call, pattern)) return *refused;
  const auto found = group_of(call, input);
  if (!found) return found.error();
  const auto name = input.text("filterName").value_or("");
  const auto& others = objects_of_kind(found->group->objects, subscription_filter.kind);
  if (!others.contains(name) && others.size() >= subscription_filter.most) {
    return refuse_for_limit(call, "filterName", subscription_filter.most);
  }
  if (const auto refused = refuse_regex_patterns(call, *found->group, subscription_filter, name, pattern))
    return *refused;
  json item = {{"applyOnTransformedLogs", input.flag("applyOnTransformedLogs", false)},
               {"creationTime", call.now_ms()},
               {"destinationArn", input.text("destinationArn").value_or("")},
               {"distribution", input.text("distribution").value_or("ByLogStream")},
               {"filterName", name},
               {"filterPattern", pattern},
               {"logGroupName", found->name}};
  copy_members(item, input, {"roleArn", "fieldSelectionCriteria", "emitSystemFields"});
  return store(call, found->name, subscription_filter, name, item);
}

recording::Decision describe(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto found = group_of(call, input);
  if (!found) return found.error();
  const auto prefix = input.text("filterNamePrefix").value_or("");
  Listed listed;
  for (auto& named : list_objects(found->group->objects, subscription_filter.kind)) {
    if (named.first.starts_with(prefix)) listed.push_back(std::move(named));
  }
  return answer_page(call, input, subscription_filter, listed);
}

recording::Decision delete_filter(const Call& call) { return delete_filter_of(call, subscription_filter); }

recording::Decision put_destination(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto name = input.text("destinationName").value_or("");
  json item = {{"arn", arn_of(call, destination.kind, name)}, {"creationTime", call.now_ms()}};
  if (const auto* old = find_object(call.objects, destination.kind, name)) {
    const auto before = json::parse(*old);
    item["creationTime"] = before["creationTime"];
    if (before.contains("accessPolicy")) item["accessPolicy"] = before["accessPolicy"];
  }
  copy_members(item, input, {"destinationName", "targetArn", "roleArn"});
  return store(call, "", destination, name, item, {{"destination", item}});
}

recording::Decision put_destination_policy(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto name = input.text("destinationName").value_or("");
  const auto* found = find_object(call.objects, destination.kind, name);
  if (found == nullptr) return refuse_missing(call, destination, name);
  auto item = json::parse(*found);
  copy_members(item, input, {"accessPolicy"});
  return store(call, "", destination, name, item);
}

recording::Decision describe_destinations(const Call& call) { return describe_all(call, destination); }
recording::Decision delete_destination(const Call& call) { return delete_one(call, destination); }

constexpr NamedOperation operations[] = {{"PutSubscriptionFilter", put},
                                         {"DescribeSubscriptionFilters", describe},
                                         {"DeleteSubscriptionFilter", delete_filter},
                                         {"PutDestination", put_destination},
                                         {"PutDestinationPolicy", put_destination_policy},
                                         {"DescribeDestinations", describe_destinations},
                                         {"DeleteDestination", delete_destination}};

}  // namespace

std::span<const NamedOperation> subscription_operations() { return operations; }

}  // namespace understudy::cloudwatch_logs
