#include "honeycomb/derive_services.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "honeycomb/json_text.h"
#include "honeycomb/rules.h"
#include "recording/record.h"

namespace understudy::honeycomb {
namespace {

using nlohmann::ordered_json;
using recording::Record;
using Findings = std::vector<recording::Vendor::DerivedFinding>;

constexpr std::size_t most_traces = 100'000;  // of a side; whether two sides meet shows long before

// The SDK for browsers says so in its resource. [code: opentelemetry-js resources]
bool is_browser(const ordered_json& span) {
  const auto resource = span.find("resource");
  if (resource == span.end()) return false;
  const auto attributes = resource->find("attributes");
  if (attributes == resource->end()) return false;
  return text_of(*attributes, "telemetry.sdk.language") == "webjs" ||
         text_of(*attributes, "process.runtime.name") == "browser";
}

void add_pairs(const NearNames& names, std::string_view rule_id, const std::string& place, Findings& findings) {
  for (const NearNames::Pair& pair : names.pairs()) {
    findings.push_back({finding(rule_id, place,
                                fmt::format("\"{}\" ({} times) and \"{}\" ({} times)", pair.rare, pair.rare_count,
                                            pair.common, pair.common_count)),
                        pair.entry});
  }
}

}  // namespace

void ServiceFindings::add(const Record& record) {
  const std::string_view dataset = text_of(record.fields, "dataset");
  datasets_.add(dataset, record.entry);
  auto found = services_.find(dataset);
  if (found == services_.end()) found = services_.emplace(std::string(dataset), Service{}).first;
  Service& service = found->second;
  if (record.kind == "span") add_span(record, service);
  const auto attributes = record.fields.find("attributes");
  if (attributes == record.fields.end() || !attributes->is_object()) return;
  for (const auto& [name, value] : attributes->items()) service.attributes.add(name, record.entry);
}

void ServiceFindings::add_span(const Record& record, Service& service) {
  const std::string_view kind = text_of(record.fields, "kind");
  service.spans.add(text_of(record.fields, "name"), record.entry);
  add_side(record, kind);
  if (kind == "SERVER" || kind == "CONSUMER") service.serves = true;
  const bool is_root = !record.fields.contains("parent_span_id");
  const std::string_view trace = text_of(record.fields, "trace_id");
  if (!is_root || kind != "INTERNAL" || (service.own_roots > 0 && service.own_trace == trace)) return;
  if (service.own_roots++ > 0) return;
  service.own_trace = trace;
  service.own_root = record.entry;
  service.own_root_name = text_of(record.fields, "name");
}

void ServiceFindings::add_side(const Record& record, std::string_view kind) {
  const bool browser = is_browser(record.fields);
  Side& side = browser ? browser_ : backend_;
  if (kind == (browser ? "CLIENT" : "SERVER") && !side.talks) {
    side.talks = true;
    side.entry = record.entry;
  }
  if (side.traces.size() < most_traces) side.traces.emplace(text_of(record.fields, "trace_id"));
}

void ServiceFindings::add_to(Findings& findings) const {
  add_pairs(datasets_, rule::dataset_near_miss, "datasets", findings);
  for (const auto& [dataset, service] : services_) {
    const std::string place = fmt::format("dataset {}", dataset);
    add_pairs(service.attributes, rule::attribute_near_miss, place + ", attributes", findings);
    add_pairs(service.spans, rule::span_near_miss, place + ", names of spans", findings);
    // A script has one root; a server has many.
    if (!service.serves && service.own_roots > 1) {
      findings.push_back(
          {finding(rule::trace_no_server_span, place,
                   fmt::format("{} traces begin so, the first with \"{}\"", service.own_roots, service.own_root_name)),
           service.own_root});
    }
  }
  if (!browser_.talks || !backend_.talks) return;
  const bool meet =
      std::ranges::any_of(browser_.traces, [&](const std::string& trace) { return backend_.traces.contains(trace); });
  if (meet) return;
  findings.push_back({finding(rule::trace_browser_apart, "traces",
                              fmt::format("{} traces of browsers, {} of backends, none of both", browser_.traces.size(),
                                          backend_.traces.size())),
                      browser_.entry});
}

}  // namespace understudy::honeycomb
