#include "xray/resources.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "xray/sampling.h"

namespace understudy::xray {
namespace {

using nlohmann::json;
using recording::Moment;

void put_policy(Resources& resources, const json& change, const Moment& moment) {
  ResourcePolicy policy{change.at("name"), change.at("document"), change.at("revision"), whole_seconds(moment.wall_ns)};
  const auto known = std::ranges::find(resources.policies, policy.name, &ResourcePolicy::name);
  if (known == resources.policies.end()) {
    resources.policies.push_back(std::move(policy));
  } else {
    *known = std::move(policy);
  }
}

void tag(Resources& resources, const json& change, const Moment&) {
  auto& tags = resources.tags[change.at("arn").get<std::string>()];
  for (const auto& [key, value] : change.at("tags").items()) tags.insert_or_assign(key, value.get<std::string>());
}

void untag(Resources& resources, const json& change, const Moment&) {
  const auto tagged = resources.tags.find(change.at("arn").get<std::string>());
  if (tagged == resources.tags.end()) return;
  for (const auto& key : change.at("keys")) tagged->second.erase(key.get<std::string>());
  if (tagged->second.empty()) resources.tags.erase(tagged);
}

void start_retrieval(Resources& resources, const json& change, const Moment& moment) {
  resources.retrievals[change.at("token").get<std::string>()] = {change.at("trace_ids"), change.at("start"),
                                                                 change.at("end"), moment.vendor_ns, false};
}

struct Change {
  std::string_view name;
  void (*apply)(Resources&, const json&, const Moment&);
};
constexpr Change changes[] = {
    {"tag", tag},
    {"untag", untag},
    {"put_policy", put_policy},
    {"delete_policy",
     [](Resources& resources, const json& change, const Moment&) {
       const auto name = change.at("name").get<std::string>();
       std::erase_if(resources.policies, [&](const auto& policy) { return policy.name == name; });
     }},
    {"encryption",
     [](Resources& resources, const json& change, const Moment& moment) {
       resources.encryption = {change.at("type"), change.at("key"), moment.vendor_ns};
     }},
    {"destination", [](Resources& resources, const json& change,
                       const Moment& moment) { resources.destination = {change.at("name"), true, moment.vendor_ns}; }},
    {"indexing",
     [](Resources& resources, const json& change, const Moment& moment) {
       resources.indexing = {change.at("percentage"), whole_seconds(moment.wall_ns)};
     }},
    {"start_retrieval", start_retrieval},
    {"cancel_retrieval",
     [](Resources& resources, const json& change, const Moment&) {
       const auto job = resources.retrievals.find(change.at("token").get<std::string>());
       if (job != resources.retrievals.end()) job->second.is_cancelled = true;
     }},
};

}  // namespace

const ResourcePolicy* Resources::find_policy(std::string_view name) const {
  const auto known = std::ranges::find(policies, name, &ResourcePolicy::name);
  return known == policies.end() ? nullptr : &*known;
}

void Resources::forget_tags(std::string_view arn) {
  if (const auto tagged = tags.find(arn); tagged != tags.end()) tags.erase(tagged);
}

bool apply_to(Resources& resources, std::string_view name, const json& change, const Moment& moment) {
  const auto* known = std::ranges::find(changes, name, &Change::name);
  if (known == std::end(changes)) return false;
  known->apply(resources, change, moment);
  return true;
}

json dump_of(const Resources& resources) {
  auto policies = json::array();
  for (const auto& policy : resources.policies) {
    policies.push_back({policy.name, policy.document, policy.revision, policy.updated_s});
  }
  auto retrievals = json::object();
  for (const auto& [token, job] : resources.retrievals) {
    retrievals[token] = {job.trace_ids, job.start_s, job.end_s, job.started_ns, job.is_cancelled};
  }
  const auto& [encryption, destination, indexing] =
      std::tie(resources.encryption, resources.destination, resources.indexing);
  return {{"tags", resources.tags},
          {"policies", policies},
          {"encryption", {encryption.type, encryption.key_id, encryption.changed_ns}},
          {"destination", {destination.name, destination.was_chosen, destination.changed_ns}},
          {"indexing", {indexing.percentage, indexing.modified_s}},
          {"retrievals", retrievals}};
}

}  // namespace understudy::xray
