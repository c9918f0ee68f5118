#include "cloudwatch_logs/deliveries.h"

#include <fmt/format.h>

#include <algorithm>

#include "cloudwatch_logs/objects.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::json;

// Texts [snapshot].
constexpr Resource source{
    "delivery-source", 'S', "deliverySources", "name", "", "Requested Delivery Source does not exist in this account."};
constexpr Resource destination{"delivery-destination",
                               'T',
                               "deliveryDestinations",
                               "name",
                               "",
                               "Requested Delivery Destination does not exist in this account."};
constexpr Resource delivery{"delivery", 'V', "deliveries",
                            "id",       "",  "Requested Delivery does not exist in this account."};
constexpr Resource destination_policy{
    "delivery_destination_policy", 'P', "",
    "deliveryDestinationName",     "",  "Requested Delivery Destination does not exist in this account."};

// The services whose logs can be delivered, as the third part of their ARNs [docs: PutDeliverySource].
constexpr std::string_view services[] = {"apigateway",
                                         "bedrock",
                                         "bedrock-agentcore",
                                         "cloudfront",
                                         "codewhisperer",
                                         "ec2",
                                         "eks",
                                         "elasticache",
                                         "entityresolution",
                                         "events",
                                         "mediapackagev2",
                                         "mediatailor",
                                         "network-firewall",
                                         "pcs",
                                         "qbusiness",
                                         "rtbfabric",
                                         "scn",
                                         "ses",
                                         "sso",
                                         "states",
                                         "transfer",
                                         "vpc",
                                         "vpc-lattice",
                                         "wafv2",
                                         "wisdom",
                                         "workmail"};

// "arn:aws:s3:::bucket" -> "s3".
std::string service_of(const std::string& arn) {
  const auto first = arn.find(':');
  const auto second = first == std::string::npos ? first : arn.find(':', first + 1);
  const auto third = second == std::string::npos ? second : arn.find(':', second + 1);
  return third == std::string::npos ? "" : arn.substr(second + 1, third - second - 1);
}

std::string type_of(const std::string& arn) {
  static constexpr std::pair<std::string_view, std::string_view> types[] = {
      {"s3", "S3"}, {"logs", "CWL"}, {"firehose", "FH"}, {"xray", "XRAY"}};
  const auto service = service_of(arn);
  const auto* found = std::ranges::find(types, service, &std::pair<std::string_view, std::string_view>::first);
  return found == std::end(types) ? "" : std::string(found->second);
}

recording::Decision put_source(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto name = input.text("name").value_or("");
  const auto resource = input.text("resourceArn").value_or("");
  const auto service = service_of(resource);
  if (std::ranges::find(services, service) == std::end(services)) {
    return refuse(call, {"ValidationException", "Cannot access provided service.", 400, {}},
                  finding("delivery.service", "resourceArn", resource));
  }
  json item = {
      {"arn", arn_of(call, source.kind, name)}, {"name", name}, {"resourceArns", {resource}}, {"service", service}};
  copy_members(item, input, {"logType", "deliverySourceConfiguration"});
  auto shown = item;
  copy_members(shown, input, {"tags"});
  return store(call, "", source, name, item, {{"deliverySource", shown}});
}

recording::Decision put_destination(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto name = input.text("name").value_or("");
  std::string target;
  if (const auto* configuration = input.json("deliveryDestinationConfiguration")) {
    target = configuration->value("destinationResourceArn", "");
  }
  json item = {{"arn", arn_of(call, destination.kind, name)},
               {"deliveryDestinationType", input.text("deliveryDestinationType").value_or(type_of(target))},
               {"name", name}};
  copy_members(item, input, {"deliveryDestinationConfiguration", "outputFormat"});
  // Tags are in the answer to Put alone [snapshot].
  auto shown = item;
  copy_members(shown, input, {"tags"});
  return store(call, "", destination, name, item, {{"deliveryDestination", shown}});
}

bool is_used(const Call& call, std::string_view member, const std::string& value) {
  return std::ranges::any_of(list_objects(call.objects, delivery.kind),
                             [&](const auto& one) { return one.second.value(member, "") == value; });
}

recording::Decision delete_end(const Call& call, const Resource& end, std::string_view member, bool by_arn) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto name = input.text(end.key).value_or("");
  if (find_object(call.objects, end.kind, name) == nullptr) return refuse_missing(call, end, name);
  if (is_used(call, member, by_arn ? arn_of(call, end.kind, name) : name)) {
    // Type from the model, text without a recording [guess].
    return refuse(call,
                  {"ConflictException", "This resource is in use by a delivery. Delete the delivery first.", 400, {}},
                  finding("delivery.in-use", std::string(end.key), name));
  }
  return remove(call, "", end, name);
}

recording::Decision put_destination_policy(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto name = input.text("deliveryDestinationName").value_or("");
  if (find_object(call.objects, destination.kind, name) == nullptr) return refuse_missing(call, destination, name);
  json item;
  copy_members(item, input, {"deliveryDestinationPolicy"});
  return store(call, "", destination_policy, name, item, {{"policy", item}});
}

recording::Decision get_destination_policy(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto name = input.text("deliveryDestinationName").value_or("");
  if (find_object(call.objects, destination.kind, name) == nullptr) return refuse_missing(call, destination, name);
  const auto* policy = find_object(call.objects, destination_policy.kind, name);
  return answer(call, fmt::format(R"({{"policy":{}}})", policy == nullptr ? "{}" : *policy));
}

recording::Decision create(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto from = input.text("deliverySourceName").value_or("");
  const auto to = input.text("deliveryDestinationArn").value_or("");
  if (find_object(call.objects, source.kind, from) == nullptr) return refuse_missing(call, source, from);
  const auto own = arn_of(call, destination.kind, "");
  const auto* end = find_object(call.objects, destination.kind, to.starts_with(own) ? to.substr(own.size()) : to);
  if (end == nullptr) return refuse_missing(call, destination, to);
  for (const auto& [id, other] : list_objects(call.objects, delivery.kind)) {
    if (other["deliverySourceName"] != from || other["deliveryDestinationArn"] != to) continue;
    return refuse(call, {"ConflictException", "Delivery already exists.", 400, {}},  // [guess]
                  finding("delivery.exists", "deliveryDestinationArn", id));
  }
  const auto id =
      call.context.entropy.text("delivery", 16, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
  json item = {{"arn", arn_of(call, delivery.kind, id)},
               {"deliveryDestinationType", json::parse(*end)["deliveryDestinationType"]},
               {"id", id}};
  copy_members(
      item, input,
      {"deliverySourceName", "deliveryDestinationArn", "recordFields", "fieldDelimiter", "s3DeliveryConfiguration"});
  auto shown = item;
  copy_members(shown, input, {"tags"});
  return store(call, "", delivery, id, item, {{"delivery", shown}});
}

recording::Decision update(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto id = input.text("id").value_or("");
  const auto* found = find_object(call.objects, delivery.kind, id);
  if (found == nullptr) return refuse_missing(call, delivery, id);
  auto item = json::parse(*found);
  copy_members(item, input, {"recordFields", "fieldDelimiter", "s3DeliveryConfiguration"});
  return store(call, "", delivery, id, item, json::object());
}

constexpr NamedOperation operations[] = {
    {"PutDeliverySource", put_source},
    {"GetDeliverySource", [](const Call& call) { return show_one(call, source, "deliverySource"); }},
    {"DescribeDeliverySources", [](const Call& call) { return describe_all(call, source); }},
    {"DeleteDeliverySource", [](const Call& call) { return delete_end(call, source, "deliverySourceName", false); }},
    {"PutDeliveryDestination", put_destination},
    {"GetDeliveryDestination", [](const Call& call) { return show_one(call, destination, "deliveryDestination"); }},
    {"DescribeDeliveryDestinations", [](const Call& call) { return describe_all(call, destination); }},
    {"DeleteDeliveryDestination",
     [](const Call& call) { return delete_end(call, destination, "deliveryDestinationArn", true); }},
    {"PutDeliveryDestinationPolicy", put_destination_policy},
    {"GetDeliveryDestinationPolicy", get_destination_policy},
    {"DeleteDeliveryDestinationPolicy", [](const Call& call) { return delete_one(call, destination_policy); }},
    {"CreateDelivery", create},
    {"GetDelivery", [](const Call& call) { return show_one(call, delivery, "delivery"); }},
    {"DescribeDeliveries", [](const Call& call) { return describe_all(call, delivery); }},
    {"DeleteDelivery", [](const Call& call) { return delete_one(call, delivery); }},
    {"UpdateDeliveryConfiguration", update}};

}  // namespace

std::span<const NamedOperation> delivery_operations() { return operations; }

}  // namespace understudy::cloudwatch_logs
