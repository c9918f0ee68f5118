// Spans gathered by their trace.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <vector>

#include "program/table.h"
#include "recording/record.h"

namespace understudy::program {

struct Trace {
  std::string id;
  std::int64_t start_ns = INT64_MAX;
  std::int64_t end_ns = INT64_MIN;
  std::uint64_t spans = 0;
  std::uint64_t errors = 0;
  std::set<std::string> services;
  std::string root;  // name of the span without a parent; empty: none came
};

class Traces {
 public:
  void add(const recording::Record& span);
  const std::vector<Trace>& all() const { return traces_; }  // in order of first appearance

 private:
  std::map<std::string, std::size_t> index_;
  std::vector<Trace> traces_;
};

Table table_of(const std::vector<Trace>& traces);
nlohmann::ordered_json to_json(const Trace& trace);

}  // namespace understudy::program
