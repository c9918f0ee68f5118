#include "cloudwatch_logs/filter_matches.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "cloudwatch_logs/filter_pattern.h"
#include "cloudwatch_logs/filters.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::json;

constexpr std::string_view account_policy_kind = "account_policy";

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// A literal, or what a reference ("$.bytes", "$size") finds in the message.
std::optional<std::string> resolve(const FilterPattern& pattern, const std::string& given, std::string_view message) {
  if (!given.starts_with('$')) return given;
  return pattern.value_of(given, message);
}

void deliver(effect::PutLogEvents& put, const std::string& name, const json& filter, std::uint32_t first,
             std::span<const std::string_view> messages) {
  const auto pattern = FilterPattern::parse(filter.value("filterPattern", ""));
  if (!pattern) return;
  effect::SubscriptionDelivery delivery;
  for (std::uint32_t i = 0; i < messages.size(); ++i) {
    if (pattern->matches(messages[i])) delivery.add_events(first + i);
  }
  if (delivery.events().empty()) return;
  delivery.set_filter_name(name);
  delivery.set_destination_arn(filter.value("destinationArn", ""));
  *put.add_deliveries() = std::move(delivery);
}

// A value that is no number makes no datum [docs: metric filters].
void measure(effect::PutLogEvents& put, const std::string& name, const json& filter, std::uint32_t first,
             std::span<const std::string_view> messages) {
  const auto pattern = FilterPattern::parse(filter.value("filterPattern", ""));
  if (!pattern) return;
  for (std::uint32_t i = 0; i < messages.size(); ++i) {
    if (!pattern->matches(messages[i])) continue;
    for (const auto& wanted : filter["metricTransformations"]) {
      const auto text = resolve(*pattern, wanted.value("metricValue", ""), messages[i]);
      const auto value = text ? number_of(*text) : std::nullopt;
      if (!value) continue;
      auto& datum = *put.add_metric_data();
      datum.set_filter_name(name);
      datum.set_metric_namespace(wanted.value("metricNamespace", ""));
      datum.set_metric_name(wanted.value("metricName", ""));
      datum.set_value(*value);
      datum.set_unit(wanted.value("unit", ""));
      datum.set_event(first + i);
      const auto dimensions = wanted.value("dimensions", json::object());
      for (const auto& [key, reference] : dimensions.items()) {
        const auto found = resolve(*pattern, reference.get<std::string>(), messages[i]);
        if (!found) continue;
        auto& dimension = *datum.add_dimensions();
        dimension.set_key(key);
        dimension.set_value(*found);
      }
    }
  }
}

// Of a document that a client wrote; empty if it is no text.
std::string text_member(const json& document, std::string_view name) {
  const auto found = document.find(name);
  return found != document.end() && found->is_string() ? found->get<std::string>() : "";
}

// "LogGroupName NOT IN ["a", "b"]": the groups that an account's subscription leaves out [docs: PutAccountPolicy].
bool is_left_out(const json& policy, std::string_view group) {
  const auto criteria = policy.value("selectionCriteria", "");
  const auto bracket = criteria.find('[');
  if (bracket == std::string::npos) return false;
  const auto names = json::parse(criteria.substr(bracket), nullptr, false);
  return names.is_array() && std::ranges::any_of(names, [&](const json& name) { return name == group; });
}

}  // namespace

bool has_filters(const Group& group, const Objects& account) {
  return group.objects.contains(subscription_filter_kind) || group.objects.contains(metric_filter_kind) ||
         account.contains(account_policy_kind);
}

void add_filter_matches(effect::PutLogEvents& put, std::string_view of_group, const Group& group,
                        const Objects& account, std::uint32_t first, std::span<const std::string_view> messages) {
  for (const auto& [name, text] : objects_of_kind(group.objects, subscription_filter_kind)) {
    deliver(put, name, json::parse(text), first, messages);
  }
  for (const auto& [key, text] : objects_of_kind(account, account_policy_kind)) {
    const auto policy = json::parse(text);
    if (policy["policyType"] != "SUBSCRIPTION_FILTER_POLICY" || is_left_out(policy, of_group)) continue;
    const auto document = json::parse(policy["policyDocument"].get<std::string>(), nullptr, false);
    const json filter = {{"filterPattern", text_member(document, "FilterPattern")},
                         {"destinationArn", text_member(document, "DestinationArn")}};
    deliver(put, policy["policyName"], filter, first, messages);
  }
  for (const auto& [name, text] : objects_of_kind(group.objects, metric_filter_kind)) {
    measure(put, name, json::parse(text), first, messages);
  }
}

}  // namespace understudy::cloudwatch_logs
