// What an accepted request puts into which dataset, and what there is to say about it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "honeycomb/datasets.h"
#include "honeycomb/state.h"
#include "recording/finding.h"

namespace understudy::honeycomb {

// Views into the request.
class Filing {
 public:
  Filing(otlp::Signal signal, const Address& address) : signal_(signal), address_(address) {}

  // Groups without items leave no trace: Honeycomb stores events, not resources.
  void add(const Group& group);
  // They name no dataset, and no events are made of them: there is nothing to count.
  void add_profiles();

  // Takes out what would make a new dataset; returns the names of those.
  std::vector<std::string> remove_new_datasets(const HoneycombState& state, std::string_view environment);
  void report(const HoneycombState& state, std::string_view environment,
              std::vector<recording::Finding>& findings) const;
  // `without_metric_events`: data points are counted, and become no events.
  std::string effect(std::string_view environment, bool without_metric_events) const;

 private:
  struct Place {
    Chosen chosen;
    Counts counts;
    std::optional<std::string_view> service_name;
    std::size_t index = 0;                         // of the first resource
    std::optional<std::string_view> also_spelled;  // another spelling in the same request
  };
  void report_name(const Place& place, std::vector<recording::Finding>& findings) const;
  std::string place_of_name(const Place& place) const;

  otlp::Signal signal_;
  Address address_;
  std::vector<Place> places_;
  std::unordered_map<std::string, std::size_t> by_name_;  // in lower case
};

}  // namespace understudy::honeycomb
