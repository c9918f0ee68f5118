// Who is whose parent: spans by trace and span id; segments, and the subsegments within them, by trace and id.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "recording/record.h"

namespace understudy::contract {

// Where a record stands in its trace; the id is empty for records that stand in none.
struct TracePlace {
  std::string trace;
  std::string id;
  std::string parent;  // empty: a root
};
TracePlace place_in_trace(const recording::Record& record);

// The subsegments directly within a segment or subsegment, each as a record of its own that has the id of the record
// that carried it. Empty for other kinds.
std::vector<recording::Record> subsegments_of(const recording::Record& record);

// Not thread-safe.
class Traces {
 public:
  using Held = std::shared_ptr<const recording::Record>;

  // Takes the record and what is within it; records that stand in no trace are passed over.
  void add(const Held& record);

  const recording::Record* find(const std::string& trace, const std::string& id) const;  // null: not recorded
  Held parent_of(const recording::Record& record) const;                                 // null: none was recorded
  std::vector<Held> children_of(const recording::Record& record) const;                  // in order of arrival

 private:
  std::unordered_map<std::string, Held> nodes_;
  std::unordered_map<std::string, std::vector<Held>> children_;
};

}  // namespace understudy::contract
