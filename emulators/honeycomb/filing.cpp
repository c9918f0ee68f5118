#include "honeycomb/filing.h"

#include <fmt/format.h>

#include <utility>

#include "base/ascii.h"
#include "base/bytes.h"
#include "honeycomb/rules.h"

namespace understudy::honeycomb {
namespace {

using otlp::Signal;
using recording::Finding;

constexpr std::string_view dataset_place = "header x-honeycomb-dataset";

Counts counts_of(Signal signal, const otlp::Summary& summary) {
  switch (signal) {
    case Signal::traces:
      return {.spans = summary.items,
              .span_events = summary.span_events,
              .span_links = summary.span_links,
              .log_records = 0,
              .data_points = 0};
    case Signal::logs:
      return {.spans = 0, .span_events = 0, .span_links = 0, .log_records = summary.items, .data_points = 0};
    case Signal::metrics:
      return {.spans = 0, .span_events = 0, .span_links = 0, .log_records = 0, .data_points = summary.items};
  }
  return {};
}

std::string_view group_field(Signal signal) {
  switch (signal) {
    case Signal::traces:
      return "resource_spans";
    case Signal::logs:
      return "resource_logs";
    case Signal::metrics:
      return "resource_metrics";
  }
  return {};
}

}  // namespace

void Filing::add(const Group& group) {
  if (group.summary.items == 0) return;
  const Chosen chosen = choose_dataset(signal_, address_, group.service_name);
  const auto [found, added] = by_name_.try_emplace(lower_case(chosen.dataset), places_.size());
  if (added) {
    places_.push_back({.chosen = chosen,
                       .counts = {},
                       .service_name = group.service_name,
                       .index = group.index,
                       .also_spelled = std::nullopt});
  }
  Place& place = places_[found->second];
  place.counts += counts_of(signal_, group.summary);
  if (chosen.dataset != place.chosen.dataset) place.also_spelled = chosen.dataset;
}

void Filing::add_profiles() {
  places_.push_back({.chosen = {profiles_dataset, Choice::profiles},
                     .counts = {},
                     .service_name = std::nullopt,
                     .index = 0,
                     .also_spelled = std::nullopt});
}

std::vector<std::string> Filing::remove_new_datasets(const HoneycombState& state, std::string_view environment) {
  std::vector<std::string> removed;
  std::erase_if(places_, [&](const Place& place) {
    const bool is_new = state.find_dataset(environment, place.chosen.dataset) == nullptr;
    if (is_new) removed.emplace_back(place.chosen.dataset);
    return is_new;
  });
  return removed;
}

std::string Filing::place_of_name(const Place& place) const {
  return fmt::format("{}[{}].resource.attributes.service.name", group_field(signal_), place.index);
}

void Filing::report_name(const Place& place, std::vector<Finding>& findings) const {
  const std::string sent = place.service_name ? fmt::format("\"{}\"", *place.service_name) : "absent or no string";
  switch (place.chosen.choice) {
    case Choice::unknown_service:
      findings.push_back(finding(rule::dataset_unknown_service, place_of_name(place), sent));
      break;
    case Choice::unknown_log_source:
      findings.push_back(finding(rule::dataset_unknown_log_source, place_of_name(place), sent));
      break;
    case Choice::unknown_metrics:
      findings.push_back(finding(rule::dataset_unknown_metrics, std::string(dataset_place), "absent"));
      break;
    case Choice::by_service_name:
      if (place.chosen.dataset != *place.service_name) {
        findings.push_back(finding(rule::dataset_trimmed, place_of_name(place), sent));
      }
      break;
    case Choice::by_header:
      break;
    case Choice::profiles:
      findings.push_back(finding(rule::profiles_no_events, "body", fmt::format("dataset {}", profiles_dataset)));
      break;
  }
}

void Filing::report(const HoneycombState& state, std::string_view environment, std::vector<Finding>& findings) const {
  for (const Place& place : places_) {
    const std::string_view dataset = place.chosen.dataset;
    report_name(place, findings);
    if (!address_.header.empty() && place.chosen.choice != Choice::by_header &&
        !equals_ignoring_case(address_.header, dataset)) {
      findings.push_back(finding(rule::dataset_header_ignored, std::string(dataset_place),
                                 fmt::format("\"{}\" is sent, \"{}\" is the dataset", address_.header, dataset)));
    }
    const Dataset* const known = state.find_dataset(environment, dataset);
    // Where there is no service name, every environment has the default dataset.
    if (known == nullptr && place.chosen.choice == Choice::by_service_name) {
      if (const auto elsewhere = state.other_environment_of(environment, dataset)) {
        findings.push_back(finding(rule::dataset_two_environments, fmt::format("dataset {}", lower_case(dataset)),
                                   fmt::format("it is in \"{}\", and now in \"{}\" too", *elsewhere, environment)));
      }
    }
    const auto other =
        known != nullptr && known->name != dataset ? std::optional<std::string_view>(known->name) : place.also_spelled;
    if (other) {
      findings.push_back(finding(rule::dataset_two_spellings, fmt::format("dataset {}", lower_case(dataset)),
                                 fmt::format("\"{}\" and \"{}\"", *other, dataset)));
    }
  }
}

std::string Filing::effect(std::string_view environment, bool without_metric_events) const {
  std::vector<Portion> portions;
  portions.reserve(places_.size());
  for (const Place& place : places_) portions.push_back({place.chosen.dataset, place.counts});
  return write_effect(environment, address_.translator, portions, without_metric_events);
}

}  // namespace understudy::honeycomb
