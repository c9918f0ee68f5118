// What the spans of whole services show: names that are nearly alike, traces that do not meet, instrumentation that is
// missing.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "honeycomb/near_names.h"
#include "recording/vendor.h"

namespace understudy::honeycomb {

class ServiceFindings {
 public:
  void add(const recording::Record& record);
  void add_to(std::vector<recording::Vendor::DerivedFinding>& findings) const;

 private:
  struct Service {
    NearNames attributes;
    NearNames spans;
    bool serves = false;          // it has server or consumer spans
    std::uint64_t own_roots = 0;  // internal spans that begin a trace; of the first trace one
    std::string own_trace;        // the first of them
    std::uint64_t own_root = 0;   // the first entry with one
    std::string own_root_name;
  };
  struct Side {
    std::set<std::string, std::less<>> traces;
    bool talks = false;  // client spans of a browser, server spans of a backend
    std::uint64_t entry = 0;
  };
  void add_span(const recording::Record& record, Service& service);
  void add_side(const recording::Record& record, std::string_view kind);

  std::map<std::string, Service, std::less<>> services_;  // by dataset
  NearNames datasets_;
  Side browser_;
  Side backend_;
};

}  // namespace understudy::honeycomb
