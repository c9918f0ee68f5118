// What the spans and logs of whole datasets show: sampling that nobody told Honeycomb about, a dataset that falls
// silent, programs of several languages under one name, two generations of attribute names in one span.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "recording/vendor.h"

namespace understudy::honeycomb {

// Whether the ids of traces that arrived are a random part of all ids, or the lowest ones: those that a ratio sampler
// let through. Each SDK's sampler looks at the id in its own way.
class TraceIds {
 public:
  void add(std::string_view trace_id);  // hex; one that is no 128-bit id is left out

  // The share of ids that the sampler lets through, where they are surely sampled; else 0.
  double sampled_share() const;
  std::uint64_t count() const { return count_; }

 private:
  struct Shares {
    double most = 0;
    double sum = 0;
  };
  std::uint64_t count_ = 0;
  std::array<Shares, 3> shares_;  // a way of looking each
};

class DatasetFindings {
 public:
  void add(const recording::Record& record);
  void add_to(std::vector<recording::Vendor::DerivedFinding>& findings) const;

 private:
  struct Dataset {
    TraceIds traces;
    bool tells_rate = false;
    std::map<std::string, std::uint64_t, std::less<>> languages;  // the first entry of each
    std::uint64_t entries = 0;
    std::uint64_t last_entry = 0;
    std::int64_t last_ns = 0;
    std::int64_t longest_gap_ns = 0;
    std::set<std::string> mixed;  // names of spans
  };
  void add_times(const recording::Record& record, Dataset& dataset);
  void add_span(const recording::Record& record, Dataset& dataset, std::string_view name);
  void check_names(const recording::Record& record, Dataset& dataset, std::string_view name);

  std::map<std::string, Dataset, std::less<>> datasets_;
  std::int64_t last_ns_ = 0;
  std::vector<recording::Vendor::DerivedFinding> found_;
};

}  // namespace understudy::honeycomb
