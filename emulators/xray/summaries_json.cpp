#include "xray/summaries_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "xray/limits.h"
#include "xray/summaries_causes.h"
#include "xray/traces_document.h"

namespace understudy::xray {
namespace {

using nlohmann::json;

class Summary {
 public:
  Summary(const Trace& trace, TraceIndex& index) : trace_(trace), index_(index), assembled_(index.assembled(trace)) {}
  json run() const;

 private:
  json text(Text text) const { return std::string(index_.text(text)); }
  json http(const Entity& root) const;
  json annotations() const;
  json users() const;
  json services() const;
  json distinct(Text Details::* member, const char* name) const;
  json service_of(std::size_t entity) const;

  const Trace& trace_;
  const TraceIndex& index_;
  const Assembled& assembled_;
};

// From the root segment's http [docs].
json Summary::http(const Entity& root) const {
  json made = json::object();
  const auto* details = trace_.details_of(root);
  if (details == nullptr) return made;
  if (details->url != 0) made["HttpURL"] = text(details->url);
  if (details->method != 0) made["HttpMethod"] = text(details->method);
  if (details->user_agent != 0) made["UserAgent"] = text(details->user_agent);
  if (details->client_ip != 0) made["ClientIp"] = text(details->client_ip);
  if (details->status != 0) made["HttpStatus"] = details->status;
  return made;
}

json Summary::service_of(std::size_t entity) const {
  const auto& segment = assembled_.segments[assembled_.segment_of[entity]];
  return to_json(index_.service(segment.service), index_);
}

// {key: [{AnnotationValue, ServiceIds}]}, equal values of several services together.
json Summary::annotations() const {
  json made = json::object();
  std::size_t seen = 0;
  for (std::size_t i = 0; i < trace_.entities.size(); ++i) {
    const auto* details = trace_.details_of(trace_.entities[i]);
    if (details == nullptr || assembled_.segment_of[i] == nowhere) continue;
    for (const auto& one : details->annotations) {
      if (seen++ == most_annotations) return made;
      json value;
      if (one.type == Annotation::Type::number) value = {{"NumberValue", one.number}};
      if (one.type == Annotation::Type::boolean) value = {{"BooleanValue", one.number != 0}};
      if (one.type == Annotation::Type::text) value = {{"StringValue", text(one.text)}};
      auto& values = made[std::string(index_.text(one.key))];
      const auto known = std::ranges::find_if(values, [&](const json& had) { return had["AnnotationValue"] == value; });
      auto service = service_of(i);
      if (known == values.end()) {
        values.push_back({{"AnnotationValue", std::move(value)}, {"ServiceIds", json::array({std::move(service)})}});
      } else if (auto& ids = (*known)["ServiceIds"]; std::ranges::find(ids, service) == ids.end()) {
        ids.push_back(std::move(service));
      }
    }
  }
  return made;
}

json Summary::users() const {
  json made = json::array();
  for (std::size_t i = 0; i < trace_.entities.size(); ++i) {
    const auto* details = trace_.details_of(trace_.entities[i]);
    if (details == nullptr || details->user == 0 || assembled_.segment_of[i] == nowhere) continue;
    const std::string name(index_.text(details->user));
    const auto known = std::ranges::find_if(
        made, [&](const json& had) { return had["UserName"].get_ref<const std::string&>() == name; });
    auto service = service_of(i);
    if (known == made.end()) {
      made.push_back({{"UserName", name}, {"ServiceIds", json::array({std::move(service)})}});
    } else if (auto& ids = (*known)["ServiceIds"]; std::ranges::find(ids, service) == ids.end()) {
      ids.push_back(std::move(service));
    }
  }
  return made;
}

json Summary::services() const {
  json made = json::array();
  std::vector<std::uint32_t> seen;
  for (const auto& segment : assembled_.segments) {
    if (std::ranges::find(seen, segment.service) != seen.end()) continue;
    seen.push_back(segment.service);
    made.push_back(to_json(index_.service(segment.service), index_));
  }
  return made;
}

json Summary::distinct(Text Details::* member, const char* name) const {
  json made = json::array();
  std::vector<Text> seen;
  for (std::size_t i = 0; i < trace_.entities.size(); ++i) {
    const auto* details = trace_.details_of(trace_.entities[i]);
    if (details == nullptr || details->*member == 0 || assembled_.segment_of[i] == nowhere) continue;
    if (std::ranges::find(seen, details->*member) != seen.end()) continue;
    seen.push_back(details->*member);
    made.push_back({{name, text(details->*member)}});
  }
  return made;
}

json Summary::run() const {
  const auto& root_segment = assembled_.segments[assembled_.root];
  const auto& root = trace_.entities[root_segment.entity];
  const auto causes = root_causes(trace_, assembled_);
  return {{"Annotations", annotations()},
          {"AvailabilityZones", distinct(&Details::availability_zone, "Name")},
          {"Duration", rounded_to_milliseconds(assembled_.end_s - assembled_.start_s)},
          {"EntryPoint", to_json(index_.service(root_segment.service), index_)},
          {"ErrorRootCauses", to_json(causes.errors, false, trace_, assembled_, index_)},
          {"FaultRootCauses", to_json(causes.faults, false, trace_, assembled_, index_)},
          {"HasError", root.has(has_error)},
          {"HasFault", root.has(has_fault)},
          {"HasThrottle", assembled_.has_throttle},
          {"Http", http(root)},
          {"Id", std::string(trace_.id)},
          {"InstanceIds", distinct(&Details::instance_id, "Id")},
          {"IsPartial", assembled_.is_partial},
          {"ResourceARNs", distinct(&Details::resource_arn, "ARN")},
          {"ResponseTime", rounded_to_milliseconds(root.end_s - root.start_s)},
          {"ResponseTimeRootCauses", to_json(causes.response_times, true, trace_, assembled_, index_)},
          {"Revision", trace_.documents.size()},
          {"ServiceIds", services()},
          {"StartTime", assembled_.start_s},
          {"Users", users()}};
}

}  // namespace

json summary_of(const Trace& trace, TraceIndex& index) { return Summary(trace, index).run(); }

}  // namespace understudy::xray
